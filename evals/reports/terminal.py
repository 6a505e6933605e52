"""What a run is reported as: `results.json`, which is the truth, and a page for the terminal.

Two runs of the same engine over the same articles give the same JSON but for `timings_ms`, which stands
apart.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from evals.cases import UPPER_BOUNDS
from evals.metrics.validity import markers
from evals.results import CaseResult, SuiteResult
from index.errors import UsageError

_LONGEST_ANSWER_SHOWN = 400


def to_dict(result: SuiteResult) -> dict[str, Any]:
    """The whole result as JSON types; figures to four places."""
    table = result.refusals
    return {
        "suite": result.suite.name,
        "verdict": result.verdict,
        "exit_code": result.exit_code,
        "counts": {
            "cases": len(result.cases),
            "pass": len(result.having("pass")),
            "fail": len(result.having("fail")),
            "error": len(result.having("error")),
        },
        "totals": {name: _rounded(value) for name, value in result.totals.items()},
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
        "cases": [_case_dict(case) for case in result.cases],
        "timings_ms": {
            "total": round(sum(c.took_ms for c in result.cases), 1),
            "cases": {c.case.id: round(c.took_ms, 1) for c in result.cases},
        },
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
        "score": result.score,
        "question": case.question,
        "history": [{"question": t.question, "answer": t.answer} for t in case.history],
        "expect": case.expect,
        "problems": list(result.problems),
        "error": result.error,
        "facts": [
            {"text": v.fact.text, "found": v.found, "rule": v.rule, "blocked_by": v.blocked_by}
            for v in result.facts
        ],
        "citations": {
            "markers": len(markers(result.answer)) if result.answer else 0,
            "validity": _rounded(result.validity),
            "coverage": _rounded(result.coverage),
            "verbatim": _rounded(result.verbatim),
            "gold": result.gold,
        },
        "answer_tokens": result.answer_tokens,
        "answer": answer,
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def to_json(result: SuiteResult) -> str:
    """`to_dict` as text; keys in its order. Half a surrogate pair, which no file can hold, is escaped."""
    text = json.dumps(to_dict(result), indent=2, ensure_ascii=False)
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def write_results(result: SuiteResult, folder: Path) -> Path:
    """Writes `results.json` into `folder`, which is made if need be, and returns its path.

    Raises:
        UsageError: the folder cannot be written.
    """
    path = folder / "results.json"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(to_json(result) + "\n", encoding="utf-8")
    except OSError as error:
        raise UsageError(
            f"cannot write {str(path)!r}: {error.strerror}", hint="give another --out"
        ) from error
    return path


def print_report(result: SuiteResult, console: Console) -> None:
    """Failed cases first, each with question, answer and what is wrong; then totals; the verdict last."""
    bad = result.having("error") + result.having("fail")
    for case in bad:
        _print_case(case, console)
    table = Table(title=f"{result.suite.name}: {len(result.cases)} cases", title_justify="left")
    for name, justify in (("metric", "left"), ("value", "right"), ("threshold", "right"), ("", "left")):
        table.add_column(name, justify=justify)  # type: ignore[arg-type]
    bounds = {t.metric: t for t in result.thresholds}
    for metric, value in result.totals.items():
        bound = bounds.get(metric)
        table.add_row(
            metric.replace("_", " "),
            "–" if value is None else f"{value:.1f}" if metric == "answer_tokens" else f"{value:.3f}",
            f"{_sign(metric)} {bound.bound:g}" if bound else "",
            "" if bound is None else Text("ok", "green") if bound.ok else Text("missed", "bold red"),
        )
    console.print(table)
    two = result.refusals
    console.print(
        f"should be answered: {two.answered} answered, {two.falsely_refused} refused; "
        f"should be refused: {two.rightly_refused} refused, {two.wrongly_answered} answered",
        highlight=False,
    )
    style = "bold green" if result.exit_code == 0 else "bold red"
    console.print(Text(result.verdict, style), soft_wrap=True)


def _sign(metric: str) -> str:
    return "≤" if metric in UPPER_BOUNDS else "≥"


def _print_case(result: CaseResult, console: Console) -> None:
    console.print(Text.assemble((result.status.upper(), "bold red"), " ", (result.case.id, "bold")))
    lines = [f"Q  {turn.question} / {turn.answer}" for turn in result.case.history]
    lines.append(f"Q  {result.case.question}")
    if result.answer:
        answer = " ".join(result.answer.answer.split())
        cut = answer[:_LONGEST_ANSWER_SHOWN] + ("…" if len(answer) > _LONGEST_ANSWER_SHOWN else "")
        lines.append(f"A  {cut}")
    for line in lines:
        console.print(Padding(Text(line), (0, 0, 0, 2)))
    for problem in (result.error, *result.problems):
        if problem:
            console.print(Padding(Text(f"✗  {problem}", "red"), (0, 0, 0, 2)))
    console.print()
