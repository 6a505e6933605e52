"""Runs a suite: asks an engine every question, judges every answer, holds the totals to the thresholds.

Exit codes, which the verdict line always agrees with: 0 pass, 1 a total misses its threshold, 2 wrong usage
(an unknown suite, a wrong suite file, an article that cannot be read), 3 an errored case. An error is never a
pass.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from evals.cases import Case, load_suite
from evals.engines import Engine, OpenEngine, open_citewell
from evals.results import CaseResult, SuiteResult, judge, summarize
from index.errors import UsageError
from rag.settings import Settings, load_settings

OnProgress = Callable[[int, int], None]
"""Called with the cases done and the cases in all, before the first and after each."""


def run_suite(
    suite: str | Path,
    *,
    articles: Path | None = None,
    library: Path | None = None,
    settings: Settings | None = None,
    on_progress: OnProgress | None = None,
    open_engine: OpenEngine | None = None,
) -> SuiteResult:
    """Asks every question of a suite and judges the answers.

    Args:
        suite: Name of a suite that ships, or path of a folder or YAML file.
        articles: Folder to run over instead of the suite's own; goes into a temporary library.
        library: Existing library to run over, as it is. Not together with `articles`.
        settings: Of the engine; read from the environment when not given.
        on_progress: Told of every case done.
        open_engine: Opens the engine to judge; Citewell's own when not given.

    Raises:
        SuiteError: the suite is unknown or its file is wrong.
        UsageError: there is nothing to run over, or one of its articles cannot be read.
        LibraryError: the library cannot be used.
    """
    loaded = load_suite(suite)
    if articles is not None and library is not None:
        raise UsageError("both articles and a library are given", hint="give one of the two")
    if library is None:
        articles = articles or loaded.articles
        if articles is None:
            raise UsageError(
                f"suite {loaded.name!r} has no articles of its own", hint="add --articles or --library"
            )
        if not articles.exists():
            raise UsageError(f"no articles at {str(articles)!r}", hint="give a folder of articles")
    settings = settings or load_settings()
    results: list[CaseResult] = []
    with (open_engine or open_citewell)(articles, library, settings) as engine:
        for done, case in enumerate(loaded.cases):
            if on_progress:
                on_progress(done, len(loaded.cases))
            results.append(_run_case(case, engine, loaded.sources))
    if on_progress:
        on_progress(len(loaded.cases), len(loaded.cases))
    return summarize(loaded, results)


def _run_case(case: Case, engine: Engine, sources: dict[str, tuple[str, ...]]) -> CaseResult:
    started = time.perf_counter()
    try:
        answer = engine.ask(case.question, case.history)
        took = (time.perf_counter() - started) * 1000
        return judge(case, answer, engine, sources, took_ms=took)
    except Exception as error:  # whatever an engine does wrong is a result of the run
        took = (time.perf_counter() - started) * 1000
        return CaseResult(case=case, answer=None, error=f"{type(error).__name__}: {error}", took_ms=took)


def evaluate_from_cli(
    suite: str,
    articles: Path | None,
    library: Path | None,
    out: Path | None,
    as_json: bool,
    settings: Settings,
) -> int:
    """`citewell eval`: runs the suite, prints the report, writes `results.json` into `out`.

    Returns:
        The exit code: 0 pass, 1 below a threshold, 3 an errored case.

    Raises:
        UsageError: wrong usage (2), for the command line to print.
        LibraryError: the library cannot be used.
    """
    from rich.console import Console
    from rich.progress import Progress

    from evals.report import print_report, to_json, write_results

    stderr = Console(stderr=True)
    with Progress(console=stderr, transient=True, disable=not stderr.is_terminal) as bar:
        task = bar.add_task(suite, total=None)
        result = run_suite(
            suite,
            articles=articles,
            library=library,
            settings=settings,
            on_progress=lambda done, total: bar.update(task, completed=done, total=total),
        )
    if out is not None:
        write_results(result, out)
    if as_json:
        Console(soft_wrap=True, markup=False, highlight=False).out(to_json(result))
    else:
        print_report(result, Console())
    return result.exit_code
