"""Citation support: the share of an answer's content sentences that the words they cite carry.

ALCE's citation recall (Gao et al. 2023), with words compared in place of an entailment model: of each
citation the three neighbouring sentences that have most of the sentence's words are taken, and all of them
together must have half of its content, every number, date and proper name, and the same polarity; `weak` from
.4, and where a name stands only near the quote. `rag.checking.support` has the rules, and what was measured
of them. A sentence that cites nothing is not supported.

Fails on: meaning. Swapped roles ("A sued B"), opposites without a negation ("rose", "fell"), synonyms.
Against people's judgement the area under the curve was .82 on extractive sentences, .62 to .67 on abstractive
ones. An engine that quotes, and one that checks its sentences by the same rules as Citewell does, score near
1 by construction: that measures plumbing. For any other engine it is a judgement.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from evals.metrics.coverage import content_sentences
from evals.metrics.text import tokenize
from evals.metrics.verbatim import ArticleText
from index.splitter import split_sentences
from rag.answer import Answer, AnswerSentence, Citation, Support
from rag.checking.statement import read
from rag.checking.support import SupportVerdict, support

WINDOW = 3
"""Sentences of a citation that are looked at together."""


class SentenceSupport(NamedTuple):
    """One sentence of an answer, and how far its citations carry it."""

    sentence: AnswerSentence
    level: Support
    reasons: tuple[str, ...]


class Carrier:
    """Judges what citations of one answer carry."""

    def __init__(self, answer: Answer, article_text: ArticleText) -> None:
        self._citations = {c.number: c for c in answer.citations}
        self._context = (answer.question, answer.standalone_question)
        self._given = read(answer.standalone_question).stems
        self._article_text = article_text

    def carries(self, sentence: str, numbers: Collection[int]) -> SupportVerdict:
        """How far the citations of these numbers carry a sentence, all together."""
        cited = [self._citations[n] for n in dict.fromkeys(numbers) if n in self._citations]
        if not cited:
            return SupportVerdict("unsupported", ("nothing is cited",))
        quotes = [_nearest_window(sentence, c.quote) for c in cited]
        before = [self._sentence_before(c) for c in cited]
        titles = [c.title for c in cited]
        return support(sentence, quotes, context=[*before, *titles, *self._context], given=self._given)

    def _sentence_before(self, citation: Citation) -> str:
        """Where a pronoun at the beginning of the quote may point."""
        text = self._article_text(citation.article_id, citation.version)
        if text is None or not 0 < citation.start <= len(text):
            return ""
        spans = split_sentences(text[: citation.start])
        return text[spans[-1].start : spans[-1].end] if spans else ""


def judge_support(answer: Answer, carrier: Carrier) -> list[SentenceSupport]:
    """The verdict on each content sentence, in order."""
    judged = []
    for sentence in content_sentences(answer):
        level, reasons = carrier.carries(sentence.text, sentence.citations)
        judged.append(SentenceSupport(sentence, level, reasons))
    return judged


def citation_support(judged: Sequence[SentenceSupport]) -> float | None:
    """Share of content sentences that are supported, in [0, 1]; None where nothing is said."""
    return sum(each.level == "supported" for each in judged) / len(judged) if judged else None


def _nearest_window(sentence: str, quote: str) -> str:
    """The `WINDOW` neighbouring sentences of a quote that have most of the sentence's words."""
    spans = split_sentences(quote)
    if len(spans) <= WINDOW:
        return quote
    wanted = {t.text for t in tokenize(sentence) if t.content}
    windows = [quote[spans[i].start : spans[i + WINDOW - 1].end] for i in range(len(spans) - WINDOW + 1)]
    return max(windows, key=lambda window: len(wanted & {t.text for t in tokenize(window)}))
