"""Days, months and years as people write them, and the periods they make."""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta
from typing import NamedTuple

_MONTHS = {
    name.lower(): number
    for names in (calendar.month_name, calendar.month_abbr)
    for number, name in enumerate(names)
    if name
} | {"sept": 9}
_MONTH = rf"(?P<month>{'|'.join(sorted(_MONTHS, key=len, reverse=True))})\.?"
_YEAR = r"(?P<year>(?:1[5-9]|20)\d\d)"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_FORMS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?P<year>\d{4})-(?P<number>\d\d)(?:-(?P<day>\d\d))?",
        rf"(?:the )?{_DAY}(?: of)? {_MONTH},? {_YEAR}",
        rf"{_MONTH} {_DAY},? {_YEAR}",
        rf"{_MONTH},? (?:of )?{_YEAR}",
        rf"(?:the year )?{_YEAR}",
    )
)
_BOUNDED = re.compile(r"(?:between (.+) and (.+)|from (.+?) (?:to|until|till|through) (.+))", re.IGNORECASE)
_AFTER = re.compile(r"(?:after|later than) (.+)", re.IGNORECASE)
_SINCE = re.compile(r"(?:since|starting) (.+)", re.IGNORECASE)
_BEFORE = re.compile(r"(?:before|earlier than) (.+)", re.IGNORECASE)
_UNTIL = re.compile(r"(?:until|till|up to) (.+)", re.IGNORECASE)
_WITHIN = re.compile(r"(?:from|in|on|of|during|dated) (.+)", re.IGNORECASE)


class Period(NamedTuple):
    """From one day to another, both included; None where it is open."""

    since: date | None = None
    until: date | None = None

    def __bool__(self) -> bool:
        return self.since is not None or self.until is not None

    def in_words(self) -> str:
        """
        >>> Period(date(2024, 3, 1), date(2024, 3, 31)).in_words()
        'from 1 March 2024 to 31 March 2024'
        """
        if self.since and self.until:
            if self.since == self.until:
                return f"on {day_in_words(self.since)}"
            return f"from {day_in_words(self.since)} to {day_in_words(self.until)}"
        if self.since:
            return f"since {day_in_words(self.since)}"
        return f"until {day_in_words(self.until)}" if self.until else ""


ALWAYS = Period()


def day_in_words(day: date) -> str:
    """
    >>> day_in_words(date(2024, 3, 1))
    '1 March 2024'
    """
    return f"{day.day} {calendar.month_name[day.month]} {day.year}"


def read_period(text: str) -> Period | None:
    """The period that a clause such as "since March 2024" names; None when it names none.

    >>> read_period("in March 2024") == Period(date(2024, 3, 1), date(2024, 3, 31))
    True
    >>> read_period("before 2024"), read_period("in Mali")
    (Period(since=None, until=datetime.date(2023, 12, 31)), None)
    """
    if bounded := _BOUNDED.fullmatch(text):
        first, last = (part for part in bounded.groups() if part)
        begun, ended = _read(first), _read(last)
        return Period(begun.since, ended.until) if begun and ended else None
    one_day = timedelta(days=1)
    for pattern, period_of in (
        (_AFTER, lambda p: Period(p.until + one_day, None)),
        (_SINCE, lambda p: Period(p.since, None)),
        (_BEFORE, lambda p: Period(None, p.since - one_day)),
        (_UNTIL, lambda p: Period(None, p.until)),
        (_WITHIN, lambda p: p),
    ):
        if (clause := pattern.fullmatch(text)) and (named := _read(clause[1])):
            made: Period = period_of(named)
            return made
    return None


def _read(text: str) -> Period | None:
    """The day, month or year that all of `text` is, as a period."""
    for form in _FORMS:
        if found := form.fullmatch(text.strip()):
            parts = found.groupdict()
            year, day = int(parts["year"]), parts.get("day")
            month = _MONTHS[parts["month"].lower()] if parts.get("month") else int(parts.get("number") or 0)
            try:
                first = date(year, month or 1, int(day or 1))
            except ValueError:
                return None
            if day:
                return Period(first, first)
            last_month = month or 12
            return Period(first, date(year, last_month, calendar.monthrange(year, last_month)[1]))
    return None
