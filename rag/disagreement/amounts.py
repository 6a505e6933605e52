"""Amounts of a text as intervals in one unit: what two articles must agree on, however each writes it.

"About 40" is 36 to 44, "at least 12" is 12 and more, "1.5 million" is what rounds to it, "50 metres" can be
held against "160 feet". Two amounts agree when their intervals meet; amounts of different units (a rate
and a total, pounds and euros) are never compared.

Fails on: digits joined to their unit ("5km"), pounds of weight (read as money), temperatures, vague counts
("dozens").
"""

from __future__ import annotations

import math
import re
from typing import NamedTuple

from rag.checking.values import Value, find_values

ROUNDED = 0.1
"""How far off a figure with "about" may be, as a share of it."""
ROUND_NUMBER = 0.05
"""The same for a figure that is round but does not say so: `40,000`."""
CONVERTED = 0.05
"""The same between units: `160 feet` for 50 metres is off by .025."""

SECONDS = "s"
METRES = "m"
PERCENT = "%"

_UNITS: dict[str, tuple[str, float]] = {
    **{"second": (SECONDS, 1), "minute": (SECONDS, 60), "hour": (SECONDS, 3600), "day": (SECONDS, 86_400)},
    **{"week": (SECONDS, 7 * 86_400), "month": (SECONDS, 30.44 * 86_400), "year": (SECONDS, 365.25 * 86_400)},
    **{"decade": (SECONDS, 3652.5 * 86_400), "millimetre": (METRES, 0.001), "centimetre": (METRES, 0.01)},
    **{"metre": (METRES, 1), "kilometre": (METRES, 1000), "inch": (METRES, 0.0254), "foot": (METRES, 0.3048)},
    **{"yard": (METRES, 0.9144), "mile": (METRES, 1609.344), "gram": ("kg", 0.001), "kilogram": ("kg", 1)},
    **{
        "kilo": ("kg", 1),
        "tonne": ("kg", 1000),
        "ton": ("kg", 1000),
        "litre": ("l", 1),
        "gallon": ("l", 3.785),
    },
    **{
        "hectare": ("ha", 1),
        "acre": ("ha", 0.4047),
        "square metre": ("ha", 1e-4),
        "square foot": ("ha", 9.29e-6),
    },
    **{"square kilometre": ("ha", 100), "square mile": ("ha", 259)},
    **{name: (name, 1) for name in ("crown", "franc", "rupee", "peso", "krona", "zloty", "shilling")},
}
_SPELLINGS = {
    **{
        "feet": "foot",
        "inches": "inch",
        "km": "kilometre",
        "cm": "centimetre",
        "mm": "millimetre",
        "m": "metre",
    },
    **{"kg": "kilogram", "sq": "square", "centuries": "century", "kronor": "krona"},
}
_CURRENCIES = frozenset("$€£¥₽") | {"crown", "franc", "rupee", "peso", "krona", "zloty", "shilling"}

_UNIT_AFTER = re.compile(r"(?P<half> and a half)?[ -](?P<word>(?:(?:square|sq) )?[a-z]+)", re.IGNORECASE)
_RATE_AFTER = re.compile(
    r"(?:[ -][\w'-]+){0,4}? (?:per|each|every|an?) (?P<rate>minute|hour|day|week|month|year|night|season|head"
    r"|person|household|student|visitor|ticket|kilometre|mile|hectare|acre)\b"
)
_ARTICLE_UNIT = re.compile(
    r"\b(?P<half>half )?an? (?P<word>second|minute|hour|day|week|month|year|decade)\b(?P<more> and a half)?"
)
_FRACTION = re.compile(
    r"\b(?:(?P<count>a|one|two|three|four)[ -](?P<part>third|quarter|fifth|tenth)s?"
    r"|half(?= (?:of|the|its|their|all|his|her)\b))\b",
    re.IGNORECASE,
)
_PARTS = {"third": 3, "quarter": 4, "fifth": 5, "tenth": 10}
_COUNTS = {"a": 1, "one": 1, "two": 2, "three": 3, "four": 4}
_YEAR = re.compile(r"1[5-9]\d\d|20\d\d")
_DATE_KEY = re.compile(r"(?:-|(\d{4}))-(\d\d)(?:-(\d\d))?")
"""How `rag.checking.values` writes a date: `2025-06-09`, `2025-06`, `--06-09`."""
_NEAR = 28
"""Characters before an amount in which the words that bound it stand."""
_ABOUT = re.compile(
    r"\b(?:about|around|roughly|nearly|almost|some|approximately|approx\.?|circa|close to|just (?:under|over)"
    r"|estimated(?: at)?|or so|as many as|in the region of)(?: an?)? ?$",
    re.IGNORECASE,
)
_AT_LEAST = re.compile(
    r"\b(?:at least|more than|over|above|no (?:fewer|less) than|upwards? of|exceed(?:s|ed|ing)?|minimum of"
    r"|in excess of|well over) ?$",
    re.IGNORECASE,
)
_AT_MOST = re.compile(
    r"\b(?:up to|at most|no more than|fewer than|less than|under|below|maximum of|not more than) ?$",
    re.IGNORECASE,
)
_JOINS = re.compile(r",? (?:and )?|,")


class Amount(NamedTuple):
    """One amount: every number from `low` to `high`, in base units."""

    unit: str
    """What it is an amount of: `m`, `s`, `%`, a currency; a rate as `£/week`; empty for a bare number."""
    written: str
    """The unit as written, in the singular."""
    low: float
    high: float
    start: int
    end: int
    """End of the number; its unit stands after it."""
    is_year: bool

    @property
    def is_money(self) -> bool:
        return self.unit.partition("/")[0] in _CURRENCIES

    def agrees(self, other: Amount) -> bool:
        """Whether both may be the same amount; False for amounts of different units.

        >>> about, exact, far = find_amounts("about 40 men, 41 men, 45 men")
        >>> about.agrees(exact), about.agrees(far)
        (True, False)
        """
        if self.unit != other.unit:
            return False
        slack = CONVERTED * max(self.low, other.low) if self.written != other.written else 0.0
        return max(self.low, other.low) < min(self.high, other.high) + slack


class Day(NamedTuple):
    """A date as far as it is given; an empty part is not."""

    year: str
    month: str
    day: str
    start: int
    end: int

    def agrees(self, other: Day) -> bool:
        """Whether one may be the other: 9 June 2025 is in June 2025, and 9 June may be.

        >>> june, ninth, tenth = find_days("June 2025, 9 June, 10 June 2025")
        >>> june.agrees(ninth), june.agrees(tenth), ninth.agrees(tenth)
        (True, True, False)
        """
        return all(
            not mine or not yours or mine == yours for mine, yours in zip(self[:3], other[:3], strict=True)
        )


def find_days(text: str) -> list[Day]:
    """The dates and years of a cleaned text, in order; "last Monday" is none.

    >>> [day[:3] for day in find_days("on 9 June, or in 2026")]
    [('', '06', '09'), ('2026', '', '')]
    """
    found = []
    for value in find_values(text):
        if value.kind == "date":
            parts = _DATE_KEY.fullmatch(value.key)
            if parts:
                year, month, day = (part or "" for part in parts.groups())
                found.append(Day(year, month, day, value.start, value.end))
        elif value.kind == "number" and _YEAR.fullmatch(text[value.start : value.end]):
            found.append(Day(value.key, "", "", value.start, value.end))
    return found


def find_amounts(text: str) -> list[Amount]:
    """The amounts of a cleaned text (`rag.checking.values.clean`), in order; dates and times of day are none.

    >>> [(each.unit, each.low, each.high) for each in find_amounts("at least 5 km in about 10 seconds")]
    [('m', 4500.0, inf), ('s', 9.0, 11.0)]
    """
    found = []
    taken: list[tuple[int, int]] = []
    for match in _FRACTION.finditer(text):
        share = 100 * _COUNTS[match["count"].lower()] / _PARTS[match["part"].lower()] if match["part"] else 50
        taken.append(match.span())
        low, high = share * (1 - ROUNDED), share * (1 + ROUNDED)
        found.append(Amount(PERCENT, PERCENT, low, high, *match.span(), False))
    for match in _ARTICLE_UNIT.finditer(text):
        factor = _UNITS[match["word"]][1]
        number = (0.5 if match["half"] else 1.0) + (0.5 if match["more"] else 0.0)
        if not _is_rate(text, match.start()):
            slack = 0.05 * number
            low, high = (number - slack) * factor, (number + slack) * factor
            found.append(Amount(SECONDS, match["word"], low, high, *match.span(), False))
    for value in find_values(text):
        overlaps = any(start < value.end and value.start < end for start, end in taken)
        if value.kind in ("number", "percent", "money", "range") and not overlaps:
            found.append(_amount(text, value))
    return _summed(text, sorted(found, key=lambda each: each.start))


def _is_rate(text: str, start: int) -> bool:
    """Whether "a day" says how often: "40 cars a day"."""
    return bool(re.search(r"(?:\w[ -]\w+s|\d|times|once|twice) $", text[:start]))


def _amount(text: str, value: Value) -> Amount:
    sign, _, key = value.key.rpartition(" ") if value.kind != "percent" else ("", "", value.key[:-2])
    if key == PERCENT:
        sign, key = PERCENT, sign
    unit = PERCENT if value.kind == "percent" else sign
    written, factor, half = unit, 1.0, 0.0
    if not unit and (after := _UNIT_AFTER.match(text, value.end)):
        word = _singular(after["word"])
        if word in _UNITS:
            unit, factor = _UNITS[word]
            written, half = word, 0.5 if after["half"] else 0.0
    ends = [float(part) + half for part in key.split("..")]
    low, high = ends[0], ends[-1]
    before = text[max(0, value.start - _NEAR) : value.start]
    step = min(_half_step(text[value.start : value.end]), ROUNDED * abs(ends[0]))
    step = step if not half else min(step, 0.25)
    if _ABOUT.search(before):
        low, high = low * (1 - ROUNDED), high * (1 + ROUNDED)
    elif _AT_LEAST.search(before) or re.match(r" or more\b|\+", text[value.end :]):
        low, high = low - step, math.inf
    elif _AT_MOST.search(before):
        low, high = -math.inf, high + step
    else:
        low, high = low - step, high + step
    if rate := _RATE_AFTER.match(text, value.end):
        unit = f"{unit}/{rate['rate']}"
    is_year = bool(_YEAR.fullmatch(text[value.start : value.end]))
    return Amount(unit, written, low * factor, high * factor, value.start, value.end, is_year)


def _singular(word: str) -> str:
    parts = [_SPELLINGS.get(part, part) for part in word.lower().replace("meter", "metre").split()]
    last = parts[-1]
    last = last if last in _UNITS or last in ("foot", "inch") else last.removesuffix("s")
    return " ".join([*parts[:-1], last.replace("liter", "litre")])


def _half_step(shown: str) -> float:
    """Half of the last place that the number is given to: .5 for `41`, 50,000 for `1.5 million`."""
    digits = re.search(r"\d[\d,]*(?:\.(\d+))?", shown)
    decimals = len(digits[1] or "") if digits else 0
    scale = 1.0
    for name, size in (("thousand", 1e3), ("million", 1e6), ("billion", 1e9), ("trillion", 1e12)):
        if name in shown.lower() or re.search(rf"\d ?{name[0]}n?\b", shown.lower()):
            scale = size
    plain = digits[0].replace(",", "") if digits and scale == 1 and not decimals else ""
    if plain.endswith("00") and plain.strip("0"):
        zeros = len(plain) - len(plain.rstrip("0"))
        return min(0.5 * float(10**zeros), ROUND_NUMBER * float(plain))
    return 0.5 * scale / float(10**decimals)


def _summed(text: str, amounts: list[Amount]) -> list[Amount]:
    """`two hours and 30 minutes` as one amount."""
    joined: list[Amount] = []
    for amount in amounts:
        last = joined[-1] if joined else None
        if (
            last is not None
            and last.unit == amount.unit in (SECONDS, METRES)
            and last.written != amount.written
        ):
            gap = re.sub(r"^[ -][a-z]+", "", text[last.end : amount.start])
            if _UNITS[amount.written][1] < _UNITS[last.written][1] and _JOINS.fullmatch(gap):
                joined[-1] = last._replace(
                    low=last.low + amount.low, high=last.high + amount.high, end=amount.end
                )
                continue
        joined.append(amount)
    return joined
