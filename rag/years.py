"""The time a question names, and whether the closest sentences are of it: "the flood of 2007" is not 2024's.

Of the questions of SQuAD 2.0 dev (8 articles) a year stops no answerable one and 15 in 1,000 of the others, a
century none and 10 more; of CLAP NQ, 2 and 5 and none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

YEAR = re.compile(r"(?<![\d.,])(?:1\d{3}|20\d\d)(?![\d,]*\d)")
_ORDINALS = (
    "first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|thirteenth|fourteenth"
    "|fifteenth|sixteenth|seventeenth|eighteenth|nineteenth|twentieth|twenty-first"
)
_CENTURY = re.compile(
    rf"\b(?:(?P<nth>\d{{1,2}}(?:st|nd|rd|th)|{_ORDINALS})[ -]centur(?:y|ies)|(?P<hundreds>\d\d)00s)\b",
    re.IGNORECASE,
)
_ANOTHER_YEAR = re.compile(
    r"\b(?:first|last|only|not|never|no|none|most|least|worst|[a-z]{2,}est)\b[^.;:!?]{0,60}?"
    r"\bsince (?:[a-z]+ ){0,2}(?:1\d{3}|20\d\d)\b",
    re.IGNORECASE,
)
"""The year that something is compared with, and is therefore not of: "for the first time since 1987"."""
_RELATIVE = re.compile(
    r"\b(?:years?|decades?) (?:ago|before|earlier|later|after)\b"
    r"|\b(?:last|next|previous|following|same) year\b",
    re.IGNORECASE,
)
_NEAR_PUBLICATION = timedelta(days=100)
"""What is told of in a report of January may well be of last year."""


def year_lacking(question: str, close: Sequence[tuple[str, date | None]]) -> str | None:
    """A year of the question that none of the closest sentences is of; None where all years fit.

    Args:
        question: As it was asked.
        close: Of each sentence the text around it, title included, and the date of its article.
    """
    asks_since = "since" in question.lower()
    for found in YEAR.finditer(question):
        if found.group().endswith("00") and question[found.end() :].startswith("s"):
            continue  # a century
        year = found.group()
        if not any(_may_be_of(year, text, published, asks_since) for text, published in close):
            return year
    return None


def century_lacking(question: str, close: Sequence[str]) -> str | None:
    """A century of the question, where the closest sentences are of others alone; "the 1100s" is the 12th.

    Args:
        question: As it was asked.
        close: Of each sentence the text around it, title included.
    """
    told = {century for text in close for century in _centuries(text)}
    for found in _CENTURY.finditer(question):
        if told and _number(found) not in told:
            return found.group()
    return None


def _centuries(text: str) -> Iterator[int]:
    yield from map(_number, _CENTURY.finditer(text))
    yield from (int(year[:2]) + 1 for year in YEAR.findall(text))


def _number(century: re.Match[str]) -> int:
    if century["hundreds"]:
        return int(century["hundreds"]) + 1
    said, ordinals = century["nth"].lower(), _ORDINALS.split("|")
    return ordinals.index(said) + 1 if said in ordinals else int(said[:-2])


def _may_be_of(year: str, text: str, published: date | None, asks_since: bool) -> bool:
    said = text if asks_since else _ANOTHER_YEAR.sub(" ", text)
    if year in said or f"{year[:3]}0s" in said:
        return True
    if published is None:
        return not YEAR.search(text) or bool(_RELATIVE.search(text))
    around = {(published + shift).year for shift in (-_NEAR_PUBLICATION, timedelta(), _NEAR_PUBLICATION)}
    return int(year) in around or bool(_RELATIVE.search(text))
