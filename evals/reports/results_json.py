"""`results.json`: all that is known of a run, from which every other report could be made again.

Two runs of the same engine over the same articles give the same bytes: what differs from run to run, the time
that things took, stands apart, in `timings.json`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from evals.baseline import Comparison
from evals.judge import agreement_dict
from evals.measures import OF_A_CASE
from evals.metrics.validity import markers
from evals.results import CaseResult, SuiteResult
from evals.statistics import percentile, wilson


def to_dict(result: SuiteResult) -> dict[str, Any]:
    """The whole result as JSON types; figures to four places."""
    table = result.refusals
    passed, cases = len(result.having("pass")), len(result.cases)
    return {
        "suite": result.suite.name,
        "verdict": result.verdict,
        "exit_code": result.exit_code,
        "counts": {
            "cases": cases,
            "pass": passed,
            "fail": len(result.having("fail")),
            "error": len(result.having("error")),
            "left_out": result.left_out,
        },
        "passed": {
            "share": _rounded(passed / cases),
            "interval_95": [_rounded(end) for end in wilson(passed, cases)],
        },
        "totals": {name: _rounded(value) for name, value in result.totals.items()},
        "applied": result.applied,
        "control": {"full_text": {name: _rounded(value) for name, value in result.control.items()}},
        "thresholds": [
            {"metric": t.metric, "value": _rounded(t.value), "bound": t.bound, "ok": t.ok}
            for t in result.thresholds
        ],
        "refusals": {
            "answered": table.answered,
            "falsely_refused": table.falsely_refused,
            "rightly_refused": table.rightly_refused,
            "wrongly_answered": table.wrongly_answered,
        },
        **({"baseline": comparison_dict(result.comparison)} if result.comparison else {}),
        **({"judge": agreement_dict(result.agreement)} if result.agreement else {}),
        "cases": [_case_dict(case) for case in result.cases],
    }


def to_json(values: Mapping[str, Any]) -> str:
    """The JSON text; half of a surrogate pair, which no file can hold, is escaped."""
    return json.dumps(values, ensure_ascii=False, indent=2).encode("utf-8", "backslashreplace").decode()


def timings_of(result: SuiteResult) -> dict[str, Any]:
    """How long the answers took, in milliseconds; errored cases are left out of all but their own."""
    answered = [c for c in result.cases if c.answer is not None]
    steps: dict[str, list[float]] = {}
    for case in answered:
        for step, took in (case.answer.timings_ms if case.answer else {}).items():
            steps.setdefault(step, []).append(took)
    return {
        "total": round(sum(c.took_ms for c in result.cases), 1),
        "answer": _latency([c.took_ms for c in answered]),
        "steps": {step: _latency(values) for step, values in steps.items()},
        "cases": {c.case.id: round(c.took_ms, 1) for c in result.cases},
    }


def comparison_dict(comparison: Comparison) -> dict[str, Any]:
    """A comparison with the baseline as JSON types, flips first."""
    return {
        "file": comparison.baseline,
        "regressions": comparison.regressions,
        "flips": [
            {"id": flip.case_id, "before": flip.before, "after": flip.after} for flip in comparison.flips
        ],
        "allowed_flips": comparison.allowed_flips,
        "cases": comparison.cases,
        "passed_before": comparison.passed_before,
        "passed_after": comparison.passed_after,
        "mcnemar_p": _rounded(comparison.p),
        "differences": [
            {
                "metric": d.metric,
                "cases": d.cases,
                "before": _rounded(d.before),
                "after": _rounded(d.after),
                "better": d.better,
                "worse": d.worse,
                "p": _rounded(d.p),
            }
            for d in comparison.differences
        ],
        "new": list(comparison.new),
        "gone": list(comparison.gone),
    }


def _case_dict(result: CaseResult) -> dict[str, Any]:
    case = result.case
    answer = result.answer.to_dict() if result.answer else None
    if answer:
        del answer["timings_ms"]
    return {
        "id": case.id,
        "tags": list(case.tags),
        "status": result.status,
        **({"runs": list(result.runs)} if result.runs else {}),
        "score": result.score,
        "question": case.question,
        "history": [{"question": t.question, "answer": t.answer} for t in case.history],
        "expect": case.expect,
        "problems": list(result.problems),
        "error": result.error,
        "metrics": {m: _rounded(result.metrics[m]) for m in OF_A_CASE if m in result.metrics},
        "facts": [
            {
                "text": v.fact.text,
                "found": v.found,
                "rule": v.rule,
                "blocked_by": v.blocked_by,
                **({"judge": result.opinions[number]} if result.opinions else {}),
            }
            for number, v in enumerate(result.facts)
        ],
        "evidence": [
            {"quote": quote, "rank": rank}
            for quote, rank in zip(case.evidence, result.evidence, strict=False)
        ],
        "markers": len(markers(result.answer)) if result.answer else 0,
        "citations": [
            {"number": c.number, "verbatim": c.verbatim, "gold": c.gold, "needed": c.needed}
            for c in result.citations
        ],
        "sentences": [
            {"text": s.sentence.text, "support": s.level, "reasons": list(s.reasons)}
            for s in result.sentences
        ],
        "answer": answer,
    }


def _latency(values: Sequence[float]) -> dict[str, float | None]:
    return {
        name: round(percentile(values, share), 1) if values else None
        for name, share in (("p50", 0.5), ("p95", 0.95), ("max", 1.0))
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
