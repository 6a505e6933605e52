"""The gate on the real engine: a retriever that is broken on purpose does not get past the baseline."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from evals.baseline import baseline_of, compare
from evals.cases import load_suite
from evals.engines import open_citewell
from evals.runner import HowToRun, run_suite
from rag.settings import Settings

ASKED = 24
"""Answerable cases of the suite that are put: enough for flips, and soon done."""


@contextmanager
def vectors_only(*over: Any) -> Iterator[Any]:
    """Citewell with full text off and one passage a question."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("rag.retriever.TEXT_WEIGHT", 0.0)
        patch.setattr("rag.retriever.CANDIDATES", 1)
        with open_citewell(*over) as engine:
            yield engine


def test_a_broken_retriever_is_caught_with_the_flips_named(tmp_path: Path) -> None:
    suite = load_suite("seeds")
    some = tuple(case for case in suite.cases if case.expect == "answer")[:ASKED]
    suite = dataclasses.replace(suite, cases=some)
    how = HowToRun(jobs=2)
    before = run_suite(suite, settings=Settings(), how=how)
    broken = run_suite(suite, settings=Settings(top_k=1), open_engine=vectors_only, how=how)
    again = compare(before.cases, baseline_of(before), name="baseline.json")
    caught = compare(broken.cases, baseline_of(before), name="baseline.json")
    assert again.regressions == []
    assert caught.regressions
    assert len(caught.fallen) > len(caught.risen)
    result = dataclasses.replace(broken, comparison=caught)
    assert result.exit_code == 1
    assert "no longer pass" in result.verdict
