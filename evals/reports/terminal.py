"""A run for the terminal: flips first, then what failed and why, then the totals; the verdict last."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from evals.baseline import Comparison
from evals.measures import UPPER_BOUNDS, shown
from evals.reports.results_json import timings_of
from evals.results import CaseResult, SuiteResult, counted
from evals.statistics import wilson

_LONGEST_ANSWER_SHOWN = 400
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def print_report(result: SuiteResult, console: Console) -> None:
    """The page."""
    for case in result.having("error") + result.having("fail"):
        _print_case(case, console)
    if result.comparison is not None:
        _print_comparison(result.comparison, console)
    _print_totals(result, console)
    for line in _facts_about(result):
        console.print(line, highlight=False)
    style = "bold green" if result.exit_code == 0 else "bold red"
    console.print(Text(_safe(result.verdict), style), soft_wrap=True)


def _print_totals(result: SuiteResult, console: Console) -> None:
    table = _table(f"{result.suite.name}: {counted(len(result.cases))}", "metric")
    compared = any(value is not None for value in result.control.values())
    columns = ("value", "threshold", "", "cases", *(["full text alone"] if compared else []))
    for name in columns:
        table.add_column(name, justify="right" if name else "left")
    bounds = {t.metric: t for t in result.thresholds}
    for metric, value in result.totals.items():
        bound = bounds.get(metric)
        if value is None and bound is None:
            continue
        row: list[str | Text] = [metric.replace("_", " "), shown(metric, value)]
        row += [f"{'≤' if metric in UPPER_BOUNDS else '≥'} {bound.bound:g}" if bound else ""]
        row += ["" if bound is None else Text("ok", "green") if bound.ok else Text("missed", "bold red")]
        row += [str(result.applied[metric]) if metric in result.applied else ""]
        if compared:
            row += [shown(metric, result.control[metric]) if metric in result.control else ""]
        table.add_row(*row)
    console.print(table)


def _facts_about(result: SuiteResult) -> Iterator[str]:
    two = result.refusals
    yield (
        f"should be answered: {two.answered} answered, {two.falsely_refused} refused; "
        f"should be refused: {two.rightly_refused} refused, {two.wrongly_answered} answered"
    )
    passed, cases = len(result.having("pass")), len(result.cases)
    low, high = wilson(passed, cases)
    yield f"passed: {passed / cases:.0%}, 95 % interval {low:.0%} to {high:.0%}"
    uneven = [case.case.id for case in result.cases if len(set(case.runs)) > 1]
    if uneven:
        yield f"did not end alike each time: {', '.join(uneven)}"
    if result.agreement is not None:
        yield f"judge: {_safe(str(result.agreement))}"
    latency = timings_of(result)["answer"]
    if latency["p50"] is not None:
        yield f"an answer took: p50 {latency['p50']:.0f} ms, p95 {latency['p95']:.0f} ms"


def _print_comparison(comparison: Comparison, console: Console) -> None:
    for flip in comparison.flips:
        style = "bold red" if flip.before == "pass" else "green" if flip.after == "pass" else "yellow"
        console.print(Text(f"{flip.before} → {flip.after}  {flip.case_id}", style))
    before, after, of = comparison.passed_before, comparison.passed_after, comparison.cases
    if of:
        intervals = [" to ".join(f"{end:.0%}" for end in wilson(passed, of)) for passed in (before, after)]
        console.print(
            f"against the baseline: {before} → {after} of {of} pass, p {comparison.p:.2g} (McNemar, exact); "
            f"95 % intervals {intervals[0]} → {intervals[1]}",
            highlight=False,
        )
    changed = [d for d in comparison.differences if d.better or d.worse]
    if changed:
        table = _table("what changed", "metric")
        for name in ("before", "after", "better", "worse", "cases", "p"):
            table.add_column(name, justify="right")
        for d in changed:
            figures = [shown(d.metric, d.before), shown(d.metric, d.after)]
            row = [d.metric.replace("_", " "), *figures, str(d.better), str(d.worse), str(d.cases)]
            table.add_row(*row, f"{d.p:.2g}", style="bold red" if d.is_regression else "")
        console.print(table)
    for word, ids in (("new", comparison.new), ("gone", comparison.gone)):
        if ids:
            console.print(f"{word} since the baseline: {', '.join(ids)}", highlight=False, markup=False)


def _table(title: str, first: str) -> Table:
    table = Table(title=Text(_safe(title)), title_justify="left")
    table.add_column(first)
    return table


def _print_case(result: CaseResult, console: Console) -> None:
    console.print(Text.assemble((result.status.upper(), "bold red"), " ", (_safe(result.case.id), "bold")))
    lines = [f"Q  {turn.question} / {turn.answer}" for turn in result.case.history]
    lines.append(f"Q  {result.case.question}")
    if result.answer:
        answer = " ".join(result.answer.answer.split())
        cut = answer[:_LONGEST_ANSWER_SHOWN] + ("…" if len(answer) > _LONGEST_ANSWER_SHOWN else "")
        lines.append(f"A  {cut}")
    for line in lines:
        console.print(Padding(Text(_safe(line)), (0, 0, 0, 2)))
    for problem in (result.error, *result.problems):
        if problem:
            console.print(Padding(Text(_safe(f"✗  {problem}"), "red"), (0, 0, 0, 2)))
    console.print()


def _safe(text: str) -> str:
    """Without what a terminal would obey: an article's escape sequences are not ours to send."""
    return _CONTROLS.sub("\ufffd", text.encode("utf-8", "replace").decode("utf-8"))
