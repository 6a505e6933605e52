"""Runs a suite: asks an engine every question, judges every answer, holds the totals to the thresholds.

Exit codes, which the verdict line always agrees with: 0 pass, 1 a total misses its threshold or the run is
worse than its baseline, 2 wrong usage (an unknown suite, a wrong suite file, an article that cannot be read),
3 an errored case. An error is never a pass.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from evals.cases import Case, Suite, load_suite
from evals.engines import Engine, OpenEngine, open_citewell
from evals.judging import judge
from evals.own_articles import check_own_articles
from evals.results import CaseResult, SuiteResult, summarize
from evals.selection import matching
from index.errors import CitewellError, UsageError
from rag.settings import Settings, load_settings

OnProgress = Callable[[int, int], None]
"""Called with the questions put and the questions in all, before the first and after each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HowToRun:
    """Which cases are put, how often, and how many at a time."""

    patterns: Collection[str] = ()
    """Ids or tags, with wildcards; none: all cases."""
    only: Collection[str] | None = None
    """Of these, only the cases with these ids; None: all."""
    repeat: int = 1
    """Times that each case is put; the worst answer stands for it."""
    jobs: int = 1
    """Questions that are put at the same time."""
    thresholds_gate: bool = True
    """Whether a missed threshold fails the run."""

    def __post_init__(self) -> None:
        if self.repeat < 1 or self.jobs < 1:
            raise UsageError("a case is put at least once, by at least one job", hint="give 1 or more")


def run_suite(
    suite: str | Path | Suite,
    *,
    articles: Path | None = None,
    library: Path | None = None,
    settings: Settings | None = None,
    on_progress: OnProgress | None = None,
    open_engine: OpenEngine | None = None,
    how: HowToRun = HowToRun(),
) -> SuiteResult:
    """Asks the questions of a suite and judges the answers.

    Args:
        suite: A suite, the name of one that ships, or the path of a folder or YAML file.
        articles: Folder to run over instead of the suite's own; goes into a temporary library.
        library: Existing library to run over, as it is. Not together with `articles`.
        settings: Of the engine; read from the environment when not given.
        on_progress: Told of every question answered.
        open_engine: Opens the engine to judge; Citewell's own when not given.
        how: Which cases, how often, and how many at a time.

    Raises:
        SuiteError: the suite is unknown, its file is wrong, or its own articles lack what it names of them.
        UsageError: there is nothing to run or to run over, or one of its articles cannot be read.
        LibraryError: the library cannot be used.
    """
    loaded = suite if isinstance(suite, Suite) else load_suite(suite)
    cases = matching(loaded.cases, how.patterns) if how.patterns else list(loaded.cases)
    if how.only is not None:
        cases = [case for case in cases if case.id in how.only]
    if not cases:
        raise UsageError(f"no case of {loaded.name!r} is left to run", hint="ask for other cases")
    own = articles is None and library is None
    articles, library = what_to_run_over(loaded, articles, library)
    settings = settings or load_settings()
    if own:
        check_own_articles(loaded, cases, settings.reading())
    with (open_engine or open_citewell)(articles, library, settings) as engine:
        results = _put(cases, engine, loaded, how, on_progress or (lambda done, total: None))
    return summarize(
        loaded, results, thresholds_gate=how.thresholds_gate, left_out=len(loaded.cases) - len(cases)
    )


def what_to_run_over(
    suite: Suite, articles: Path | None, library: Path | None
) -> tuple[Path | None, Path | None]:
    """The folder of articles or the library that a suite runs over; its own articles if nothing is said.

    Raises:
        UsageError: there is nothing, or both are given.
    """
    if articles is not None and library is not None:
        raise UsageError("both articles and a library are given", hint="give one of the two")
    if library is not None:
        return None, library
    articles = articles or suite.articles
    if articles is None:
        raise UsageError(
            f"suite {suite.name!r} has no articles of its own",
            hint="name their folder in the suite (articles: DIR), or with --articles or --library",
        )
    if not articles.exists():
        raise UsageError(f"no articles at {str(articles)!r}", hint="give a folder of articles")
    return articles, None


def _put(
    cases: Sequence[Case], engine: Engine, suite: Suite, how: HowToRun, on_progress: OnProgress
) -> list[CaseResult]:
    """Every case, each as often as is wanted, in the order of the suite whatever the order of the answers."""
    total = len(cases) * how.repeat
    done = 0
    counting = threading.Lock()
    on_progress(0, total)

    def put(case: Case) -> CaseResult:
        nonlocal done
        result = run_case(case, engine, suite)
        with counting:
            done += 1
            on_progress(done, total)
        return result

    if how.jobs == 1:  # in this very thread: an engine of somebody else's may be bound to it
        return [_worst([put(case) for _ in range(how.repeat)]) for case in cases]
    pool = ThreadPoolExecutor(max_workers=how.jobs)
    try:
        runs = [pool.map(put, cases) for _ in range(how.repeat)]
        return [_worst(each) for each in zip(*runs, strict=True)]
    finally:
        pool.shutdown(cancel_futures=True)  # interrupted, it asks no further


def run_case(case: Case, engine: Engine, suite: Suite) -> CaseResult:
    """One case, put once. Whatever an engine does wrong is a result."""
    started = time.perf_counter()
    try:
        answer = engine.ask(case.question, case.history)
        took = (time.perf_counter() - started) * 1000
        return judge(case, answer, engine, suite.sources, took_ms=took)
    except Exception as error:
        took = (time.perf_counter() - started) * 1000
        told = error.message if isinstance(error, CitewellError) else f"{type(error).__name__}: {error}"
        return CaseResult(case=case, answer=None, error=told, took_ms=took)


def _worst(runs: Sequence[CaseResult]) -> CaseResult:
    """The run that stands for a case: one that errored, else the one with the most wrong with it."""
    worst = max(runs, key=lambda run: (run.status == "error", len(run.problems)))  # the first of equals
    return replace(worst, runs=tuple(run.status for run in runs)) if len(runs) > 1 else worst
