"""The passages shown with a refusal: which of the nearest, and how much of each."""

from __future__ import annotations

import re

from index.splitter import split_sentences
from rag.features import states_something

CLOSEST = 3
"""Passages shown with a refusal."""
_EXCERPT_CHARS = 300
_CREDIT = re.compile(
    r"\W*(?:sources?|credits?|(?:photo(?:graph)?|image|picture|video)s?(?: (?:credits?|by|courtesy))?)"
    r"\s*[:|–—]\s*(?:\S+\s+){0,7}\S+$",
    re.IGNORECASE,
)


def says_something(text: str, title: str = "") -> bool:
    """False for a passage of bare headings and credit lines, from which a reader learns nothing.

    A long passage passes whatever it is: not every script marks its sentences.

    >>> [says_something(text) for text in ("Background\\nSource: Reuters and AFP.", "He left in 2023.")]
    [False, True]
    """
    if len(text) > _EXCERPT_CHARS:
        return True
    sentences = (text[span.start : span.end] for span in split_sentences(text))
    return any(
        states_something(each, title) and not each.endswith(":") and not _CREDIT.match(each)
        for each in sentences
    )


def excerpt(text: str) -> str:
    """The beginning of a passage on one line, cut between words where there are any.

    >>> excerpt("One line.\\nAnother.")
    'One line. Another.'
    """
    line = " ".join(text.split())
    return line if len(line) <= _EXCERPT_CHARS else line[:_EXCERPT_CHARS].rsplit(" ", 1)[0] + " …"
