"""The fit of when to refuse, on records whose right answer is known."""

from __future__ import annotations

import math
import random

import pytest
from sklearn.metrics import roc_auc_score

from evals.benchmarks.answerability import calibration, cross_validated, fitted
from rag.evidence import Evidence
from rag.models.opinion import Opinion


def record(number: int, answerable: bool, generator: random.Random) -> dict:
    """Evidence that tells little, and many first tokens that each tell a little of the same."""
    lean = 1 if answerable else -1
    seen = 0.8 * lean + generator.gauss(0, 0.6)
    beginnings = {f"word {n}": math.exp(-9 + (-1) ** n * seen + generator.gauss(0, 1)) for n in range(100)}
    return {
        "dataset": "invented",
        "article": f"article {number % 9}",
        "answerable": answerable,
        "confidence": 1 / (1 + math.exp(-0.4 * lean - generator.gauss(0, 1))),
        "gap": False,
        "opinion": 0.625,
        "beginnings": {"Yes": 0.5, "No": 0.3, **beginnings},
    }


@pytest.fixture(scope="module")
def records() -> list[dict]:
    generator = random.Random(0)
    return [record(n, n % 2 == 0, generator) for n in range(240)]


def test_how_a_reply_would_begin_tells_more_than_yes_and_no(records: list[dict]) -> None:
    answerable = [r["answerable"] for r in records]
    plain = roc_auc_score(answerable, cross_validated(records, reads_closely=False))
    closely = roc_auc_score(answerable, cross_validated(records, reads_closely=True))
    assert plain < 0.72
    assert closely > plain + 0.1


def test_the_engine_comes_to_the_same_probability(records: list[dict]) -> None:
    model = fitted(records, reads_closely=True)
    first = records[0]
    evidence = Evidence(sentences=(), confidence=first["confidence"], gaps=(), threshold=0.1)
    confidence = model.confidence(evidence, Opinion(first["opinion"], first["beginnings"]))
    logits = model.intercept + model.evidence * math.log(first["confidence"] / (1 - first["confidence"]))
    logits += model.opinion * math.log(0.625 / 0.375)
    for token, weight in model.beginnings.items():
        logits += weight * math.log(first["beginnings"][token])
    assert confidence == pytest.approx(1 / (1 + math.exp(-logits)))


def test_a_gap_is_refused_whatever_is_said(records: list[dict]) -> None:
    gapped = [r | {"gap": n % 5 == 0} for n, r in enumerate(records)]
    probabilities = cross_validated(gapped, reads_closely=True)
    assert all(p == 0 for p, r in zip(probabilities, gapped, strict=True) if r["gap"])


def test_the_calibration_counts_every_question(records: list[dict]) -> None:
    probabilities = cross_validated(records, reads_closely=True)
    curve = calibration(records, probabilities)
    assert sum(step["questions"] for step in curve) == len(records)
    assert [step["confidence"] for step in curve] == sorted(step["confidence"] for step in curve)
