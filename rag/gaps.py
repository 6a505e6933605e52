"""What a question names or asks for that the evidence plainly lacks: reasons to refuse that can be told.

A near miss ("how many fighters", where the articles count none; "in 2021", where they speak of 2023) looks
like an answerable question to every measure of similarity. These few checks look for what must be there.
They seldom speak without cause: of the answerable questions of SQuAD 2.0 dev (8 articles) and of CLAP NQ
they stop 2 and 3 in 100; of the unanswerable ones 28 and 7.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from index.fulltext import terms
from rag.ages import LEAST_AGE_SHARE, age_asked, tells_age
from rag.beside import stands_beside
from rag.contraries import contraries
from rag.dimensions import Dimension, dimension_asked
from rag.features import ByWords, Candidate
from rag.forms import ORGANISATION, asks_office, holds_form
from rag.opposed import opposed
from rag.question import ROLE, WORD, Kind, Question
from rag.years import YEAR, century_lacking, year_lacking

LEAST_SHARE = 0.3
"""Sentences with at least this share of the probability must have what is asked for."""
COUNTED_NEARLY = 0.5
"""Words this near in meaning may name the same thing counted. Of 93 answerable questions of SQuAD 2.0 dev
that count something 27 are stopped without this and 11 with it; of 119 unanswerable ones 58 and 53."""

NEAR_WORD = 0.6
"""A sentence has to do with the question if it, or what it leans on, has one of its words or one this near in
meaning. That the form must be there among these too stops, of the questions of SQuAD 2.0 dev and CLAP NQ that
want one and are stopped by nothing else, none of 140 answerable ones, 4 of 140 unanswerable ones and 6 of 131
that are off-topic or whose article was taken out. From .55 to .65 the figures hardly move."""

_WANTED: dict[Kind, str] = {
    "money": "a sum",
    "count": "a number",
    "share": "a share",
    "duration": "a length of time",
    "year": "a year",
    "date": "a date",
    "role": "a name",
    "town": "a town",
    "cause": "a cause",
}
_TOLD_ONLY_BY: dict[str, frozenset[str]] = {
    "born": frozenset(terms("born birth birthplace native")),
    "marri": frozenset(terms("married marriage marry wife husband spouse wed wedding bride groom")),
    "divorc": frozenset(terms("divorced divorce separated")),
    "buri": frozenset(terms("buried burial grave cemetery tomb funeral interred")),
}
"""Stems of events of a life -> the stems that tell of them; no other words do."""
_LIFE = re.compile(r"\(\s*(?:c\.\s*)?\d{3,4}\s*[-–—]")
"""The years of a life: "Robinson (1920–1999)"."""
_FOUNDED = frozenset(terms("founded established created formed set started launched began incorporated"))
_BUILT = frozenset(terms("built constructed erected raised made created"))
_PUBLISHED = frozenset(terms("published printed issued appeared written"))
_DIED = frozenset(terms("died dead death killed perished murdered executed"))
_OF_ONE_YEAR: dict[str, frozenset[str]] = {
    "found": _FOUNDED,
    "establish": _FOUNDED,
    "built": _BUILT,
    "publish": _PUBLISHED,
    "die": _DIED,
    "born": _TOLD_ONLY_BY["born"],
}
"""Stems of events that befall one thing or person in one year -> the stems that tell of them."""
_HOLDER = re.compile(
    r"(?:^\W*who (?:is|was|were|are)|\bnames? of) (?:the )?"
    r"(?:(?P<whose>(?-i:[A-Z])[\w .-]+?)[’']s? )?(?:\w+ )?"
    rf"(?P<role>{ROLE.pattern})(?: of (?:the )?(?P<of>(?-i:[A-Z])[\w -]+))?",
    re.IGNORECASE,
)
_KIN = frozenset(terms("brother daughter father husband mother sister son wife"))
"""Told of in too many ways: "the son of", "whom she married"."""
_ITS = re.compile(r"\b(?:its|their|our)\b", re.IGNORECASE)
_HIS = re.compile(r"\b(?:his|her|my|its|their|our)\b", re.IGNORECASE)
_NEAR_A_ROLE = 60
"""Characters either side of an office in which its owner is looked for."""


class WeighedText(NamedTuple):
    """A shortlisted sentence and its share of the probability."""

    text: str
    share: float
    around: str | None = None
    """The sentence with its neighbours and the title of its article; None where nothing is known of them."""
    published: date | None = None
    """When its article appeared."""
    counted_nearness: float = 0.0
    """How near in meaning what is counted comes to the words around a number, 0..1."""
    is_related: bool = True
    """Whether it has to do with the question, so that a date in it may be the date that was asked for."""

    @classmethod
    def of(cls, candidate: Candidate, measures: ByWords, share: float) -> WeighedText:
        """A candidate of the evidence with its surroundings."""
        chunk, article = candidate.hit.chunk, candidate.hit.article
        place = chunk.sentences.index(candidate.span)
        start = chunk.sentences[max(0, place - 1)].start
        end = chunk.sentences[min(len(chunk.sentences) - 1, place + 1)].end
        around = f"{article.title}\n{chunk.text[start - chunk.start : end - chunk.start]}"
        return cls(
            text=candidate.stated,
            share=share,
            around=around,
            published=article.published,
            counted_nearness=measures.features["counted_nearness"],
            is_related=max(measures.covered, default=1.0) >= NEAR_WORD,
        )


def gaps(question: Question, sentences: Sequence[WeighedText]) -> tuple[str, ...]:
    """What is missing, in words; empty when nothing is plainly missing."""
    found = [f"No article mentions “{name}”." for name in question.unknown_names]
    found += [f"No article has the number {number}." for number in question.unknown_numbers]
    close = [each.text for each in sentences if each.share >= LEAST_SHARE / 4]
    stems = frozenset(terms(" ".join(close)))
    found += [
        f"The closest sentences do not speak of “{word.text}”."
        for word in question.words
        if word.stem in _TOLD_ONLY_BY
        and not _TOLD_ONLY_BY[word.stem] & stems
        and not (word.stem == "born" and question.kind in ("year", "date") and _LIFE.search(" ".join(close)))
    ]
    found += contraries(question, " ".join(each.text for each in sentences if each.share >= LEAST_SHARE / 2))
    found += opposed(question, close)
    found += _of_another_time(question, sentences)
    found += _of_others(question, sentences)
    if (asked := age_asked(question)) is not None:
        return (*found, *_of_other_ages(question, asked, sentences))
    wanted = _wanted(question)
    if wanted is not None and _lack_form(question, sentences):
        of_what = f" of “{question.measured_text}”" if question.measured_text else ""
        found.append(f"The closest sentences do not state {wanted}{of_what}.")
    return tuple(found)


def _of_other_ages(question: Question, asked: Dimension, sentences: Sequence[WeighedText]) -> Iterator[str]:
    """That none tells the age of the one who was named, be it in however unlikely a sentence."""
    close = [each for each in sentences if each.share >= LEAST_AGE_SHARE]
    if not any(tells_age(question, each.text, each.around) for each in close):
        of_others = any(asked.stated_in(each.text) for each in close)
        whose = f"the age of “{question.names[0]}”" if of_others else "an age"
        yield f"The closest sentences do not state {whose}."


def _lack_form(question: Question, sentences: Sequence[WeighedText]) -> bool:
    """Whether the sentences lack the form asked for, or those of them that have to do with the question."""
    fitting = [
        each
        for each in sentences
        if each.counted_nearness >= COUNTED_NEARLY or holds_form(question, each.text)
    ]
    related = [each for each in sentences if each.is_related]
    among_related = [each for each in fitting if each.is_related]
    return (
        not related or _share(fitting) < LEAST_SHARE or _share(among_related) < LEAST_SHARE * _share(related)
    )


def _share(sentences: Sequence[WeighedText]) -> float:
    return sum(each.share for each in sentences)


def _wanted(question: Question) -> str | None:
    if (dimension := dimension_asked(question.text)) is not None:
        return dimension.name
    if (
        question.kind == "count" and "how much" in question.text.lower()
    ):  # success, and what cannot be counted
        return None
    return "a name" if asks_office(question) else _WANTED.get(question.kind)


def _of_another_time(question: Question, sentences: Sequence[WeighedText]) -> list[str]:
    """The year or century asked about, where the best sentences are of another.

    Of two years each has its sentence.
    """
    if len(YEAR.findall(question.text)) > 1 or question.scope == "comparison":
        those = sentences
    else:
        those = [each for each in sentences if each.share >= LEAST_SHARE] or sentences[:1]
    year = year_lacking(question.text, [(each.around or each.text, each.published) for each in those])
    lacking = [] if year is None or year in question.unknown_numbers else [year]
    if (
        century := century_lacking(question.text, [each.around or each.text for each in sentences])
    ) is not None:
        lacking.append(f"the {century}")
    return [f"The closest sentences are not of {time}." for time in lacking]


def _of_others(question: Question, sentences: Sequence[WeighedText]) -> list[str]:
    """What the sentences say of somebody else: the head of another force, the age of another man."""
    found = []
    texts = [each.text for each in sentences]
    if holder := _HOLDER.search(question.text):
        role = frozenset(terms(holder["role"])) - _KIN
        whose = holder["whose"] or holder["of"] or ""
        if role and whose and not any(_has_role(text, role, whose) for text in texts):
            found.append(f"The closest sentences name no such “{holder['role']}”.")
    if question.kind == "year" and question.names:
        subjects = frozenset(terms(" ".join(question.names)))
        found += [
            f"The closest sentences do not say that of “{question.names[0]}”."
            for word in question.words
            if word.stem in _OF_ONE_YEAR
            and not word.is_name
            and not any(_befell(text, _OF_ONE_YEAR[word.stem], subjects) for text in texts)
        ]
    return found


def _has_role(text: str, role: frozenset[str], whose: str) -> bool:
    """Whether the office stands near the one it belongs to, or after a pronoun that may mean that one."""
    owner, pronoun = frozenset(terms(whose)), _ITS if ORGANISATION.search(whose) else _HIS
    for word in WORD.finditer(text):
        if role & frozenset(terms(word.group())):
            around = text[max(0, word.start() - _NEAR_A_ROLE) : word.end() + _NEAR_A_ROLE]
            if owner & frozenset(terms(around)) or pronoun.search(text[: word.start()][-20:]):
                return True
    return False


def _befell(text: str, telling: frozenset[str], subjects: frozenset[str]) -> bool:
    """Whether an event stands beside its subject, or a pronoun, with no other name between them."""
    events = [word for word in WORD.finditer(text) if frozenset(terms(word.group())) & telling]
    return stands_beside(text, events, subjects, or_pronoun=True)
