"""Times that are counted from the day of asking: "yesterday", "last week", "three days ago"."""

from __future__ import annotations

import re

_RELATIVE = re.compile(
    r"\b(?:yesterday|today|tonight|tomorrow"
    r"|(?:this|last|next) (?:week|weekend|month|year|season|spring|summer|autumn|winter)"
    r"|(?:last|next|this) (?:mon|tues|wednes|thurs|fri|satur|sun)day"
    r"|(?:\d+|an?|two|three|four|five|six|seven|ten|a few) (?:days?|weeks?|months?|years?) ago)\b",
    re.IGNORECASE,
)
_OF_A_DAY = re.compile(r"\b(?:19|20)\d\d\b")


def relative_time(question: str) -> str | None:
    """The words that leave open which day is meant; None where there are none, or a year beside them.

    >>> relative_time("What did the council decide last week?"), relative_time("What is known today of 1912?")
    ('last week', None)
    """
    found = _RELATIVE.search(question)
    return found.group() if found and not _OF_A_DAY.search(question) else None
