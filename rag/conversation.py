"""History + question -> a question that stands alone, without a model.

The subject of the last exchange is carried over when the question leans on it: a pronoun takes the
subject's place, and a question that names nothing gets the one before it as its context. A question that
stands alone is never touched.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Sequence
from typing import NamedTuple

from index.fulltext import terms
from rag.answer import Turn
from rag.persons import may_mean, pronoun_of
from rag.question import find_names, kind_of

_MARKER = re.compile(r"\s*\[\d+\]")
_POSSESSIVE = re.compile(r"\b(?:his|its|their|theirs|whose own)\b", re.IGNORECASE)
_HER = re.compile(r"\bher\b(?=\s+\w)", re.IGNORECASE)
_PRONOUN = re.compile(
    r"\b(?:he|she|him|her|it|they|them|(?:this|that|these|those)(?!\s+\w)"
    r"|(?:the|this|that|these|those|both) (?:man|men|woman|women|group|force|company"
    r"|organi[sz]ation|country|two|people|person|spokesman|spokesperson|leader|leaders|founder|article|deal|event|one))\b",
    re.IGNORECASE,
)
_THERE = re.compile(r"\bthere\b(?!\s+(?:is|are|was|were|be|been|will|has|have|any|a)\b)", re.IGNORECASE)
_EXPLETIVE = re.compile(
    r"\b(?:is|was|does|did|will|would|could|may|might) it (?:that|true|possible|the case|mean)\b",
    re.IGNORECASE,
)
_ELLIPSIS = re.compile(
    r"^\W*(?:(?:and|but|so|or|ok|okay|then)\b.*|(?:what|how) about\b.*"
    r"|(?:any|some|no)(?:thing|one|body|where)? (?:else|more|other|besides|apart)\b.*"
    r"|(?:why|when|where|who|how|which|what)(?: (?:not|so|else|exactly|then|now))?\W*)$",
    re.IGNORECASE,
)
_AUXILIARY = r"(?:is|are|was|were|did|do|does|has|have|had|can|could|will|would|should|may|might|must)"
_ASKS_WHICH = re.compile(rf"\W*(?:which|what)\b(?! {_AUXILIARY}\b)", re.IGNORECASE)
_WHOLE = re.compile(
    r"^\W*(?:and|but|so|or|ok|okay|then)\b\W*"
    rf"(?:who|whom|whose|what|which|when|where|why|how|{_AUXILIARY})\b \w",
    re.IGNORECASE,
)
_LEAD = re.compile(r"^\W*(?:(?:and|but|so|or|ok|okay|then)\b\W*)?(?:(?:what|how) about\b\W*)?", re.IGNORECASE)
_QUOTES = "\"'“”‘’«»„ "
_JOINT = " — "
_THE_THING = re.compile(r"the (?:\w+ ){0,2}\w+", re.IGNORECASE)
_QUANTITY = re.compile(r"\b(?:many|much)\b", re.IGNORECASE)
_CALENDAR = frozenset((*calendar.month_name[1:], *calendar.month_abbr[1:], *calendar.day_name))
_FEWEST_WORDS = 2
"""A question with fewer content words than this, and no name, stands on the one before."""
_ENOUGH_WORDS = 4
"""One with fewer than this, no name, and no word of the one before, is about the same subject."""


class Standalone(NamedTuple):
    """A question that stands alone."""

    text: str
    is_patched: bool
    """Whether context was only put beside it, not written into it: "Why — Who founded Wagner?"."""


def standalone(question: str, history: Sequence[Turn]) -> Standalone:
    """The question with what it takes from the conversation written out; unchanged when it takes nothing.

    >>> standalone("When did he die?", [Turn(question="Who was Ada Lovelace?")]).text
    'When did Ada Lovelace die?'
    """
    text, context, answer = question.strip(), "", ""
    for turn in history:
        asked = turn.question.strip().replace(_JOINT, ", ")
        context = _resolved(asked, context, answer).text if context else asked
        answer = _MARKER.sub("", turn.answer)
    return _resolved(text, context, answer) if context else Standalone(text, False)


def _resolved(question: str, context: str, answer: str) -> Standalone:
    if _is_ellipsis(question):
        return Standalone(_continued(question, context), True)
    if _leans(question):
        filled = _fill(question, _meant(question, context, answer), _place(context, answer))
        if filled != question:
            return Standalone(filled, False)
        return Standalone(_continued(question, context), True)
    if find_names(question):
        return Standalone(question, False)
    words = len(set(terms(question)))
    if words < _FEWEST_WORDS:
        return Standalone(_continued(question, context), True)
    if words < _ENOUGH_WORDS and not _shares_words(question, context):
        if subject := _subject(context, answer):
            return Standalone(f"{question.rstrip(' ?.!')} ({subject})?", True)
        if len(set(terms(_QUANTITY.sub("", question)))) < _FEWEST_WORDS:  # "how many died?", of the bees
            return Standalone(_continued(question, context), True)
    return Standalone(question, False)


def _leans(question: str) -> bool:
    without = _EXPLETIVE.sub("", question)
    return any(pattern.search(without) for pattern in (_PRONOUN, _POSSESSIVE, _THERE))


def _is_ellipsis(question: str) -> bool:
    return (
        bool(_ELLIPSIS.match(question))
        and not _WHOLE.match(question)
        and len(terms(_LEAD.sub("", question))) <= 3 + 2 * len(find_names(question))
    )


def _continued(question: str, context: str) -> str:
    """An unfinished question, with the one it goes on from; what was asked in between makes place for it."""
    rest = _LEAD.sub("", question).strip(" ?.!") or question.strip(" ?.!")
    *between, begun = context.split(_JOINT)
    kept = [] if terms(rest) else [each for each in between if terms(each)]
    return _JOINT.join([f"{rest[:1].upper()}{rest[1:]}", *kept, begun])


def _shares_words(question: str, context: str) -> bool:
    return bool(set(terms(question)) & set(terms(context)))


def _subject(context: str, answer: str) -> str:
    """What the last exchange was about: whom it found when it asked who or which, else whom it named."""
    other, dash, _ = context.partition(_JOINT)
    if dash and (thing := _THE_THING.fullmatch(other)):  # "what about the ferry?" made it the subject
        return thing.group()[:1].lower() + thing.group()[1:]
    named = _names(context)
    found = [name for name in _answer_names(answer) if not _overlaps(name, named)]
    if found and _asks_for_a_name(context, named):
        return found[0]
    return (named or found or [""])[0]


def _meant(question: str, context: str, answer: str) -> str:
    """The subject; where "he" or "she" cannot mean it, the next name of the exchange that it may mean."""
    subject, pronoun = _subject(context, answer), pronoun_of(question)
    told = f"{context} {answer}"
    if pronoun is None or may_mean(pronoun, subject, told):
        return subject
    return next((name for name in _names(answer) if may_mean(pronoun, name, told)), subject)


def _place(context: str, answer: str) -> str:
    """Where the last exchange was: the last name of its question, since places commonly end one."""
    return (_names(context) or _answer_names(answer) or [""])[-1]


def _asks_for_a_name(context: str, named: Sequence[str]) -> bool:
    """True for "Which force stays in Mali?" and "Who founded Wagner?", not for "Who was Dmitry Utkin?"."""
    asks = kind_of(context) == "person" or bool(_ASKS_WHICH.match(context))
    return not named or (asks and not set(terms(context)) <= set(terms(" ".join(named))))


def _answer_names(answer: str) -> list[str]:
    """Names in the first sentence of an answer; one whose capital only opens the sentence comes last."""
    first = re.split(r"(?<=[.!?])\s", answer.strip(), maxsplit=1)[0]
    names = _names(first)
    if names and first.lstrip(_QUOTES).startswith(names[0]) and " " not in names[0]:
        names = [*names[1:], names[0]]
    return names


def _names(text: str) -> list[str]:
    """Names that can be what is spoken of: a day or a month is none."""
    return [name for name in find_names(text) if name not in _CALENDAR]


def _overlaps(name: str, others: Sequence[str]) -> bool:
    return any(set(terms(name)) & set(terms(other)) for other in others)


def _fill(question: str, subject: str, place: str) -> str:
    """The first pronoun, or else the first possessive, replaced by the subject; "there" by the place."""
    filled = _EXPLETIVE.sub(lambda match: match.group().replace(" it ", " \0 "), question)
    if subject:
        possessive = f"{subject}’s"
        owned = _POSSESSIVE.sub(possessive, _HER.sub(possessive, filled, count=1), count=1)
        filled = owned if owned != filled else _PRONOUN.sub(subject, filled, count=1)
    if place:
        filled = _THERE.sub(f"in {place}", filled, count=1)
    return filled.replace("\0", "it")
