"""The timings of a small library: every step that any answer took has its median."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from evals.benchmarks.timings import filled
from tests.evals.benchmarks.test_peer import DATASET, question


def test_a_refusal_among_the_answers_lacks_a_step_and_is_timed_all_the_same(tmp_path: Path) -> None:
    refused = question("Which king was crowned in Vienna in 1612?", "Ann Marsh")
    asked = (question("Who founded the mill?", "Ann Marsh"), refused, *DATASET.questions[:1])
    found = filled(replace(DATASET, questions=asked), 2, tmp_path / "library")
    assert found["chunks"] == 2
    assert found["answer, ms"] is not None
    assert 0 < found["answer, ms"] <= found["ask p50, ms"] <= found["ask p95, ms"]
