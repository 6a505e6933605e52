"""Whether two sentences may speak of the same thing: same period, same names, nothing that sets one apart.

What differs between "in 2019 … 12" and "in 2023 … 15", or between two towns, is no disagreement. Every doubt
counts against: a sentence that names a year is held against the other's date of publication.

Fails on: two events of one kind in one place within `DAYS_APART`, told without any date.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from index.fulltext import terms
from index.tokens import count_tokens
from rag.checking.values import clean
from rag.disagreement.amounts import find_days
from rag.evidence import EvidenceSentence
from rag.question import WORD, Question, find_names

DAYS_APART = 300
"""Reports further apart are of different times, unless both name the year: what recurs each year is told
again after about 350 days."""
_MONTH_LASTS = 45
"""Days after the first of a month in which a report that names no month may be of that month."""

_CALENDAR = re.compile(
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)s?"
)
_KINDS_OF_TIME = tuple(
    re.compile(rf"\b(?:{words})\b", re.IGNORECASE)
    for words in (
        "mondays?|tuesdays?|wednesdays?|thursdays?|fridays?|saturdays?|sundays?",
        "spring|summer|autumn|winter",
        "noon|midnight|morning|afternoon|evening|night|dawn|dusk",
        "north|south|east|west|northern|southern|eastern|western",
        "men|women|boys|girls|adults|children|male|female",
    )
)
"""Of each kind, sentences that name different ones speak of different things."""
_STATUS = frozenset(
    """planned plans expected expects target forecast forecasts hoped hopes aims originally initially initial
    previous previously former formerly earlier record average capacity maximum minimum could may might would
    should must needs limit proposed asked demanded wanted annual annually daily weekly monthly alone
    including included among another additional further extra remaining overall combined
    season seasons career since first second third fourth fifth sixth""".split()  # noqa: SIM905
)
"""What sets a figure apart: planned or real, part or whole. Where one of two sentences has such a word and
the other has not, they do not speak of the same."""
_DEICTIC = re.compile(
    r"\b(?:(?P<last>last|the previous) year|(?P<next>next) year|this year|yesterday|today|tonight|tomorrow"
    r"|(?:this|last|next) (?:week|month|season|spring|summer|autumn|winter|weekend|night)"
    r"|on (?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)\b",
    re.IGNORECASE,
)
_SPEAKER_FIRST = re.compile(
    r"^[^,;:]{0,90}?\b(?:said|says|told(?: \w+){1,4}|reported|reports|announced|stated|wrote|added"
    r"|estimate[sd])\b"
    r"(?: (?:on \w+|yesterday|today|in a statement))?(?: that\b|:|,)? "
)
_SPEAKER_LAST = re.compile(
    r",? (?:according to|said|says|as reported by)\b[^,]*$"
    r"|, [^,]{1,60} (?:said|says|told|reported|announced)\b[^,]*$"
)
_SPEAKER_INSIDE = re.compile(r"\baccording to [^,.]+,?|, [^,]{1,60} (?:said|says),", re.IGNORECASE)


def may_be_of_the_same(
    question: Question, one: EvidenceSentence, other: EvidenceSentence, *, dates_asked: bool
) -> bool:
    """Whether nothing tells that two sentences of different articles speak of different things.

    Args:
        question: What was asked; what it names sets neither apart.
        one: A sentence.
        other: A sentence of another article.
        dates_asked: Dates are what the question asks for, and set nothing apart.
    """
    texts = clean(one.text), clean(other.text)
    if not dates_asked and not _same_period(question, one, other):
        return False
    for pattern in _KINDS_OF_TIME:
        mine, yours = ({found.lower() for found in pattern.findall(text)} for text in texts)
        if mine and yours and not mine & yours:
            return False
    mine, yours = ({word for word in WORD.findall(text.lower()) if word in _STATUS} for text in texts)
    if mine ^ yours:
        return False
    (past, now), (other_past, other_now) = (_past_and_now(question, text) for text in texts)
    if past & other_now or now & other_past:
        return False
    return _names_known(question, one, other) and _names_known(question, other, one)


def _past_and_now(question: Question, text: str) -> tuple[set[str], set[str]]:
    """The question's words in a form in -ed, and in another: `employed`, `employs`; neither beside "did"."""
    past: set[str] = set()
    now: set[str] = set()
    words = WORD.findall(text.lower())
    for word in words if "did" not in words else []:
        stem = "be" if word in ("is", "are", "was", "were") else "".join(terms(word))
        if stem == "be" or stem in question.stems:
            (past if word.endswith("ed") or word in ("was", "were") else now).add(stem)
    return past, now


def within_reach(one: EvidenceSentence, other: EvidenceSentence) -> bool:
    """Whether the articles appeared near enough in time; unknown dates are."""
    mine, yours = one.hit.article.published, other.hit.article.published
    return mine is None or yours is None or abs((mine - yours).days) <= DAYS_APART


def _same_period(question: Question, one: EvidenceSentence, other: EvidenceSentence) -> bool:
    mine, yours = _years(one), _years(other)
    asked = {number for number in question.numbers if re.fullmatch(r"1[5-9]\d\d|20\d\d", number)}
    published = one.hit.article.published, other.hit.article.published
    if mine or yours or asked:
        mine = mine or {str(published[0].year) if published[0] else ""}
        yours = yours or {str(published[1].year) if published[1] else ""}
        if not mine & yours or (asked and not mine & yours & asked):
            return False
    elif not within_reach(one, other):
        return False
    return _same_month(one, other)


def _same_month(one: EvidenceSentence, other: EvidenceSentence) -> bool:
    days = [[day for day in find_days(clean(each.text)) if day.month] for each in (one, other)]
    if all(days) and not any(mine.agrees(yours) for mine in days[0] for yours in days[1]):
        return False
    mine, yours = ({day.month for day in each} for each in days)
    if mine and yours:
        return bool(mine & yours)
    if not mine and not yours:
        return True
    months, published = (mine, other.hit.article.published) if mine else (yours, one.hit.article.published)
    return published is not None and any(_shortly_after(published, int(month)) for month in months)


def _shortly_after(day: date, month: int) -> bool:
    begun = date(day.year if month <= day.month else day.year - 1, month, 1)
    return (day - begun).days <= _MONTH_LASTS


def _years(sentence: EvidenceSentence) -> set[str]:
    """The years it names, or points to from its date of publication."""
    text = clean(sentence.text)
    named = {day.year for day in find_days(text) if day.year}
    published = sentence.hit.article.published
    if not named and published is not None:
        for match in _DEICTIC.finditer(text):
            named.add(str(published.year - bool(match["last"]) + bool(match["next"])))
    return named


def _names_known(question: Question, one: EvidenceSentence, other: EvidenceSentence) -> bool:
    """Whether the other article's passage has every name of this sentence, and of the question."""
    around = f"{other.hit.article.title} {other.hit.chunk.text}"
    known, words = frozenset(terms(around)), frozenset(WORD.findall(around))
    return all(
        2 * len(stems & known) >= len(stems) or "".join(word[0] for word in name.split()) in words
        for name in (*_names(one), *question.names)
        if (stems := frozenset(terms(name)))
    )


def _names(sentence: EvidenceSentence) -> Iterator[str]:
    """What a sentence names, but for those who only say it."""
    text = without_speaker(clean(sentence.text))
    for name in find_names(text):
        if _CALENDAR.fullmatch(name):
            continue
        opens = text.startswith(name) and " " not in name and not text.startswith(f"{name}'s")
        if not opens or (count_tokens(f" {name.lower()}") > 1 and not name.endswith("s")):
            yield name


def without_speaker(text: str) -> str:
    """A sentence without the words that tell who says so.

    >>> without_speaker("Mayor Jonna Brandt said that 41 people were safe.")
    '41 people were safe.'
    """
    for pattern in (_SPEAKER_FIRST, _SPEAKER_LAST, _SPEAKER_INSIDE):
        text = pattern.sub("", text)
    return text
