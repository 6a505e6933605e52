"""`citewell eval` as the command line takes it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ui import printing
from ui.opening import make_settings
from ui.options import JsonOption, LlmOption


def evaluate(
    suite: Annotated[str, typer.Argument(metavar="SUITE", help="Name of a suite, or path of one.")],
    articles: Annotated[
        Path | None,
        typer.Option("--articles", metavar="DIR", help="Run over these instead of the suite's own."),
    ] = None,
    library: Annotated[
        Path | None, typer.Option("--library", metavar="DIR", help="Run over this library, as it is.")
    ] = None,
    llm: LlmOption = None,
    engine: Annotated[
        str | None,
        typer.Option(
            "--engine",
            metavar="NAME",
            help="Hold another system to the cases: module:factory, or the address that takes the question.",
        ),
    ] = None,
    results: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="DIR",
            help="Write results.json, timings.json, junit.xml, summary.md and report.html into this folder.",
        ),
    ] = None,
    baseline: Annotated[
        Path | None,
        typer.Option("--baseline", metavar="FILE", help="Fail if the run is worse than this earlier one."),
    ] = None,
    write_baseline: Annotated[
        bool, typer.Option("--write-baseline", help="Write the run to the --baseline FILE instead.")
    ] = False,
    allow_flips: Annotated[
        int,
        typer.Option("--allow-flips", metavar="N", min=0, help="So many cases may fall from pass to fail."),
    ] = 0,
    thresholds: Annotated[
        bool,
        typer.Option(
            "--thresholds/--no-thresholds", help="Whether a missed threshold of the suite fails the run."
        ),
    ] = True,
    patterns: Annotated[
        list[str] | None,
        typer.Option(
            "--filter",
            metavar="PATTERN",
            help="Only cases with this id or tag, as who or miss-*; repeatable.",
        ),
    ] = None,
    only_failed: Annotated[
        bool, typer.Option("--only-failed", help="Only cases that failed in the results in --out DIR.")
    ] = False,
    repeat: Annotated[
        int,
        typer.Option("--repeat", metavar="N", min=1, help="Put each case N times; the worst answer counts."),
    ] = 1,
    jobs: Annotated[
        int, typer.Option("--jobs", metavar="N", min=1, help="Put N questions at the same time.")
    ] = 1,
    judge: Annotated[
        str | None,
        typer.Option("--judge", metavar="NAME", help="A model's second opinion on each fact, as for --llm."),
    ] = None,
    judge_gates: Annotated[
        bool, typer.Option("--judge-gates", help="A fact that the judge misses fails the run.")
    ] = False,
    as_json: JsonOption = False,
) -> int:
    """Run a suite of questions with known answers.

    Exit code 1 below its thresholds or worse than the baseline, 3 where asking failed.
    """
    settings = make_settings(library, llm=llm)
    from evals.command import Options
    from evals.command import evaluate as run
    from evals.runner import HowToRun

    options = Options(
        suite=suite,
        articles=articles,
        library=library,
        engine=engine,
        out=results,
        baseline=baseline,
        writes_baseline=write_baseline,
        allowed_flips=allow_flips,
        only_failed=only_failed,
        judge=judge,
        judge_gates=judge_gates,
        as_json=as_json,
        how=HowToRun(patterns=tuple(patterns or ()), repeat=repeat, jobs=jobs, thresholds_gate=thresholds),
    )
    return run(options, settings, printing.out)
