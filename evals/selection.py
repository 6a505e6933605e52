"""Which cases of a suite are run: those that a pattern names, or those that did not pass the last time."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from evals.cases import Case
from evals.nodes import near
from index.errors import UsageError

RESULTS = "results.json"


def matching(cases: Sequence[Case], patterns: Collection[str]) -> list[Case]:
    """The cases whose id, or one of whose tags, matches a pattern; `*` and `?` stand for anything.

    Raises:
        UsageError: a pattern matches nothing.
    """
    names = {case.id: (case.id, *case.tags) for case in cases}
    for pattern in patterns:
        if not any(fnmatchcase(name, pattern) for each in names.values() for name in each):
            known = sorted({name for each in names.values() for name in each})
            raise UsageError(f"no case has the id or tag {pattern!r}", hint=near(pattern, known))
    return [
        case
        for case in cases
        if any(fnmatchcase(name, pattern) for name in names[case.id] for pattern in patterns)
    ]


def failed_before(folder: Path, suite: str) -> set[str]:
    """Ids of the cases that did not pass in the results that stand in a folder.

    Raises:
        UsageError: there are none, or they are of another suite.
    """
    path = folder / RESULTS
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        of, failed = found["suite"], {case["id"] for case in found["cases"] if case["status"] != "pass"}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(
            f"there are no results in {str(folder)!r} to take failed cases from",
            hint="run the suite with the same --out first",
        ) from error
    if of != suite:
        raise UsageError(
            f"{str(path)!r} holds results of {of!r}, not of {suite!r}", hint="name its folder with --out"
        )
    return failed
