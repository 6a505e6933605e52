"""`citewell eval`: a suite run as a command, from its options to its exit code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from evals.baseline import compare, read_baseline, write_baseline
from evals.cases import Suite, load_suite
from evals.engines import OpenEngine
from evals.judge import Judge, second_opinion
from evals.reports.results_json import timings_of, to_dict, to_json
from evals.reports.terminal import print_report
from evals.reports.writing import make_folder, write_reports
from evals.results import SuiteResult
from evals.runner import HowToRun, run_suite
from evals.selection import failed_before
from index.errors import UsageError
from index.progress import bar
from rag.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the command line says."""

    suite: str
    articles: Path | None = None
    library: Path | None = None
    engine: str | None = None
    """Another engine, as `evals.foreign.engine` opens it."""
    out: Path | None = None
    """Folder that the reports are written into."""
    baseline: Path | None = None
    writes_baseline: bool = False
    allowed_flips: int = 0
    """Cases that may fall from pass."""
    only_failed: bool = False
    """Only the cases that did not pass in the results that stand in `out`."""
    judge: str | None = None
    """Name of the model that gives a second opinion."""
    judge_gates: bool = False
    as_json: bool = False
    how: HowToRun


def evaluate(options: Options, settings: Settings, out: Callable[[str], None]) -> int:
    """Runs the suite, prints the report, writes the files.

    Args:
        options: What to run, and against what.
        settings: Of the engine.
        out: Writes lines of the result.

    Returns:
        The exit code: 0 pass, 1 below a threshold or worse than the baseline, 3 an errored case.

    Raises:
        UsageError: wrong usage (2), for the command line to print.
        LibraryError: the library cannot be used.
    """
    suite = load_suite(options.suite)
    baseline = _baseline(options, suite)
    open_engine = _engine(options)
    judge = _judge(options, settings)
    how = options.how
    if options.only_failed:
        how = replace(how, only=_failed(options, suite))
        if not how.only:
            verdict = f"PASS {suite.name}: every case of the last run passed; nothing to run again"
            nothing = {"suite": suite.name, "verdict": verdict, "exit_code": 0}
            out(to_json(nothing) if options.as_json else verdict)
            return 0
    if options.out is not None:
        make_folder(options.out)
    with bar(suite.name) as advance:
        result = run_suite(
            suite,
            articles=options.articles,
            library=options.library,
            settings=settings,
            on_progress=advance,
            open_engine=open_engine,
            how=how,
        )
    if judge is not None:
        result = second_opinion(result, judge, gates=options.judge_gates)
    if baseline is not None:
        comparison = compare(
            result.cases,
            baseline,
            name=str(options.baseline),
            allowed_flips=options.allowed_flips,
            whole=not result.left_out,
        )
        result = replace(result, comparison=comparison)
    if options.out is not None:
        write_reports(result, options.out)
    if options.writes_baseline and options.baseline is not None:
        write_baseline(result, options.baseline)
    _print(result, options.as_json, out)
    return result.exit_code


def _baseline(options: Options, suite: Suite) -> dict[str, object] | None:
    """What the run is held against; looked at before anything is run."""
    if options.baseline is None:
        if options.writes_baseline:
            raise UsageError("--write-baseline has no file", hint="name it: --baseline FILE --write-baseline")
        if options.allowed_flips:
            raise UsageError("--allow-flips has no baseline", hint="name it: --baseline FILE")
        return None
    if options.writes_baseline:
        if options.only_failed or options.how.patterns:
            raise UsageError("a baseline is a whole run", hint="leave --filter and --only-failed out")
        return None
    return read_baseline(options.baseline, suite.name)


def _failed(options: Options, suite: Suite) -> set[str]:
    if options.out is None:
        raise UsageError("--only-failed has no results to look into", hint="name their folder: --out DIR")
    return failed_before(options.out, suite.name)


def _engine(options: Options) -> OpenEngine | None:
    if options.engine is None:
        return None
    from evals.foreign.engine import foreign_engine

    return foreign_engine(options.engine)


def _judge(options: Options, settings: Settings) -> Judge | None:
    if options.judge is None:
        if options.judge_gates:
            raise UsageError("--judge-gates has no judge", hint="name one: --judge NAME")
        return None
    import platformdirs

    from rag.models.writer import Writer

    writer = Writer.by_name(options.judge, settings)
    if writer is None:
        raise UsageError(f"{options.judge!r} is no model", hint="a judge is a model, as for --llm")
    cache = settings.cache or Path(platformdirs.user_cache_dir("citewell"))
    return Judge(writer, cache / "judge")


def _print(result: SuiteResult, as_json: bool, out: Callable[[str], None]) -> None:
    if as_json:
        out(to_json(to_dict(result) | {"timings_ms": timings_of(result)}))
        return
    from rich.console import Console

    console = Console(highlight=False)
    with console.capture() as capture:
        print_report(result, console)
    out(capture.get().rstrip("\n"))
