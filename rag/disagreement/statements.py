"""What one sentence states of what a question asks: its value, what that counts, and its other words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from index.fulltext import terms
from rag.checking.values import clean
from rag.disagreement.amounts import METRES, PERCENT, SECONDS, Amount, Day, find_amounts, find_days
from rag.disagreement.circumstances import without_speaker
from rag.evidence import EvidenceSentence
from rag.question import WORD, Kind, Question

OF_ANY_VALUE: frozenset[Kind] = frozenset(["yes_no", "thing", "manner", "town", "place"])
DATES: frozenset[Kind] = frozenset(["year", "date"])

_SET_BEFORE = re.compile(
    r"(?:\b(?:from|not|instead of|rather than|compared (?:with|to)|another|other|earlier|previous|previously"
    r"|each|every|aged?|out of|(?<!more )(?<!less )(?<!fewer )than)"
    r"|\b(?:r[oi]sen?|rose|fell|fallen|gr[eo]wn?|increased?|decreased?|cut|reduced?|up|down|dropped|raised"
    r"|lowered)\b[^.,;]{0,20}\bby) (?:about |around |some |nearly |almost |the )?[$€£]?$",
    re.IGNORECASE,
)
_SET_AFTER = re.compile(
    r"(?: (?!or\b)[\w%]+)? (?:more|fewer|less|others?|additional|further|extra|longer|higher|lower)\b",
    re.IGNORECASE,
)
"""What makes an amount one of comparison."""
_ASKING = re.compile(
    r"year|date|day|month|time|percent(?:age)?|share|proportion|number|amount|total|costs?|price"
    r"|long|soon|take|last|far|tall|high|deep|wide|old",
    re.IGNORECASE,
)
"""Words that say what form of answer is wanted; the answer need not repeat them."""
_IRREGULAR = {
    "began": "begin",
    "begun": "begin",
    "fell": "fall",
    "rose": "rise",
    "broke": "break",
    "held": "hold",
}
"""Stems of questions' commonest verbs that the stemmer leaves apart."""
_DAYS_JOINED = re.compile(r"(?:\d{1,2} ?(?:-|to|and|until|or) ?|[–-] ?)$")
_CLAUSE_END = re.compile(r"[,;:()]|\. | - ")
_WORDS_TO_THE_COUNTED = 5


class Stated(NamedTuple):
    """A value that answers, and what else is said of what it counts: `elderly` in `12 elderly people`."""

    value: Amount | Day
    apart: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A sentence, read for one question."""

    sentence: EvidenceSentence
    text: str
    """Cleaned."""
    stated: tuple[Stated, ...]
    mentioned: tuple[Amount | Day, ...]
    """Every value of the sentence."""
    stems: frozenset[str]
    """Content stems, values left out."""
    asked: frozenset[str]
    """Those of the question that it has, names left out: they may stand in the title."""

    @property
    def article_id(self) -> str:
        return self.sentence.hit.article.article_id

    @property
    def published(self) -> date | None:
        return self.sentence.hit.article.published


def read_statement(question: Question, sentence: EvidenceSentence) -> Statement:
    """A sentence as a statement on the question."""
    text = clean(sentence.text)
    amounts, days = find_amounts(text), find_days(text)
    mentioned: tuple[Amount | Day, ...] = (*amounts, *days)
    bare = list(text)
    for value in mentioned:
        bare[value.start : value.end] = "0" * (value.end - value.start)
    words = terms(without_speaker("".join(bare)))
    stems = frozenset(_IRREGULAR.get(stem, stem) for stem in words if stem.strip("0"))
    return Statement(
        sentence=sentence,
        text=text,
        stated=tuple(_stated(question, text, amounts, days)),
        mentioned=mentioned,
        stems=stems,
        asked=stems
        & frozenset(
            word.stem for word in question.words if not (word.is_name or _ASKING.fullmatch(word.text))
        ),
    )


def covered(question: Question, statement: Statement) -> float:
    """Share of the question's weight that the sentence or its title has; a name may stand in the passage."""
    hit = statement.sentence.hit
    has = statement.stems | frozenset(terms(hit.article.title))
    near = has | frozenset(terms(hit.chunk.text))
    words = [word for word in question.words if not (word.text.isdigit() or _ASKING.fullmatch(word.text))]
    met = sum(word.weight for word in words if word.stem in (near if word.is_name else has))
    return met / (sum(word.weight for word in words) or 1.0)


def _stated(
    question: Question, text: str, amounts: Sequence[Amount], days: Sequence[Day]
) -> Iterator[Stated]:
    if question.kind in DATES:
        given = [day for day in days if day.year or question.kind == "date"]
        if len(given) == 1 and not _DAYS_JOINED.search(text[: given[0].start]):
            yield Stated(given[0], frozenset())
        return
    told = [each for each in amounts if not _is_set(text, each) and _is_of_kind(question.kind, each)]
    if question.kind == "count" and question.measured:
        for amount in told:
            apart = _counted(question, text, amount, amounts)
            if apart is not None:
                yield Stated(amount, apart)
    elif len(told) == 1:
        yield Stated(told[0], frozenset())


def _is_set(text: str, amount: Amount) -> bool:
    return bool(_SET_BEFORE.search(text[: amount.start]) or _SET_AFTER.match(text, amount.end))


def _is_of_kind(kind: Kind, amount: Amount) -> bool:
    match kind:
        case "money":
            return amount.is_money
        case "share":
            return amount.unit == PERCENT
        case "duration":
            return amount.unit in (SECONDS, METRES)
        case "count":
            return (
                not amount.is_money and amount.unit != PERCENT and (not amount.is_year or bool(amount.unit))
            )
    return kind in OF_ANY_VALUE and not (amount.is_year and not amount.unit)


def _counted(
    question: Question, text: str, amount: Amount, amounts: Sequence[Amount]
) -> frozenset[str] | None:
    """What sets apart what the amount counts; None when it does not count what was asked for."""
    end = min((other.start for other in amounts if other.start > amount.start), default=len(text))
    after = _words(_CLAUSE_END.split(text[amount.end : end])[0])
    if after[:1] == ["of"]:
        return None
    apart: set[str] = set()
    for word in after[:_WORDS_TO_THE_COUNTED]:
        stems = set(terms(word))
        if stems & question.measured:
            return frozenset(apart - set(question.stems))
        apart |= stems
    before = _CLAUSE_END.split(text[: amount.start])[-1]
    if not apart and question.measured & set(terms(before)):
        return frozenset()
    return None


def _words(text: str) -> list[str]:
    return [match.group() for match in WORD.finditer(text)]


def value_pairs(one: Statement, other: Statement) -> list[tuple[Amount | Day, Amount | Day]]:
    """What both state of the same unit and of the same things counted."""
    return [
        (mine.value, yours.value)
        for mine in one.stated
        for yours in other.stated
        if mine.apart == yours.apart and _comparable(mine.value, yours.value)
    ]


def _comparable(mine: Amount | Day, yours: Amount | Day) -> bool:
    if isinstance(mine, Amount) and isinstance(yours, Amount):
        return mine.unit == yours.unit
    return isinstance(mine, Day) and isinstance(yours, Day)


def agree(mine: Amount | Day, yours: Amount | Day) -> bool:
    """Whether two values may be the same; an amount and a date never are."""
    if isinstance(mine, Amount) and isinstance(yours, Amount):
        return mine.agrees(yours)
    return isinstance(mine, Day) and isinstance(yours, Day) and mine.agrees(yours)
