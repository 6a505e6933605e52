"""Runs against earlier ones: what flipped, what got worse, and what that comes to."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest

from evals.baseline import baseline_of, compare, read_baseline, write_baseline
from evals.cases import load_suite
from evals.results import CaseResult, Status
from evals.runner import HowToRun, run_suite
from evals.selection import failed_before
from index.errors import UsageError
from rag.settings import Settings

FOUNDER, FIRE, OWNER = "Who founded the mill?", "And when did it burn down?", "Who owns the mill today?"


def run(kit: Any, mill: Path, changes: dict[str, Any] | None = None, **how: Any) -> Any:
    engine = kit.ScriptedEngine(kit.RIGHT | (changes or {}))
    return run_suite(mill, open_engine=engine.open(), settings=Settings(), how=HowToRun(**how))


def results(mill: Path, **statuses: tuple[Status, dict[str, float]]) -> list[CaseResult]:
    """Results made up of a status and metrics each."""
    case = load_suite(mill).cases[0]
    made = []
    for case_id, (status, metrics) in statuses.items():
        made.append(
            CaseResult(
                case=dataclasses.replace(case, id=case_id),
                answer=None,
                error="x" if status == "error" else None,
                problems=("x",) if status == "fail" else (),
                metrics=metrics,
            )
        )
    return made


def against(mill: Path, before: list[CaseResult], after: list[CaseResult], **more: Any) -> Any:
    kept = {
        "suite": "mill",
        "cases": [{"id": c.case.id, "status": c.status, "metrics": c.metrics} for c in before],
    }
    return compare(after, kept, name="b.json", **more)


def test_a_run_is_no_worse_than_itself(kit: Any, mill: Path, tmp_path: Path) -> None:
    result = run(kit, mill)
    write_baseline(result, tmp_path / "deep" / "b.json")
    kept = read_baseline(tmp_path / "deep" / "b.json", "mill")
    assert kept == baseline_of(result)
    comparison = compare(result.cases, kept, name="b.json")
    assert (comparison.flips, comparison.regressions, comparison.new, comparison.gone) == ((), [], (), ())
    assert all(d.before == d.after and d.p == 1 for d in comparison.differences)
    assert dataclasses.replace(result, comparison=comparison).exit_code == 0


def test_a_case_that_falls_is_named_and_fails_the_run(kit: Any, mill: Path) -> None:
    before = baseline_of(run(kit, mill))
    result = run(kit, mill, {FIRE: kit.quoting("Nobody was hurt.")}, thresholds_gate=False)
    assert result.exit_code == 0
    comparison = compare(result.cases, before, name="b.json")
    result = dataclasses.replace(result, comparison=comparison)
    assert [(f.case_id, f.before, f.after) for f in comparison.flips] == [("fire", "pass", "fail")]
    assert result.exit_code == 1
    assert result.verdict.startswith(
        "FAIL mill: 2 of 3 cases passed; worse than the baseline: 1 no longer pass (fire)"
    )
    allowed = compare(result.cases, before, name="b.json", allowed_flips=1)
    result = dataclasses.replace(result, comparison=allowed)
    assert result.exit_code == 0
    assert "no worse than the baseline (0 more pass, 1 fell, which is allowed)" in result.verdict
    assert result.verdict.startswith("PASS mill")
    assert result.verdict.endswith("which was not to decide")


def test_an_error_is_told_as_an_error_even_where_the_baseline_is_kept(kit: Any, mill: Path) -> None:
    before = baseline_of(run(kit, mill))
    result = run(kit, mill, {OWNER: RuntimeError("out of memory")})
    result = dataclasses.replace(result, comparison=compare(result.cases, before, name="b"))
    assert [f.after for f in result.comparison.flips] == ["error"]
    assert result.exit_code == 3
    assert result.verdict.startswith("ERROR mill")


def test_flips_stand_in_the_order_of_their_weight(mill: Path) -> None:
    ok: dict[str, float] = {}
    before = results(mill, a=("fail", ok), b=("pass", ok), c=("error", ok), d=("pass", ok), gone=("pass", ok))
    after = results(mill, a=("pass", ok), b=("fail", ok), c=("fail", ok), d=("pass", ok), new=("fail", ok))
    comparison = against(mill, before, after)
    assert [f.case_id for f in comparison.flips] == ["b", "a", "c"]
    assert (comparison.new, comparison.gone) == (("new",), ("gone",))
    assert (comparison.cases, comparison.passed_before, comparison.passed_after) == (4, 2, 2)
    assert against(mill, before, after, whole=False).gone == ()


@pytest.mark.parametrize(
    ("worse", "better", "is_worse"), [(6, 0, True), (5, 0, False), (12, 3, True), (9, 4, False)]
)
def test_a_metric_is_worse_where_chance_hardly_explains_it(
    mill: Path, worse: int, better: int, is_worse: bool
) -> None:
    moves = [0.5] * worse + [0.7] * better + [0.6] * 20
    before = results(mill, **{f"c{n}": ("fail", {"facts": 0.6}) for n in range(len(moves))})
    after = results(mill, **{f"c{n}": ("fail", {"facts": value}) for n, value in enumerate(moves)})
    comparison = against(mill, before, after)
    (difference,) = comparison.differences
    assert (difference.worse, difference.better, difference.cases) == (worse, better, worse + better + 20)
    assert bool(comparison.regressions) is is_worse


def test_a_shorter_or_longer_answer_is_no_fault(mill: Path) -> None:
    before = results(mill, **{f"c{n}": ("pass", {"answer_tokens": 10.0}) for n in range(30)})
    after = results(mill, **{f"c{n}": ("pass", {"answer_tokens": 90.0}) for n in range(30)})
    comparison = against(mill, before, after)
    assert comparison.differences[0].worse == 30
    assert comparison.differences[0].p < 1e-6
    assert comparison.regressions == []


def test_many_metrics_need_a_smaller_p_each(mill: Path) -> None:
    names = ("facts", "validity", "coverage", "verbatim", "support")
    moved = {"facts": 0.4, **dict.fromkeys(names[1:], 0.5)}
    before = results(mill, **{f"c{n}": ("fail", dict.fromkeys(names, 0.5)) for n in range(6)})
    after = results(mill, **{f"c{n}": ("fail", moved) for n in range(6)})
    (worse,) = [d for d in against(mill, before, after).differences if d.worse]
    assert worse.p == pytest.approx(5 * 2 / 2**6)
    assert not worse.is_regression


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "there is no baseline"),
        ("{", "cannot be read"),
        ("[]", "is no baseline"),
        ('{"suite": "mill", "cases": [{"id": "a"}]}', "is no baseline"),
        ('{"suite": "mill", "cases": [{"id": "a", "status": "good", "metrics": {}}]}', "is no baseline"),
        (
            '{"suite": "mill", "cases": [{"id": "a", "status": "pass", "metrics": {"x": "y"}}]}',
            "is no baseline",
        ),
        ('{"suite": "weir", "cases": []}', "is a baseline of 'weir', not of 'mill'"),
    ],
)
def test_a_baseline_that_is_none_is_wrong_usage(tmp_path: Path, text: str | None, words: str) -> None:
    path = tmp_path / "b.json"
    if text is not None:
        path.write_text(text)
    with pytest.raises(UsageError, match=words) as caught:
        read_baseline(path, "mill")
    assert caught.value.hint


def test_no_baseline_is_written_of_half_a_run_or_of_errors(kit: Any, mill: Path, tmp_path: Path) -> None:
    path = tmp_path / "b.json"
    for result in (run(kit, mill, patterns=["fire"]), run(kit, mill, {OWNER: RuntimeError("x")})):
        with pytest.raises(UsageError, match="no baseline is written"):
            write_baseline(result, path)
    assert not path.exists()


def test_failed_cases_are_those_of_the_results_of_this_very_suite(tmp_path: Path) -> None:
    cases = [{"id": "a", "status": "pass"}, {"id": "b", "status": "fail"}, {"id": "c", "status": "error"}]
    (tmp_path / "results.json").write_text(json.dumps({"suite": "mill", "cases": cases}))
    assert failed_before(tmp_path, "mill") == {"b", "c"}
    with pytest.raises(UsageError, match="holds results of 'mill'"):
        failed_before(tmp_path, "weir")
    with pytest.raises(UsageError, match="no results"):
        failed_before(tmp_path / "nowhere", "mill")
