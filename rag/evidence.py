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
from rag.features import Candidate, candidates, word_features
from rag.gaps import WeighedText, gaps
from rag.question import KINDS, Question
from rag.retriever import Retrieval

SHORTLIST = 10
"""Sentences of round one that round two looks at: each costs a run of the embedder, about 8 ms."""
_SIZED = ("score", "top_cos_passage")
"""Features that mean more in a small library: of a thousand passages some come near to anything by chance."""


class EvidenceModel(NamedTuple):
    """Coefficients by feature name; a feature that is not named counts nothing."""

    first_round: Mapping[str, float]
    second_round: Mapping[str, float]
    confidence: Mapping[str, float]
    """With the intercept under `intercept`."""
    thresholds: Sequence[tuple[int, float]]
    """(size of the library in chunks, confidence below which a question is refused), smallest first.

    The shipped one of small libraries was read off the cross-validation of an earlier fit, by the rule that
    `train_evidence` now has.
    """

    def threshold(self, chunks: int) -> float:
        """Where a library of this size refuses; between the sizes that were measured, by their logarithm."""
        sizes, thresholds = zip(*self.thresholds, strict=True)
        return float(np.interp(math.log(max(1, chunks)), np.log(sizes), thresholds))

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
    """Calibrated probability that the library answers the question; below the threshold where a gap shows."""
    gaps: tuple[str, ...]
    """What the question names or asks for that the evidence plainly lacks, in words."""
    threshold: float
    """Confidence below which a library of this size refuses."""


class Weighed(NamedTuple):
    """A shortlisted sentence with all its features."""

    candidate: Candidate
    features: dict[str, float]
    score: float


def find_evidence(question: Question, retrieval: Retrieval, model: EvidenceModel) -> Evidence:
    """The best sentences of the retrieved passages, and the confidence that they answer."""
    threshold = model.threshold(question.library_chunks)
    ranked = weigh(question, retrieval, model)
    if not ranked:
        return Evidence(sentences=(), confidence=0.0, gaps=retrieval.gaps, threshold=threshold)
    shares = shares_of([each.score for each in ranked])
    texts = [
        WeighedText.of(each.candidate, each.features, share)
        for each, share in zip(ranked, shares, strict=True)
    ]
    missing = (*retrieval.gaps, *gaps(question, texts))
    confidence = _logistic(linear(model.confidence, question_features(question, ranked)))
    if question.words and ranked[0].features["overlap"] == 1.0:
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
        confidence=min(confidence, threshold) / 2 if missing else confidence,
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
        features = {**candidate.cheap, **more}
        weighed.append(Weighed(candidate, features, linear(model.second_round, features)))
    return sorted(weighed, key=lambda each: (-each.score, each.candidate.rank, each.candidate.span))


def question_features(question: Question, ranked: Sequence[Weighed]) -> dict[str, float]:
    """What tells whether they answer: of each feature the best sentence's, the mean, the highest."""
    shares = shares_of([each.score for each in ranked])
    top = ranked[0]
    features = {"intercept": 1.0}
    for name, value in top.features.items():
        mean = math.fsum(share * each.features[name] for share, each in zip(shares, ranked, strict=True))
        features[f"top_{name}"] = value
        features[f"mean_{name}"] = mean - value
        features[f"max_{name}"] = max(each.features[name] for each in ranked)
    features["score"] = top.score
    features["lead"] = top.score - ranked[1].score if len(ranked) > 1 else 0.0
    features["share"] = shares[0]
    weight = math.fsum(word.weight for word in question.words) or 1.0
    unknown = math.fsum(word.weight for word in question.words if not word.is_known)
    features["unknown_words"] = unknown / weight
    for kind in KINDS:
        features[f"asks_{kind}"] = float(question.kind == kind)
    features["size"] = math.log1p(question.library_chunks)
    for name in _SIZED:
        features[f"size_x_{name}"] = features["size"] * features[name]
    return features


def linear(coefficients: Mapping[str, float], features: Mapping[str, float]) -> float:
    """The weighted sum of the features that the model names."""
    return math.fsum(weight * features[name] for name, weight in coefficients.items())


def shares_of(scores: Sequence[float]) -> list[float]:
    """The scores as probabilities that add up to 1."""
    exponentials = np.exp(np.asarray(scores) - max(scores))
    shares: list[float] = (exponentials / exponentials.sum()).tolist()
    return shares


def _logistic(value: float) -> float:
    return 1 / (1 + math.exp(-max(-60.0, min(60.0, value))))
