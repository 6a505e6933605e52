"""A run against an earlier one over the same cases: which flipped, and whether it got worse.

A baseline is a file that is committed beside the cases: of each case its status and its metrics. Any
`results.json` is one too. What is compared is the cases that both have.

A run is worse than its baseline when more cases fell from pass than are allowed (none, unless said
otherwise), or when a metric that got worse on some cases did so on so many more than got better that chance
hardly explains it: sign test over the paired values, p below .05 after Holm's correction for the number of
metrics. Length is told, and is no fault.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.measures import OF_A_CASE, UPPER_BOUNDS
from evals.results import CaseResult, Status, SuiteResult
from evals.statistics import exact_p, holm
from index.errors import UsageError

SIGNIFICANT = 0.05
_STATUSES = ("pass", "fail", "error")
_NEUTRAL = frozenset({"answer_tokens"})
"""Metrics that are neither better nor worse."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flip:
    """A case that ended otherwise than in the baseline."""

    case_id: str
    before: Status
    after: Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One metric over the cases that have it in both runs."""

    metric: str
    cases: int
    before: float
    after: float
    """Means."""
    better: int
    worse: int
    p: float
    """Of the exact test of `worse` against `better`, corrected for the number of metrics."""

    @property
    def is_regression(self) -> bool:
        return self.metric not in _NEUTRAL and self.worse > self.better and self.p < SIGNIFICANT


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A run against its baseline."""

    baseline: str
    """Its file, as it was named."""
    cases: int
    """Cases that both have."""
    passed_before: int
    passed_after: int
    flips: tuple[Flip, ...]
    """Cases that fell from pass first, then those that came to pass, then the rest; each in suite order."""
    p: float
    """McNemar's exact test over the cases that passed in one run alone."""
    differences: tuple[Difference, ...]
    new: tuple[str, ...]
    """Ids of the cases that the baseline does not have."""
    gone: tuple[str, ...]
    """Ids of its cases that the suite no longer has."""
    allowed_flips: int = 0

    @property
    def fallen(self) -> list[Flip]:
        return [flip for flip in self.flips if flip.before == "pass"]

    @property
    def risen(self) -> list[Flip]:
        return [flip for flip in self.flips if flip.after == "pass"]

    @property
    def regressions(self) -> list[str]:
        """What got worse, in words; empty when nothing did."""
        said = []
        if len(self.fallen) > self.allowed_flips:
            ids = [flip.case_id for flip in self.fallen]
            said.append(f"{len(ids)} no longer pass ({', '.join(ids[:5])}{', …' if len(ids) > 5 else ''})")
        said += [
            f"{d.metric} {d.before:.3g} → {d.after:.3g} (p {d.p:.2g})"
            for d in self.differences
            if d.is_regression
        ]
        return said

    @property
    def summary(self) -> str:
        """The comparison in a few words, for the verdict line."""
        if self.regressions:
            return "worse than the baseline: " + ", ".join(self.regressions)
        fallen = f", {len(self.fallen)} fell, which is allowed" if self.fallen else ""
        return f"no worse than the baseline ({len(self.risen)} more pass{fallen})"


def baseline_of(result: SuiteResult) -> dict[str, Any]:
    """What a baseline keeps of a run."""
    return {
        "suite": result.suite.name,
        "cases": [
            {"id": c.case.id, "status": c.status, "metrics": _rounded(c.metrics)} for c in result.cases
        ],
    }


def write_baseline(result: SuiteResult, path: Path) -> None:
    """Write the run as a baseline, a case a line, so that its changes are easy to review.

    Raises:
        UsageError: a case errored or was left out, or the file cannot be written.
    """
    if result.having("error") or result.left_out:
        raise UsageError(
            f"no baseline is written to {str(path)!r}: a case errored or was left out",
            hint="a baseline is a whole run without errors",
        )
    kept = baseline_of(result)
    lines = ",\n".join(json.dumps(case, ensure_ascii=False) for case in kept["cases"])
    text = f'{{"suite": {json.dumps(kept["suite"])}, "cases": [\n{lines}\n]}}\n'
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"cannot write {str(path)!r}: {error.strerror}", hint="name another file") from error


def read_baseline(path: Path, suite: str) -> dict[str, Any]:
    """A baseline from its file.

    Raises:
        UsageError: there is none, or it is of another suite.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise UsageError(
            f"there is no baseline {str(path)!r}", hint="write it first: add --write-baseline"
        ) from error
    except (OSError, ValueError) as error:
        raise UsageError(f"{str(path)!r} cannot be read: {error}", hint="name a baseline") from error
    if not _is_baseline(found):
        raise UsageError(f"{str(path)!r} is no baseline", hint="write it again: add --write-baseline")
    if found["suite"] != suite:
        raise UsageError(
            f"{str(path)!r} is a baseline of {found['suite']!r}, not of {suite!r}",
            hint="each suite has its own",
        )
    return dict(found)


def compare(
    cases: Sequence[CaseResult],
    baseline: Mapping[str, Any],
    *,
    name: str,
    allowed_flips: int = 0,
    whole: bool = True,
) -> Comparison:
    """A run against a baseline as `read_baseline` gives it.

    Args:
        cases: Of the run, in the order of the suite.
        baseline: What it is held against.
        name: Of the baseline, for people.
        allowed_flips: So many cases may fall from pass.
        whole: Whether the run is of all cases; else none is called gone.
    """
    before = {case["id"]: case for case in baseline["cases"]}
    both = [(before[c.case.id], c) for c in cases if c.case.id in before]
    flips = [
        Flip(case_id=now.case.id, before=old["status"], after=now.status)
        for old, now in both
        if old["status"] != now.status
    ]
    fallen = sum(flip.before == "pass" for flip in flips)
    risen = sum(flip.after == "pass" for flip in flips)
    here = {c.case.id for c in cases}
    return Comparison(
        baseline=name,
        cases=len(both),
        passed_before=sum(old["status"] == "pass" for old, _ in both),
        passed_after=sum(now.status == "pass" for _, now in both),
        flips=tuple(sorted(flips, key=lambda flip: (flip.before != "pass", flip.after != "pass"))),
        p=exact_p(fallen, risen),
        differences=_differences([(old["metrics"], _rounded(now.metrics)) for old, now in both]),
        new=tuple(c.case.id for c in cases if c.case.id not in before),
        gone=tuple(case_id for case_id in before if case_id not in here) if whole else (),
        allowed_flips=allowed_flips,
    )


def _differences(pairs: Sequence[tuple[Mapping[str, float], Mapping[str, float]]]) -> tuple[Difference, ...]:
    """Of each metric that two runs share on some case; a case that lacks it in one of them is left out."""
    counted = {}
    for metric in OF_A_CASE:
        values = [(old[metric], new[metric]) for old, new in pairs if metric in old and metric in new]
        if values:
            sign = -1 if metric in UPPER_BOUNDS else 1
            worse = sum(sign * new < sign * old for old, new in values)
            better = sum(sign * new > sign * old for old, new in values)
            counted[metric] = (values, worse, better)
    ps = holm({metric: exact_p(worse, better) for metric, (_, worse, better) in counted.items()})
    return tuple(
        Difference(
            metric=metric,
            cases=len(values),
            before=sum(old for old, _ in values) / len(values),
            after=sum(new for _, new in values) / len(values),
            better=better,
            worse=worse,
            p=ps[metric],
        )
        for metric, (values, worse, better) in counted.items()
    )


def _rounded(metrics: Mapping[str, float]) -> dict[str, float]:
    """As they are written, so that a run and its own file are equal."""
    return {name: round(value, 4) for name, value in metrics.items()}


def _is_baseline(found: object) -> bool:
    if not isinstance(found, dict) or not isinstance(found.get("suite"), str):
        return False
    cases = found.get("cases")
    return isinstance(cases, list) and all(
        isinstance(case, dict)
        and isinstance(case.get("id"), str)
        and case.get("status") in _STATUSES
        and isinstance(case.get("metrics"), dict)
        and all(isinstance(value, (int, float)) for value in case["metrics"].values())
        for case in cases
    )
