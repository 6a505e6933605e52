"""Whose age a sentence tells: of the one that was asked about, or of somebody else."""

from __future__ import annotations

from index.fulltext import terms
from rag.beside import stands_beside
from rag.dimensions import Dimension, dimension_asked
from rag.question import Question, find_names

LEAST_AGE_SHARE = 0.005
"""Share of the probability from which a sentence may tell the age asked for: it is often told in passing."""

_ASKING = frozenset(terms("old age"))


def age_asked(question: Question) -> Dimension | None:
    """The measure to look for where the age of somebody or something named is asked for; else None."""
    asked = dimension_asked(question.text)
    return asked if asked is not None and asked.name == "an age" and question.names else None


def tells_age(question: Question, text: str, around: str | None) -> bool:
    """Whether a sentence tells the age that was asked for.

    Args:
        question: One that asks for an age.
        text: The sentence.
        around: What stands around it, its article's title among it; None where that is not known. Where it
            names whom the question names, a pronoun in the sentence may mean him.
    """
    asked = age_asked(question)
    if asked is None:
        return False
    subjects = frozenset(question.stems) - _ASKING
    is_named = around is None or bool(frozenset(terms(around)) & subjects)
    stated = asked.stated_in(text)
    if stated and is_named and not find_names(text):  # "The tree is 610 years old."
        return True
    return stands_beside(text, stated, subjects, or_pronoun=is_named)
