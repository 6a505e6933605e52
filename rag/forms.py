"""The form an answer must have: a number where "how many" was asked, a date where "when" was."""

from __future__ import annotations

import re

from index.article import Span
from index.fulltext import terms
from rag.dimensions import NUMBER_WORD, YEAR_NUMBER, dimension_asked
from rag.peoples import is_country
from rag.question import KINDS, ROLE, Kind, Question, find_names

TYPED: tuple[Kind, ...] = tuple(kind for kind in KINDS if kind not in ("manner", "yes_no", "thing"))
"""Kinds of question whose answers have a form that can be looked for."""
_COUNT = re.compile(
    rf"(?<![\d.,])(?!{YEAR_NUMBER}\b(?!,\d))\d+(?:[.,]\d+)*(?!(?:st|nd|rd|th)\b)\b"
    rf"(?!\s?(?:%|per\s?cent|(?:to|-|–|and)\s?\d+\s?(?:%|per\s?cent)))"
    rf"|\b(?:{NUMBER_WORD}|one|none|twice|both|a single)\b",
    re.IGNORECASE,
)
_SHARE = re.compile(
    r"%|\bper\s?cent\b|\b(?:half|halves|thirds?|quarters?|most|majority|minority|all|none|fifths?|tenths?)\b"
    rf"|\b(?:\d+|{NUMBER_WORD}|one) (?:in|out of|of) (?:the |every )?(?:\d+|{NUMBER_WORD})\b",
    re.IGNORECASE,
)
_DURATION = re.compile(
    rf"\b(?:\d[\d.,]*|{NUMBER_WORD}|one|an?|several|few|many|half|same)(?:[ -]\w+)?[ -]"
    r"(?:second|minute|hour|day|week|month|year|decade|centur(?:y|ie)|generation)s?\b"
    r"|\b(?:since|until|(?:second|minute|hour|day|week|month|year|decade|centurie|generation)s|century)\b",
    re.IGNORECASE,
)
_MONEY = re.compile(
    r"[$€£¥₽]|\b(?:dollars?|euros?|pounds?|yen|yuan|rou?bles?|francs?|rupees?|pesos?|crowns?|cents?|pence"
    r"|USD|EUR|GBP)\b|\b(?:million|billion|trillion)s?\b|\b(?:free of charge|for free)\b"
    r"|(?<![\d.,:])\d+\.\d\d(?=$|[;|)]| \|)",
    re.IGNORECASE,
)
"""A price without its currency counts where it stands in a cell of its own: "Adults: 6.50; …"."""
_YEAR_ONLY = re.compile(rf"\b{YEAR_NUMBER}s?\b|\b\d{{1,2}}(?:st|nd|rd|th)[ -]centur")
_DATE = re.compile(
    rf"\b{YEAR_NUMBER}s?\b|\b(?:January|February|March|April|May|June|July|August|September|October|November"
    r"|December)\b"
    r"|\b(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\.|\b\d{1,2}(?:st|nd|rd|th)\b"
    r"|\b(?:centur(?:y|ies)|decades?|years?|months?|weeks?|days?|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
    r"|yesterday|today|tomorrow|later|ago|earlier|spring|summer|autumn|winter|morning|evening|night)\b"
)
_MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)"
)
_TOWN = re.compile(
    rf"\b(?:in|at|near|outside|from|to|off|around|towards?)"
    rf"\s+(?:[a-z][\w-]*\s+){{0,3}}(?!{_MONTH})([A-Z]\w+)"
    rf"|^(?!{_MONTH})([A-Z]\w+) (?:was|is|has|had|became|remained|,)"
    r"|\b(?:city|town|village|port|capital)\b"
)
_PLACE = re.compile(
    r"\b(?:in|at|from|to|near|across|into|of|on|over|off|outside)\s+(?:the\s+)?(?:\w+\s+)?([A-Z]\w+)"
)
_REASON = re.compile(
    r"\b(?:because|due to|since|as a result|so that|in order to|therefore|owing to|thus|caused?|causing"
    r"|led to|leading to|reasons?|after|following|thanks to"
    r"|to (?:avoid|prevent|protect|help|make|keep|gain|get))\b",
    re.IGNORECASE,
)
_CAUSE = re.compile(
    r"\b(?:because|due to|as a result|owing to|thus|caused?|causing|led|leading to|thanks to|resulted"
    r"|triggered|when|after|from|by \w+ing|sparked|brought)\b",
    re.IGNORECASE,
)
_DATE_LENIENT = re.compile(
    r"\b(?:when|while|after|before|during|until|since|once|time|era|age|period|season|beginning|start|end|first"
    r"|last|next|now|soon|early|late|immediately|always|never|ever|still|noon|midday|midnight|dawn|dusk"
    r"|half past|quarter (?:past|to))\b"
    r"|\b\d{1,2}(?:[:.]\d\d)? ?[ap]\.?m\b|\b\d{1,2}:\d\d\b|\bo[’']clock\b"
    r"|\b(?:in|since|by|until|circa) \d{3}\b",
    re.IGNORECASE,
)
"""Beside dates the time of a day, and the years before 1000."""
_FREE = re.compile(r"\b(?:is|are|was|were|remains?|admission|entry|entrance) free\b", re.IGNORECASE)
_BLAMED = re.compile(r"\b(?:blam\w+|responsible|culprit|fault|reasons?|led to)\b", re.IGNORECASE)
_ASKS_SINCE_WHEN = re.compile(r"\bsince when\b", re.IGNORECASE)
_BEGINNING = re.compile(
    rf"\b(?:since|{YEAR_NUMBER}s?)\b|{_DURATION.pattern}|\b(?:January|February|March|April|May|June|July|August|September"
    r"|October|November|December|ago|first|newly?|recently|elected|appointed|became|succeeded|replaced|joined"
    r"|beg[au]n|started|took (?:office|over|up)|sworn in|years?)\b",
    re.IGNORECASE,
)
"""What tells since when: not the "when" of "when asked", nor the day on which something else was said."""
_ASKS_OFFICE = re.compile(
    rf"\b(?:which|what) (?!(?:is|was|are|were|do|does|did|can|the|general|chief|head)\b)"
    rf"(?:\w+ (?:and )?){{0,2}}?{ROLE.pattern}(?![’'])",
    re.IGNORECASE,
)
"""Not "what general belief", "what was the king's …"."""
_FORM: dict[Kind, re.Pattern[str]] = {
    "count": _COUNT,
    "share": _SHARE,
    "duration": _DURATION,
    "year": _YEAR_ONLY,
    "date": _DATE,
    "money": _MONEY,
    "town": _TOWN,
    "place": _PLACE,
    "cause": _CAUSE,
    "reason": _REASON,
}
ORGANISATION = re.compile(
    r"\b(?:Agency|Alliance|Army|Association|Bank|Bureau|Club|Commission|Committee|Company|Corporation|Corps|Council"
    r"|Court|Department|Federation|Force|Forces|Foundation|Government|Group|Institute|League|Ministry|Movement|Museum"
    r"|Office|Parliament|Party|Press|Republic|School|Service|Society|Team|Times|Union|University)\b"
)
_NEAR_A_NUMBER = 60
"""Characters either side of a number in which what it counts is looked for."""


def has_kind(question: Question, text: str) -> bool:
    """Whether a sentence holds, beyond what the question brings, something of the form asked for."""
    if question.kind in ("person", "role") or asks_office(question):
        return any(not set(terms(name)) <= set(question.stems) for name in find_names(text))
    return any(match.group(match.lastindex or 0) not in question.text for match in _forms(question, text))


def _is_person(name: str, question: Question) -> bool:
    """A name of two words and more that the question does not bring and no organisation or country bears."""
    return (
        " " in name
        and not ORGANISATION.search(name)
        and not is_country(name)
        and not set(terms(name)) & set(question.stems)
    )


def _speaks_of_role(question: Question, text: str) -> bool:
    """Whether the sentence speaks of the office or kinship that was asked for."""
    return bool(set(terms(" ".join(ROLE.findall(question.text)))) & set(terms(text)))


def _forms(question: Question, text: str) -> list[re.Match[str]]:
    """Where the text has the form asked for; "how much" may also be answered by a share."""
    if (dimension := dimension_asked(question.text)) is not None:
        return dimension.stated_in(text)
    found = list(_FORM[question.kind].finditer(text))
    if question.kind == "count" and "how much" in question.text.lower():
        found += _SHARE.finditer(text)
    return found


def holds_form(question: Question, text: str) -> bool:
    """As `has_kind`, and what is counted stands near the number; lenient where forms are many."""
    if question.kind == "date" and _ASKS_SINCE_WHEN.search(question.text):
        return bool(_BEGINNING.search(text))
    if question.kind == "date":
        return has_kind(question, text) or bool(_DATE_LENIENT.search(text))
    if question.kind == "role" or asks_office(question):
        return any(_is_person(name, question) for name in find_names(text)) or (
            has_kind(question, text) and _speaks_of_role(question, text)
        )
    if question.kind == "money":
        return has_kind(question, text) or bool(_FREE.search(text))
    if question.kind == "cause":  # "What caused it?" is answered by "It was caused by …"
        return bool(_CAUSE.search(text) or _BLAMED.search(text))
    if question.kind in ("count", "share") and question.measured:
        return measured_near(question, text) == 1.0
    if (
        question.kind == "duration"
    ):  # of "How long was the mine idle?" the words do not tell which length is meant
        return has_kind(question, text) or bool(_DURATION.search(text))
    return has_kind(question, text)


def asks_office(question: Question) -> bool:
    """Whether it is the holder of an office who is asked for: "which minister".

    Told from the text, not as a kind of its own: the evidence model is fitted on the kinds there are.
    """
    return question.kind == "thing" and bool(_ASKS_OFFICE.search(question.text))


def near_new_numbers(question: Question, text: str) -> list[tuple[Span, Span]]:
    """Of each number that the question does not bring: where it stands, and what stands around it."""
    if not question.measured or question.kind not in ("count", "share"):
        return []
    return [
        (
            Span(place.start(), place.end()),
            Span(max(0, place.start() - _NEAR_A_NUMBER), place.end() + _NEAR_A_NUMBER),
        )
        for place in _forms(question, text)
        if place.group() not in question.text
    ]


def measured_near(question: Question, text: str) -> float:
    """1 when what is counted stands beside a new number, 0 when not, 0.5 when nothing is counted."""
    if not question.measured or question.kind not in ("count", "share"):
        return 0.5
    around = (text[start:end] for _, (start, end) in near_new_numbers(question, text))
    return float(any(question.measured & frozenset(terms(each)) for each in around))
