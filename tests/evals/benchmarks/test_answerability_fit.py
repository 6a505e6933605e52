"""The fit of when to refuse, on records whose right answer is known."""

from __future__ import annotations

import math
import random
from dataclasses import replace

import pytest
from sklearn.metrics import roc_auc_score

from evals.benchmarks.answerability import calibration, cross_validated, fitted, thresholds
from rag.evidence import Evidence


def record(number: int, generator: random.Random, dataset: str, evidence: float, opinion: float) -> dict:
    """Log-odds of evidence and opinion lean to the truth by as much as is said."""
    lean = 1 if number % 2 else -1
    return {
        "dataset": dataset,
        "article": f"article {number % 9}",
        "sort": "answerable" if lean > 0 else "unanswerable",
        "answerable": lean > 0,
        "confidence": 1 / (1 + math.exp(-evidence * lean - generator.gauss(0, 1))),
        "gap": False,
        "weak": number % 3 == 0,
        "opinion": 1 / (1 + math.exp(-opinion * lean - generator.gauss(0, 1))),
    }


@pytest.fixture(scope="module")
def records() -> list[dict]:
    generator = random.Random(0)
    return [record(n, generator, "invented", 0.3, 0.7) for n in range(300)]


def test_what_leans_more_counts_more_and_both_are_better_than_either(records: list[dict]) -> None:
    model = fitted(records)
    assert model.opinion > model.evidence > 0
    answerable = [r["answerable"] for r in records]
    combined = roc_auc_score(answerable, cross_validated(records))
    assert combined > max(
        roc_auc_score(answerable, [r[part] for r in records]) for part in ("confidence", "opinion")
    )


def test_a_small_data_set_weighs_as_much_as_a_large_one(records: list[dict]) -> None:
    generator = random.Random(1)
    others = [record(n, generator, "another", 2.0, 0.0) for n in range(40)]
    alone, together = fitted(records), fitted([*records, *others])
    assert together.evidence > 1.5 * alone.evidence


def test_the_engine_comes_to_the_same_probability(records: list[dict]) -> None:
    model = fitted(records)
    first = records[0]
    evidence = Evidence(sentences=(), confidence=first["confidence"], gaps=(), threshold=0.1)
    value = model.intercept
    for weight, probability in ((model.evidence, first["confidence"]), (model.opinion, first["opinion"])):
        value += weight * math.log(probability / (1 - probability))
    assert model.confidence(evidence, first["opinion"]) == pytest.approx(1 / (1 + math.exp(-value)))


def test_the_thresholds_refuse_the_share_of_the_answerable_that_they_may(records: list[dict]) -> None:
    probabilities = cross_validated(records)
    enough, weak = thresholds(records, probabilities)
    answerable = [(p, r["weak"]) for p, r in zip(probabilities, records, strict=True) if r["answerable"]]
    assert sum(p < weak for p, _ in answerable) / len(answerable) == pytest.approx(0.05, abs=0.01)
    assert enough == pytest.approx(min(p for p, is_weak in answerable if not is_weak) / 2)


def test_weak_evidence_needs_the_surer_opinion(records: list[dict]) -> None:
    model = fitted(records)._replace(threshold=0.1, weak_threshold=0.2)
    evidence = Evidence(sentences=(), confidence=0.3, gaps=(), threshold=0.4)
    assert model.threshold_for(evidence) == 0.2
    assert model.threshold_for(replace(evidence, confidence=0.5)) == 0.1


def test_a_gap_is_refused_whatever_is_said(records: list[dict]) -> None:
    gapped = [r | {"gap": n % 5 == 0} for n, r in enumerate(records)]
    probabilities = cross_validated(gapped)
    assert all(p == 0 for p, r in zip(probabilities, gapped, strict=True) if r["gap"])


def test_the_calibration_counts_every_question(records: list[dict]) -> None:
    probabilities = cross_validated(records)
    curve = calibration(records, probabilities)
    assert sum(step["questions"] for step in curve) == len(records)
    assert [step["confidence"] for step in curve] == sorted(step["confidence"] for step in curve)
