"""`summary.md`, for the page of a CI job: verdict, flips, totals and failed cases, as GitHub shows them."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence

from evals.measures import UPPER_BOUNDS, shown
from evals.reports.results_json import timings_of
from evals.results import CaseResult, SuiteResult, counted
from evals.statistics import wilson

_MOST_SHOWN, _LONGEST_ANSWER_SHOWN = 100, 2_000
"""Cases told in full, and characters of an answer: GitHub shows no summary of more than 1 MiB."""
_MARKDOWN = re.compile(r"([\\`*_\[\]|~#!@])")


def summary_md(result: SuiteResult) -> str:
    """The summary. What is no table's own is escaped: an article cannot draw in it."""
    return "\n".join(_lines(result)) + "\n"


def _lines(result: SuiteResult) -> Iterator[str]:
    yield f"## {'❌' if result.exit_code else '✅'} {_safe(result.verdict)}"
    comparison = result.comparison
    if comparison is not None:
        yield ""
        before, after = comparison.passed_before, comparison.passed_after
        yield f"Against {_safe(comparison.baseline)}: {before} → {after} of {comparison.cases} cases pass,"
        yield f"p {comparison.p:.2g} (McNemar, exact)."
        if comparison.flips:
            flips = [(_safe(flip.case_id), flip.before, flip.after) for flip in comparison.flips]
            yield from _table("case | before | after", flips)
        if changed := [d for d in comparison.differences if d.better or d.worse]:
            means = {d.metric: (shown(d.metric, d.before), shown(d.metric, d.after)) for d in changed}
            rows = [(d.metric, *means[d.metric], d.better, d.worse, f"{d.p:.2g}") for d in changed]
            yield from _table("metric | before | after | better | worse | p", rows)
    passed, cases = len(result.having("pass")), len(result.cases)
    low, high = wilson(passed, cases)
    latency = timings_of(result)["answer"]
    yield ""
    yield f"Passed: {passed} of {cases} (95 % interval {low:.0%} to {high:.0%})."
    if latency["p50"] is not None:
        yield f"An answer took {latency['p50']:.0f} ms at the median, {latency['p95']:.0f} ms at p95."
    if result.agreement is not None:
        yield ""
        yield f"Judge: {_safe(str(result.agreement))}."
    bounds = {t.metric: t for t in result.thresholds}
    totals = []
    for metric, value in result.totals.items():
        bound = bounds.get(metric)
        if value is None and bound is None:
            continue
        limit = f"{'≤' if metric in UPPER_BOUNDS else '≥'} {bound.bound:g}" if bound else ""
        told = "" if bound is None else "ok" if bound.ok else "**missed**"
        control = shown(metric, result.control[metric]) if metric in result.control else ""
        totals.append((metric.replace("_", " "), shown(metric, value), limit, told, control))
    yield from _table("metric | value | threshold | | full text alone", totals)
    bad = result.having("error") + result.having("fail")
    if bad:
        yield ""
        yield f"<details><summary>{counted(len(bad))} did not pass</summary>"
        for case in bad[:_MOST_SHOWN]:
            yield from _case(case)
        if len(bad) > _MOST_SHOWN:
            yield ""
            yield f"… and {len(bad) - _MOST_SHOWN} more, in report.html."
        yield ""
        yield "</details>"


def _case(result: CaseResult) -> Iterator[str]:
    yield ""
    yield f"**{result.status.upper()} {_safe(result.case.id)}**: {_safe(result.case.question)}"
    if result.answer is not None:
        yield ""
        answer = result.answer.answer
        cut = answer[:_LONGEST_ANSWER_SHOWN] + ("…" if len(answer) > _LONGEST_ANSWER_SHOWN else "")
        yield f"> {_safe(cut)}"
    yield ""
    yield from (f"- {_safe(problem)}" for problem in (result.error, *result.problems) if problem)


def _table(head: str, rows: Sequence[Sequence[object]]) -> Iterator[str]:
    columns = head.split("|")
    yield ""
    yield f"| {head} |"
    yield f"|{' --- |' * len(columns)}"
    yield from (f"| {' | '.join(map(str, row))} |" for row in rows)


def _safe(text: str) -> str:
    """One line, in which nothing is markup."""
    return _MARKDOWN.sub(r"\\\1", html.escape(" ".join(text.split()), quote=False))
