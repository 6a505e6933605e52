"""Dates as articles write them: ISO 8601, in words, as mail does."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime

_ISO = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[Tt\s][\d:.,\s+TZz-]*)?")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*"
_IN_WORDS = re.compile(
    rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?P<month>{_MONTH})\.?,?\s+(?P<year>\d{{4}})\b"
    rf"|\b(?P<month2>{_MONTH})\.?\s+(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year2>\d{{4}})\b",
    re.IGNORECASE,
)
_AROUND = re.compile(
    r"\W*(?:(?:first )?(?:published|posted|issued|released|date|dated)(?: on)?\W*)?"
    r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\W*)?",
    re.IGNORECASE,
)
_TIME = re.compile(r"\W*(?:at\W*)?(?:\d{1,2}[:.]\d{2}\s*(?:[ap]\.?m\.?)?\W*(?:[A-Z]{2,4}\W*)?)?")

_DATELINE_WITHIN = 12
"""Lines from the top among which one that is a date is taken for the article's."""


def parse_date(value: str) -> date | None:
    """The day of an ISO 8601 date or date and time, as written there (no time zone is applied); else None.

    >>> parse_date("2025-06-09T23:30:00+02:00")
    datetime.date(2025, 6, 9)
    >>> parse_date("2025-02-30") is None
    True
    """
    match = _ISO.fullmatch(value.strip())
    try:
        return date.fromisoformat(match.group(1)) if match else None
    except ValueError:
        return None


def not_in_future(day: date | None) -> date | None:
    """A date, unless it has not begun anywhere yet: then it is a mistake of the article's."""
    return day if day is None or day <= datetime.now(UTC).date() + timedelta(days=1) else None


def date_in_words(text: str) -> date | None:
    """The first date in English words; one in digits such as 06/09/2025 can mean two days.

    >>> date_in_words("On Monday, June 9th, 2025")
    datetime.date(2025, 6, 9)
    """
    match = _IN_WORDS.search(text)
    return _named(match) if match else None


def _named(match: re.Match[str]) -> date | None:
    month = _MONTHS.index((match["month"] or match["month2"])[:3].lower()) + 1
    try:
        return date(int(match["year"] or match["year2"]), month, int(match["day"] or match["day2"]))
    except ValueError:
        return None


def date_line(line: str) -> date | None:
    """The date of a line that says nothing else: no date that a sentence mentions.

    >>> date_line("Published: Monday, 9 June 2025, 14:30 BST")
    datetime.date(2025, 6, 9)
    >>> date_line("He died on 9 June 2025.") is None
    True
    """
    found = parse_date(line)
    if found is not None:
        return found
    match = _IN_WORDS.search(line)
    if match is None:
        return None
    alone = _AROUND.fullmatch(line[: match.start()]) and _TIME.fullmatch(line[match.end() :])
    return _named(match) if alone else None


def dateline(lines: Sequence[str]) -> date | None:
    """The first date that stands in a line by itself near the top of an article."""
    return next(filter(None, map(date_line, lines[:_DATELINE_WITHIN])), None)


def mail_date(value: str) -> date | None:
    """The day of a date as mail and feeds write it, as written there; else None.

    >>> mail_date("Mon, 09 Jun 2025 23:30:00 +0200")
    datetime.date(2025, 6, 9)
    """
    try:
        return parsedate_to_datetime(value).date()
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
