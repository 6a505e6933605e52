"""Right answers made wrong in one place: what metrics must notice.

A right answer is the sentences of the gold articles in which a case's evidence stands, each cited to the
character. Each mutant differs from it in one thing, and names the metrics that ought to fall:

- digit, name, negation, unit: one sentence of the answer is changed and its citation kept. Support ought to
  fall; facts too, where what was changed is part of a fact.
- swapped citation: all cite another article (gold, support), or one another sentence of its own (support).
- dropped marker: a sentence cites nothing (coverage). Lost citation: its marker points to none (validity).
- shifted quote: the offsets are off by one (verbatim).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, TypeVar

from evals.cases import Case
from evals.metrics.facts import Fact, judge_fact
from evals.metrics.text import Token, find_phrase, tokenize
from index.article import Article
from index.splitter import split_sentences
from rag.answer import Answer, AnswerSentence, Citation
from rag.checking.units import UNITS
from rag.checking.values import clean

T = TypeVar("T")

KINDS = (
    *("digit", "name", "negation", "unit", "swapped article", "swapped sentence"),
    *("dropped marker", "lost citation", "shifted quote"),
)
_WORD = re.compile(r"[^\W\d_][\w'-]*")
_VERB = re.compile(r"\b(?:was|is|were|are|has|had|have|will|would|can|could)\b(?! not\b)")
_DENIES = re.compile(r"\b(?:no|not|never|nor|none|nobody|nothing|without|cannot)\b|n't\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """A right answer with one thing wrong in it."""

    kind: str
    answer: Answer
    ought: frozenset[str]
    """Metrics that ought to fall."""
    changed: str
    """What is wrong, in words: the sentence as it now stands, or where it points."""
    spared: bool = False
    """Whether of each fact that is spoilt another wording that the case accepts still stands."""


class _Edit(NamedTuple):
    """One sentence with one thing changed."""

    text: str
    lost: Token | None = None
    """The token that is no longer there."""
    denied: str = ""
    """The clause that is denied."""
    rest: str = ""
    """What else the sentence says."""

    def spares(self, fact: Fact) -> bool:
        """Whether a wording that the fact's case accepts stands where nothing was changed."""
        said = tokenize(self.rest or self.text)
        return any(find_phrase(tokenize(wording), said) for wording in (fact.text, *fact.any_of)) or bool(
            fact.regex and re.search(fact.regex, self.rest or self.text, re.IGNORECASE)
        )

    def spoils(self, fact: Fact, asked: str) -> bool:
        """Whether a fact has what was lost, or is stated by what is denied."""
        if self.lost is None:
            return judge_fact(fact, self.denied, asked=asked).found
        wordings = [t for text in (fact.text, *fact.any_of) for t in tokenize(text)]
        known = {t.text for t in tokenize(asked)}
        return any(
            t.text == self.lost.text and t.unit in ("", self.lost.unit) and (t.value or t.text not in known)
            for t in wordings
            if t.unit or not self.lost.unit
        )


def right_answer(case: Case, gold: Sequence[Article]) -> Answer:
    """The sentences that hold the case's evidence, as an engine that quotes gives them."""
    spans = {
        (number, start, end): article
        for quote in case.evidence
        for number, article in enumerate(gold)
        if (at := article.text.find(quote)) >= 0
        for start, end in split_sentences(article.text)
        if start < at + len(quote) and at < end
    }
    citations = tuple(
        _citation(number, article, start, end)
        for number, ((_, start, end), article) in enumerate(
            sorted(spans.items(), key=lambda i: i[0]), start=1
        )
    )
    sentences = tuple(
        AnswerSentence(text=c.quote, citations=(c.number,), support="supported") for c in citations
    )
    return _answer(case, sentences, citations)


def mutants(
    case: Case, right: Answer, gold: Sequence[Article], others: Sequence[Article]
) -> Iterator[Mutant]:
    """Every mutant of a case's right answer; `others` are articles that the case does not name."""
    names = sorted({t for article in others for t in _names(article.text)} - _names(right.answer))
    for place, sentence in enumerate(right.sentences):
        rest = " ".join(s.text for number, s in enumerate(right.sentences) if number != place)
        hanging = [f for f in case.facts if not judge_fact(f, rest, asked=case.asked).found]
        for kind, edits in (
            ("digit", _digits(sentence.text)),
            ("name", _other_names(sentence.text, names)),
            ("unit", _units(sentence.text)),
            ("negation", _denials(sentence.text)),
        ):
            for edit in edits:
                hit = [fact for fact in hanging if edit.spoils(fact, case.asked)]
                ought = frozenset({"support", "facts"} if hit else {"support"})
                sentences = _put(right.sentences, place, replace(sentence, text=edit.text))
                mutant = _mutant(kind, replace(right, sentences=sentences), ought, edit.text)
                yield replace(mutant, spared=bool(hit) and all(map(edit.spares, hit)))
    yield from _citations_gone_wrong(right, gold, others)


def _citations_gone_wrong(
    right: Answer, gold: Sequence[Article], others: Sequence[Article]
) -> Iterator[Mutant]:
    if others:
        other = others[len(right.answer) % len(others)]
        start, end = split_sentences(other.text)[0]
        wrong = tuple(_citation(c.number, other, start, end) for c in right.citations)
        told = f"all point to “{other.title}”"
        yield _mutant("swapped article", replace(right, citations=wrong), {"gold", "support"}, told)
    for place, citation in enumerate(right.citations):
        article = next(a for a in gold if a.article_id == citation.article_id)
        far = [s for s in split_sentences(article.text) if s[1] < citation.start or s[0] > citation.end]
        if far:
            wrong = _put(right.citations, place, _citation(citation.number, article, *far[0]))
            told = f"“{citation.quote}” points to “{article.text[slice(*far[0])]}”"
            yield _mutant("swapped sentence", replace(right, citations=wrong), {"support"}, told)
        shifted = _put(
            right.citations, place, replace(citation, start=citation.start + 1, end=citation.end + 1)
        )
        yield _mutant(
            "shifted quote", replace(right, citations=shifted), {"verbatim"}, f"[{citation.number}]"
        )
    for place, sentence in enumerate(right.sentences):
        for kind, numbers, metric in (
            ("dropped marker", (), "coverage"),
            ("lost citation", (99,), "validity"),
        ):
            bare = _put(right.sentences, place, replace(sentence, citations=numbers))
            yield _mutant(kind, replace(right, sentences=bare), {metric}, sentence.text)


def _digits(sentence: str) -> Iterator[_Edit]:
    """Each digit of each value made another."""
    cleaned = clean(sentence)
    for token in (t for t in tokenize(sentence) if t.value):
        assert token.value
        for at in range(token.value.start, token.value.end):
            if cleaned[at].isdecimal():
                digit = (int(cleaned[at]) + 1) % 10
                yield _Edit(f"{cleaned[:at]}{digit}{cleaned[at + 1 :]}", token._replace(unit=""))


def _other_names(sentence: str, names: Sequence[str]) -> Iterator[_Edit]:
    """Each name made one that stands in another article."""
    for match in _WORD.finditer(sentence):
        if names and match.group() in _names(sentence):
            other = names[len(match.group()) * 7 % len(names)]
            changed = f"{sentence[: match.start()]}{other}{sentence[match.end() :]}"
            yield _Edit(changed, tokenize(match.group())[0])


def _names(text: str) -> set[str]:
    """Words with a capital inside a sentence: those that open one are left out."""
    return {
        m.group().removesuffix("'s")
        for m in re.finditer(r"(?<=[a-z,] )[A-Z][a-z]{2,}\b", text)
        if (tokens := tokenize(m.group())) and tokens[0].name
    }


def _units(sentence: str) -> Iterator[_Edit]:
    """Each unit that follows a value made another one."""
    cleaned = clean(sentence)
    for token in (t for t in tokenize(sentence) if t.value and t.unit):
        assert token.value
        other = next(unit for unit in ("weeks", "kilograms", "miles") if UNITS[unit[:-1]] != token.unit)
        before, after = cleaned[: token.value.end + 1], cleaned[token.value.end + 1 :]
        yield _Edit(before + re.sub(r"^\w+", other, after), token)


def _denials(sentence: str) -> Iterator[_Edit]:
    """The first verb of each clause denied, in a sentence that denies nothing yet."""
    if _DENIES.search(sentence):
        return
    for clause in re.finditer(r"[^,;:()]+", sentence):
        if verb := _VERB.search(sentence, *clause.span()):
            changed = f"{sentence[: verb.end()]} not{sentence[verb.end() :]}"
            rest = f"{sentence[: clause.start()]} | {sentence[clause.end() :]}"
            yield _Edit(changed, denied=clause.group(), rest=rest)


def _mutant(kind: str, answer: Answer, ought: Collection[str], changed: str) -> Mutant:
    return Mutant(kind=kind, answer=_worded(answer), ought=frozenset(ought), changed=changed)


def _put(items: tuple[T, ...], place: int, item: T) -> tuple[T, ...]:
    return (*items[:place], item, *items[place + 1 :])


def _citation(number: int, article: Article, start: int, end: int) -> Citation:
    return Citation(
        number=number,
        article_id=article.article_id,
        version=article.version,
        title=article.title,
        publisher=article.publisher,
        url=article.url,
        published=article.published,
        start=start,
        end=end,
        quote=article.text[start:end],
    )


def _answer(case: Case, sentences: tuple[AnswerSentence, ...], citations: tuple[Citation, ...]) -> Answer:
    return _worded(
        Answer(
            question=case.question,
            standalone_question=case.asked,
            answerable=True,
            refusal_reason=None,
            answer="",
            sentences=sentences,
            citations=citations,
            passages=(),
            confidence=1.0,
            answerer="mutants",
        )
    )


def _worded(answer: Answer) -> Answer:
    said = (f"{s.text}{''.join(f' [{n}]' for n in s.citations)}" for s in answer.sentences)
    return replace(answer, answer=" ".join(said))
