"""The unit of measure that stands behind a value: "two weeks" are not "two months".

Units are told apart and never turned into one another: 60 minutes are no hour here. Percent signs and
currencies are part of a value itself (`rag.checking.values`).
"""

from __future__ import annotations

import re
from collections.abc import Collection

from rag.checking.values import Value

_NAMES = """
    second minute hour day week fortnight month year decade century millimetre centimetre metre kilometre inch
    foot yard mile gram kilogram tonne ounce litre gallon pint hectare acre degree watt kilowatt megawatt
"""
UNITS = {name: name for name in _NAMES.split()} | {
    **{"feet": "foot", "centuries": "century", "inches": "inch", "kilo": "kilogram", "ton": "tonne"},
    **{
        "mm": "millimetre",
        "cm": "centimetre",
        "m": "metre",
        "km": "kilometre",
        "kg": "kilogram",
        "g": "gram",
    },
    **{"meter": "metre", "kilometer": "kilometre", "liter": "litre", "sec": "second", "min": "minute"},
}
"""How units are written, in the singular -> one spelling of each."""
_WORD = re.compile(r"[ -]([a-z]+)", re.IGNORECASE)


def unit_after(text: str, value: Value) -> str:
    """The unit that follows a value of a cleaned text; empty where none does.

    >>> from rag.checking.values import find_values
    >>> text = "a 46-metre bridge for 12 people, two weeks later"
    >>> [unit_after(text, value) for value in find_values(text)]
    ['metre', '', 'week']
    """
    found = _WORD.match(text, value.end)
    word = found.group(1).lower() if found else ""
    return UNITS.get(word) or UNITS.get(word.removesuffix("s"), "")


def is_among(unit: str, others: Collection[str]) -> bool:
    """Whether a value of a unit is stated by equal values of other units, of which there is at least one.

    A unit that is not said may be any, on either side; but where the same number is said of another unit and
    nowhere of this one, it is not stated.

    >>> is_among("week", ["month", ""]), is_among("week", [""]), is_among("", ["month"]), is_among("week", [])
    (False, True, True, False)
    """
    return bool(others) and (not unit or unit in others or not any(others))
