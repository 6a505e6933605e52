"""Whether "he" or "she" may mean a person, as far as the words around the name tell."""

from __future__ import annotations

import re
from typing import Literal

from rag.forms import ORGANISATION
from rag.peoples import is_country
from rag.question import find_names

Pronoun = Literal["he", "she"]

_ASKED: tuple[tuple[Pronoun, re.Pattern[str]], ...] = (
    ("he", re.compile(r"\b(?:he|him|his)\b", re.IGNORECASE)),
    ("she", re.compile(r"\b(?:she|hers?)\b", re.IGNORECASE)),
)
_NO_NOUN = (
    r"(?:that|to|of|about|the|an?|in|on|at|for|with|when|how|what|why|he|she|and|but|as|by|from|was|is|had|has"
    r"|not)"
)
_BEHIND: tuple[tuple[Pronoun, re.Pattern[str]], ...] = (
    ("he", re.compile(r"\b(?:he|himself|his \w+)\b", re.IGNORECASE)),
    ("she", re.compile(rf"\b(?:she|herself|her (?!{_NO_NOUN}\b)\w+)\b", re.IGNORECASE)),
)
"""What means the name before it; not the "her" of "Ellery told her that"."""
_BEFORE: tuple[tuple[Pronoun, re.Pattern[str]], ...] = (
    (
        "he",
        re.compile(
            r"\b(?:Mr|Sir|Lord|King|Prince|Pope|Father|(?:grand)?father|(?:grand)?son|brother|husband|uncle|nephew"
            r"|widower|actor|(?:chair|spokes|sales|congress|police|fire)man)[.,]? $"
        ),
    ),
    (
        "she",
        re.compile(
            r"\b(?:Mrs|Ms|Miss|Lady|Dame|Queen|Princess|Mother|Sister|(?:grand)?mother|(?:grand)?daughter|sister"
            r"|wife|widow|aunt|niece|actress|(?:chair|spokes|sales|congress|police)woman)[.,]? $"
        ),
    ),
)


def pronoun_of(question: str) -> Pronoun | None:
    """The pronoun that a question has for one person; None where it has none, or both.

    >>> pronoun_of("Where does she live?"), pronoun_of("Did he marry her?"), pronoun_of("Where is it?")
    ('she', None, None)
    """
    found = [pronoun for pronoun, pattern in _ASKED if pattern.search(question)]
    return found[0] if len(found) == 1 else None


def may_mean(pronoun: Pronoun, name: str, text: str) -> bool:
    """False where the text tells that the pronoun cannot mean whom it names.

    >>> text = "It is led by Ruth Maddox; her deputy is Paul Iversen."
    >>> [may_mean("he", name, text) for name in ("Ruth Maddox", "Paul Iversen", "Red Cross Society", "Mali")]
    [False, True, False, False]
    """
    if ORGANISATION.search(name) or is_country(name):
        return False
    told = _told_of(name, text)
    return told is None or told == pronoun


def _told_of(name: str, text: str) -> Pronoun | None:
    """The pronoun that stands right behind a name, or the one that what stands before it takes."""
    for found in re.finditer(rf"\b{re.escape(name)}\b", text):
        before, behind = text[: found.start()], text[found.end() :]
        for pronoun, pattern in _BEFORE:
            if pattern.search(before):
                return pronoun
        others = [each for each in find_names(f"so {behind}") if each in behind]
        alone = behind[: behind.find(others[0])] if others else behind
        places = [(match.start(), pronoun) for pronoun, p in _BEHIND if (match := p.search(alone))]
        if places:
            return min(places)[1]
    return None
