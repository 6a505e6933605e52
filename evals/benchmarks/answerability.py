"""When to refuse, fitted on what evidence and a model say of answerable and unanswerable questions.

A logistic regression on the log-odds of the evidence's confidence, the log-odds of the model's Yes, and, for
the bundled model, the log-probabilities of the words that most often open its reply. Those are many beside
few questions, so they are shrunk together (`SHARE`), and evidence and Yes hardly. Each data set, and in it
the answerable and the unanswerable, weigh the same.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

import rag.answerability
from evals.benchmarks.remembering import prompt_sha256
from rag.answerability import AnswerabilityModel, log_odds, log_probability
from rag.answerers import generative
from rag.local.model_file import QWEN

FOLDS = 8
FALSE_REFUSALS = 0.05
"""The threshold is where cross-validation refuses this share of the answerable questions."""
TOKENS = 256
"""First tokens that are looked at."""
FLOOR = -18.0
"""Log-probability of a token that is not among the likeliest thousand."""
SHARE = 0.03
"""What a standard deviation of one token's log-probability counts beside one of the evidence's."""
STRENGTH = 1.0
"""Inverse strength of the shrinking."""

Record = dict[str, Any]
Numbers = npt.NDArray[np.float64]


def fitted(records: Sequence[Record], *, reads_closely: bool) -> AnswerabilityModel:
    """The model, with its threshold not yet set; it sees no question with a gap: those are refused anyway."""
    records = [record for record in records if not record["gap"]]
    tokens = _openings(records) if reads_closely else []
    rows = np.array([_row(record, tokens) for record in records])
    mean, spread = rows.mean(axis=0), rows.std(axis=0) + 1e-9
    spread[2:] /= SHARE
    answerable = np.array([record["answerable"] for record in records])
    model = LogisticRegression(C=STRENGTH, max_iter=2000)
    model.fit((rows - mean) / spread, answerable, sample_weight=_weights(records))
    weights = model.coef_[0] / spread
    return AnswerabilityModel(
        intercept=float(model.intercept_[0] - weights @ mean),
        evidence=float(weights[0]),
        opinion=float(weights[1]),
        threshold=0.5,
        beginnings=dict(zip(tokens, map(float, weights[2:]), strict=True)),
        floor=FLOOR,
    )


def _openings(records: Sequence[Record]) -> list[str]:
    """The tokens that are likeliest to open a reply, by their mean log-probability."""
    total: dict[str, float] = {}
    for record in records:
        for token, probability in record["beginnings"].items():
            total[token] = total.get(token, 0.0) + log_probability(probability, FLOOR) - FLOOR
    return sorted(total, key=lambda token: (-total[token], token))[:TOKENS]


def _row(record: Record, tokens: Sequence[str]) -> list[float]:
    said: Mapping[str, float] = record["beginnings"]
    return [
        log_odds(record["confidence"]),
        log_odds(record["opinion"]),
        *(log_probability(said.get(token, 0.0), FLOOR) for token in tokens),
    ]


def _weights(records: Sequence[Record]) -> Numbers:
    sorts = [(record["dataset"], record["answerable"]) for record in records]
    counts = {sort: sorts.count(sort) for sort in sorts}
    return np.array([len(sorts) / len(counts) / counts[sort] for sort in sorts])


def cross_validated(records: Sequence[Record], *, reads_closely: bool) -> Numbers:
    """Each question's probability by a model that saw no question on its article; 0 where a gap shows."""
    articles = sorted({str(record["article"]) for record in records}, key=lambda name: crc32(name.encode()))
    folds = np.array([articles.index(str(record["article"])) % FOLDS for record in records])
    probabilities = np.zeros(len(records))
    for fold in range(FOLDS):
        inside = [record for record, its in zip(records, folds, strict=True) if its != fold]
        model = fitted(inside, reads_closely=reads_closely)
        for n in map(int, np.flatnonzero(folds == fold)):
            probabilities[n] = _probability(model, records[n])
    return probabilities


def _probability(model: AnswerabilityModel, record: Record) -> float:
    if record["gap"]:
        return 0.0
    weights = [model.evidence, model.opinion, *model.beginnings.values()]
    value = model.intercept + np.dot(weights, _row(record, list(model.beginnings)))
    return float(1 / (1 + np.exp(-value)))


def report(records: Sequence[Record]) -> None:
    """Print how well each score tells answerable from unanswerable, and the two-by-two."""
    answerable = np.array([r["answerable"] for r in records])
    names = np.array([r["dataset"] for r in records])
    closely = cross_validated(records, reads_closely=True)
    scores = {
        "evidence": np.array([r["confidence"] for r in records]),
        "opinion": np.array([r["opinion"] for r in records]),
        "both": cross_validated(records, reads_closely=False),
        "both, and how the reply would begin": closely,
    }
    refused = closely < _threshold(records, closely)
    for name in dict.fromkeys(names):
        those = names == name
        if answerable[those].all():
            continue
        print(f"{name}: area under the curve, answerable against unanswerable, cross-validated by article")
        for label, score in scores.items():
            print(f"  {label}: {roc_auc_score(answerable[those], score[those]):.3f}")
        for sort, mask in (("answerable", those & answerable), ("unanswerable", those & ~answerable)):
            print(f"  refused: {refused[mask].sum()} of {mask.sum()} {sort}")


def _threshold(records: Sequence[Record], probabilities: Numbers) -> float:
    answerable = np.array([r["answerable"] for r in records])
    return float(np.quantile(probabilities[answerable], FALSE_REFUSALS))


def write(records: Sequence[Record], sha256: str | None) -> None:
    """The models for `rag`; beside this script, how often what is said with a confidence is so."""
    if sha256 != QWEN.sha256:
        raise SystemExit("only what the bundled model says is fitted")
    stored: dict[str, Any] = {}
    for name, reads_closely in (("any_model", False), ("bundled", True)):
        probabilities = cross_validated(records, reads_closely=reads_closely)
        model = fitted(records, reads_closely=reads_closely)
        model = model._replace(threshold=round(_threshold(records, probabilities), 3))
        stored[name] = _rounded(model._asdict())
    stored["sha256"] = sha256
    stored["prompt"] = prompt_sha256(generative.INSTRUCTION)
    path = Path(rag.answerability.__file__).with_name("answerability_model.json")
    path.write_text(json.dumps(stored, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    curve = calibration(records, probabilities)
    Path(__file__).with_name("answerability_calibration.json").write_text(json.dumps(curve, indent=1) + "\n")


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _rounded(each) for name, each in value.items()}
    return float(f"{value:.4g}")


def calibration(records: Sequence[Record], probabilities: Numbers) -> list[dict[str, float]]:
    """In each tenth of the confidences that occurs: their mean, and the share of answerable questions."""
    answerable = np.array([r["answerable"] for r in records])
    tenths = np.minimum((probabilities * 10).astype(int), 9)
    return [
        {
            "confidence": round(float(probabilities[tenths == tenth].mean()), 3),
            "answerable": round(float(answerable[tenths == tenth].mean()), 3),
            "questions": int((tenths == tenth).sum()),
        }
        for tenth in np.unique(tenths)
    ]
