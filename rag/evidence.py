"""Evidence first: the sentences of the passages that best answer a question, and whether they do at all.

A small linear model, fitted by `evals/benchmarks/train_evidence.py` and kept in `evidence_model.json`,
scores each sentence (round one on stored vectors and words, round two with the words of the ten best run
through the embedder once more) and then the question: `confidence` is the calibrated probability that the
library answers it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from index.article import Span
from index.embedders import bundled
from index.library import Hit
from rag.features import ByWords, Candidate, candidates, word_features
from rag.gaps import WeighedText, gaps
from rag.question import Question
from rag.question_features import passage_features, question_features, shares_of
from rag.retriever import Retrieval

SHORTLIST = 10
"""Sentences of round one that round two looks at: each costs a run of the embedder, about 8 ms."""


_DECIDES = 20.0
"""Log-odds that leave no doubt."""


class EvidenceModel(NamedTuple):
    """Coefficients by feature name; a feature that is not named counts nothing."""

    first_round: Mapping[str, float]
    second_round: Mapping[str, float]
    confidence: Mapping[str, float]
    """With the intercept under `intercept`."""
    thresholds: Sequence[tuple[int, float]]
    """(size of the library in chunks, confidence below which a question is refused), smallest first."""
    gap_costs: Sequence[tuple[int, float]]
    """(size of the library in chunks, what a gap takes off the log-odds), smallest first."""

    def threshold(self, chunks: int) -> float:
        """Where a library of this size refuses."""
        return _at_size(self.thresholds, chunks)

    def answerable(
        self, question: Question, features: Mapping[str, float], *, missing: bool, decided: bool
    ) -> float:
        """The probability that a question is answered.

        Args:
            question: What is asked.
            features: Its `question_features`.
            missing: Whether it has a gap. One decides alone in a small library, where all that is asked is
                near. In a large one it is weighed: three in a hundred answers are worded so that they seem to
                lack something.
            decided: Whether it has one that decides everywhere: a name, a number or quoted words that no
                article has.
        """
        value = linear(self.confidence, features)
        if decided:
            value -= _DECIDES
        elif missing:
            value -= _at_size(self.gap_costs, question.library_chunks)
        return 1 / (1 + math.exp(-max(-60.0, min(60.0, value))))

    @classmethod
    def load(cls, path: Path) -> EvidenceModel:
        stored = json.loads(path.read_text(encoding="utf-8"))
        return cls(**{name: stored[name] for name in cls._fields})


@lru_cache(maxsize=1)
def shipped_model() -> EvidenceModel:
    """The model that comes with Citewell."""
    return EvidenceModel.load(Path(__file__).with_name("evidence_model.json"))


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceSentence:
    """A sentence of an article, weighed for one question."""

    hit: Hit
    span: Span
    """Offsets into the article's text."""
    text: str
    stems: frozenset[str]
    share: float
    """Its probability among the shortlisted sentences of being the one that answers, 0..1."""

    @property
    def place(self) -> tuple[str, Span]:
        """Where it stands: article id and offsets."""
        return self.hit.article.article_id, self.span


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What the library has to say on a question."""

    sentences: tuple[EvidenceSentence, ...]
    """Best first; at most `SHORTLIST`."""
    confidence: float
    """Calibrated probability that the library answers the question."""
    gaps: tuple[str, ...]
    """What the question names or asks for that the evidence plainly lacks, in words."""
    threshold: float
    """Confidence below which a library of this size refuses."""


class Weighed(NamedTuple):
    """A shortlisted sentence with all its features."""

    candidate: Candidate
    measures: ByWords
    """The features of both rounds."""
    score: float


def find_evidence(question: Question, retrieval: Retrieval, model: EvidenceModel) -> Evidence:
    """The best sentences of the retrieved passages, and the confidence that they answer."""
    threshold = model.threshold(question.library_chunks)
    ranked = weigh(question, retrieval, model)
    if not ranked:
        return Evidence(sentences=(), confidence=0.0, gaps=retrieval.gaps, threshold=threshold)
    scores = [each.score for each in ranked]
    shares = shares_of(scores)
    texts = [
        WeighedText.of(each.candidate, each.measures, share)
        for each, share in zip(ranked, shares, strict=True)
    ]
    missing = (*retrieval.gaps, *gaps(question, texts))
    features = question_features(
        question, [each.measures for each in ranked], scores, passage_features(question, retrieval)
    )
    decided = bool(retrieval.gaps or question.unknown_names or question.unknown_numbers)
    confidence = model.answerable(question, features, missing=bool(missing), decided=decided)
    if not missing and says_it_all(question, ranked[0].measures):
        # "Who is Jonna Brandt?": a sentence with every word of the question is about what was asked.
        confidence = max(confidence, threshold)
    return Evidence(
        sentences=tuple(
            EvidenceSentence(
                hit=each.candidate.hit,
                span=each.candidate.span,
                text=each.candidate.text,
                stems=each.candidate.stems,
                share=share,
            )
            for each, share in zip(ranked, shares, strict=True)
        ),
        confidence=confidence,
        gaps=missing,
        threshold=threshold,
    )


def shortlist(question: Question, retrieval: Retrieval, first_round: Mapping[str, float]) -> list[Candidate]:
    """The best sentences by the features of round one."""
    found = candidates(question, retrieval.question_vector, retrieval.hits)
    found.sort(key=lambda each: (-linear(first_round, each.cheap), each.rank, each.span))
    return found[:SHORTLIST]


def weigh(question: Question, retrieval: Retrieval, model: EvidenceModel) -> list[Weighed]:
    """The shortlisted sentences by the features of both rounds, best first."""
    chosen = shortlist(question, retrieval, model.first_round)
    weighed = []
    for candidate, more in zip(chosen, word_features(question, chosen, bundled()), strict=True):
        measures = more._replace(features=candidate.cheap | more.features)
        weighed.append(Weighed(candidate, measures, linear(model.second_round, measures.features)))
    return sorted(weighed, key=lambda each: (-each.score, each.candidate.rank, each.candidate.span))


def says_it_all(question: Question, best: ByWords) -> bool:
    """Whether the best sentence has every word of the question, which is then not refused as unlikely."""
    return bool(question.words) and best.features["overlap"] == 1.0


def linear(coefficients: Mapping[str, float], features: Mapping[str, float]) -> float:
    """The weighted sum of the features that the model names."""
    return math.fsum(weight * features[name] for name, weight in coefficients.items())


def _at_size(measured: Sequence[tuple[int, float]], chunks: int) -> float:
    """The value for a library of this size; between the sizes that were measured, by their logarithm."""
    sizes, values = zip(*measured, strict=True)
    return float(np.interp(math.log(max(1, chunks)), np.log(sizes), values))
