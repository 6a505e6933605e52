"""How long, how wide, how heavy, how old: what a question wants measured, and which measures are of that.

"How long is the bridge?" wants metres and not the four years of building it; "how wide" not the metres that a
text calls long. Told by the unit and by the word of another dimension right beside the measure ("412 metres
long", "a height of 96 metres"); whose measure it is, is not told.
"""

from __future__ import annotations

import re
from typing import NamedTuple

YEAR_NUMBER = r"(?:1\d{3}|20\d\d)"
NUMBER_WORD = (
    r"two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen"
    r"|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundreds?|thousands?|millions?"
    r"|billions?|trillions?|dozens?"
)
_NUMBER = (
    rf"(?:\d[\d.,]*|(?:{NUMBER_WORD}|one)(?:[ -](?:{NUMBER_WORD}|one|and|a|half))*|an?|half an?|several)"
)
_LENGTH_UNIT = (
    r"(?:kilomet(?:re|er)|met(?:re|er)|centimet(?:re|er)|millimet(?:re|er)|mile|yard|fathom|inche?)s?"
    r"|light[ -]years?|foot|feet|ft|km|cm|mm|m|mi"
)
_TIME_UNIT = r"(?:second|minute|hour|day|night|week|month|year|decade|centur(?:y|ie)|generation)s?"
_WEIGHT_UNIT = r"(?:gram(?:me)?|kilogram(?:me)?|kilo|tonne|ton|pound|ounce)s?|stone|kg|g|lbs?|oz"

_SAID_BEHIND = {
    "a length": r"long|in length",
    "a width": r"wide|broad|across|in (?:width|breadth|diameter)",
    "a height": r"high|tall|in (?:height|altitude)",
    "a depth": r"deep|in depth",
    "a thickness": r"thick|in thickness",
    "a girth": r"around|round|in (?:circumference|girth)",
}
_SAID_BEFORE = {
    "a length": r"length",
    "a width": r"width|breadth|diameter",
    "a height": r"height|altitude|elevation",
    "a depth": r"depth",
    "a thickness": r"thickness",
    "a girth": r"girth|circumference",
}
_BEHIND = {name: re.compile(rf"[ -](?:{words})\b", re.IGNORECASE) for name, words in _SAID_BEHIND.items()}
_BEFORE = {
    name: re.compile(rf"\b(?:{words}) (?:\w+ ){{0,3}}$", re.IGNORECASE)
    for name, words in _SAID_BEFORE.items()
}


class Dimension(NamedTuple):
    """What a question wants measured."""

    name: str
    """With its article, as a refusal says it: `a length`."""
    measures: re.Pattern[str]
    """Measures of that sort, and of others with the same units."""

    def stated_in(self, text: str) -> list[re.Match[str]]:
        """Such measures of the text, without those that it calls measures of something else.

        >>> how_wide = dimension_asked("How wide is it?")
        >>> [found.group() for found in how_wide.stated_in("It is 412 metres long and 23 metres wide.")]
        ['23 metres']
        """
        return [
            found
            for found in self.measures.finditer(text)
            if self.name in (_called(text, *found.span()) or [self.name])
        ]


def _called(text: str, start: int, end: int) -> list[str]:
    """The dimensions that the words right beside a measure name."""
    behind = [name for name, pattern in _BEHIND.items() if pattern.match(text, end)]
    return behind or [name for name, pattern in _BEFORE.items() if pattern.search(text[:start])]


def _measure(units: str) -> str:
    return rf"(?<![\w.,$£€]){_NUMBER}[ -]?(?:nautical )?(?:{units})(?![\w²³])"


_YEARS_OF_AGE = rf"(?:\d{{1,3}}(?![\d.,]*\d)|(?:{NUMBER_WORD})(?:-\w+)?)"
_AGE = (
    rf"\b(?:aged?|ages|turn(?:s|ed|ing)?) (?:of |between |about |around |only )*{_YEARS_OF_AGE}\b"
    rf"|\b{_YEARS_OF_AGE}[ -](?:(?:years?|months?|centuries|decades)[ -])old\b"
    rf"|\b(?-i:[A-Z])\w+ ?[,(] ?(?:now |then )?{_YEARS_OF_AGE} ?[,.;)]"
    r"|\b(?:is|was|are|were|at|of|being|[’']s) (?:now |then |only |just |about |nearly |almost )?"
    rf"{_YEARS_OF_AGE}"
    r"(?=[.,;:)]|$| (?:and|when|years of age|at the time|but|now|then)\b)"
    r"|\bin (?:his|her|their|its) (?:\w+ )?(?:teens|twenties|thirties|forties|fifties|sixties|seventies"
    r"|eighties|nineties)\b"
    r"|\b(?:born|birthdays?|centenar(?:y|ian)|birth)\b"
    r"|\b(?:built|made|founded|established|opened|launched|planted|completed|dat(?:es?|ed|ing)|erected|created"
    rf"|began|begun)\b[^.;]{{0,40}}\b(?:{YEAR_NUMBER}|centur(?:y|ies))"
    rf"|\bfrom (?:the |about |around |early |late )*(?:{YEAR_NUMBER}|\w+[ -]centur(?:y|ies))"
)
"""Not "for 31 years" or "since 1998", which is a service or a wait."""
_LASTS = (
    rf"\b{_NUMBER}-(?:second|minute|hour|day|week|month|year)\b(?!-old)|\b{_NUMBER} {_TIME_UNIT} long\b"
    r"|\b(?:last(?:s|ed|ing)?|tak(?:es?|ing)|took|r[au]ns?|of|is|are|was|were) (?:\w+ )?"
    rf"{_NUMBER} {_TIME_UNIT}\b"
)
"""A time that is said to be the thing's own: of films and trials it is their length."""

_THE = r"|\bwhat (?:is|was|are|were) (?:the|its|their) (?:total |exact )?"
_OF = r"(?: of\b|\W*$)"
_AGE_ASKED = re.compile(r"\bhow old\b|\bwhat (?:\w+ )?age\b|\bat which age\b", re.IGNORECASE)
_ASKED: tuple[tuple[str, str, str], ...] = (
    (
        "a height",
        rf"\bhow (?:tall|high)\b{_THE}height{_OF}",
        _measure(rf"{_LENGTH_UNIT}|store?ys|stories|floors"),
    ),
    (
        "a width",
        rf"\bhow (?:wide|broad)\b{_THE}width{_OF}",
        rf"{_measure(_LENGTH_UNIT)}|\b{_NUMBER}(?= (?:wide|broad)\b)",
    ),
    (
        "a depth",
        rf"\bhow deep\b{_THE}depth{_OF}",
        rf"{_measure(_LENGTH_UNIT)}|\b{_NUMBER}(?= deep\b)",
    ),
    (
        "a thickness",
        rf"\bhow thick\b{_THE}thickness{_OF}",
        rf"{_measure(_LENGTH_UNIT)}|\b{_NUMBER}(?= thick\b)",
    ),
    ("a distance", r"\bhow far\b", _measure(rf"{_LENGTH_UNIT}|{_TIME_UNIT}")),
    ("a weight", rf"\bhow heavy\b{_THE}weight{_OF}", _measure(_WEIGHT_UNIT)),
)
_OF_SPACE = tuple(
    (re.compile(asked, re.IGNORECASE), Dimension(name, re.compile(measures, re.IGNORECASE)))
    for name, asked, measures in _ASKED
)
_OF_TIME = Dimension("an age", re.compile(_AGE, re.IGNORECASE))
_LENGTH = Dimension("a length", re.compile(f"{_measure(_LENGTH_UNIT)}|{_LASTS}", re.IGNORECASE))
_HOW_LONG_IS = re.compile(
    r"\bhow long (?:is|are|was|were) (?:(?:the|an?|this|that|these|those|its|his|her|their|our) )?\w+"
    r"(?P<rest>.*)",
    re.IGNORECASE,
)
_STATE = re.compile(
    r"\b(?:(?-i:[a-z])\w+(?:ed|ing)|open|shut|able|away|ill|sick|idle|empty|alone|dead|alive|free|asleep|valid"
    r"|absent|here|king|queen|president|as|for|with|without|under|out|off|since|until|after|before"
    r"|(?:in|at|on)(?! (?:the )?(?-i:[A-Z])))\b",
    re.IGNORECASE,
)
"""What makes "how long is …" a question of time: "… closed", "… in power"."""
_IN_NO_SPACE = re.compile(
    r"\b(?:prices?|costs?|rates?|inflation|turnout|taxe?s?|fines?|losses|debts?|deficit|demand|unemployment"
    r"|temperatures?|interest|risks?|cuts?|margins?|gap|shares|odds|score[sd]?|fees?|bill)\b",
    re.IGNORECASE,
)
"""What is high, deep or wide without being measured in metres."""


def dimension_asked(question: str) -> Dimension | None:
    """What the question wants measured; None where that is no such thing.

    >>> [each and each.name for each in map(dimension_asked, ("How tall is it?", "How long did it take?"))]
    ['a height', None]
    """
    if _AGE_ASKED.search(question):
        return _OF_TIME
    if _IN_NO_SPACE.search(question):
        return None
    if (thing := _HOW_LONG_IS.search(question)) and not _STATE.search(thing["rest"]):
        return _LENGTH
    return next((dimension for asked, dimension in _OF_SPACE if asked.search(question)), None)
