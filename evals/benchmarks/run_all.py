"""The benchmarks one after the other, into one report: `python -m evals.benchmarks.run_all DATA… --out DIR`

DATA are files (see `evals.benchmarks.datasets`) and folders in the form of BEIR. In `--out` every benchmark
leaves its JSON, Markdown and plots, and `report.md` joins them. Small and quick: `--sizes 300 --questions 50
--sample 5 --llm none`; as it is, with 100,000 chunks and a local model, it takes hours.

A benchmark that fails is named, the others are still run, and the exit code is 1. Stopped or failed, the same
command goes on where it was (the folder `unfinished` in `--out` holds what is done); finished, it measures
anew.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

UNFINISHED = "unfinished"
Steps = Mapping[str, Sequence[str]]
"""Benchmark -> its arguments, without `--out`."""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", nargs="+", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument(
        "--sizes", nargs="+", type=int, default=[1_000, 10_000, 100_000], help="of libraries, in chunks"
    )
    parser.add_argument("--questions", type=int, help="of each data set [all; 300 of the peer's retrieval]")
    parser.add_argument("--sample", type=int, default=20, help="questions of each kind answered by a model")
    parser.add_argument("--llm", default="local", help="writes Citewell's and the peer's answers; or none")
    options = parser.parse_args()
    for path in options.data:
        if not path.exists():
            parser.error(f"there is no {path}")
    if not any(path.is_file() for path in options.data):
        parser.error("name a file, in the form of SQuAD, CLAP NQ or TREC-QA")
    sys.exit(run(steps_of(options, options.out / UNFINISHED), options.out))


def steps_of(options: argparse.Namespace, unfinished: Path) -> Steps:
    """What is run, in the order of the report."""
    files = [str(path) for path in options.data if path.is_file()]
    folders = [str(path) for path in options.data if path.is_dir()]
    squad = next((file for file in files if file.removesuffix(".gz").endswith(".json")), None)
    sizes = ["--sizes", *map(str, options.sizes)]
    some = [] if options.questions is None else ["--questions", str(options.questions)]
    limit = [] if options.questions is None else ["--limit", str(options.questions)]
    peer = ["--sample", str(options.sample), "--llm", options.llm, "--log", str(unfinished / "peer.jsonl")]
    steps: dict[str, Sequence[str]] = {
        "retrieval": [*files, *some],
        "answers": [*files, *some],
        **({"open_book": [*folders, *limit]} if folders else {}),
        **({"peer": [squad, *some, *peer]} if squad else {}),  # the others name no accepted answers
        "ingest": [*files, *sizes, "--log", str(unfinished / "ingest.jsonl")],
        "asking": [*files, *sizes, "--keep", str(unfinished / "libraries")],
        "timings": [files[0], "--sizes", str(min(options.sizes))],
        "mutations": [],
    }
    return steps


def run(steps: Steps, out: Path) -> int:
    """Every step that is not done yet, then the report; 1 where one failed."""
    unfinished = out / UNFINISHED
    state = unfinished / "state.json"
    asked = {name: list(arguments) for name, arguments in steps.items()}
    kept = json.loads(state.read_text(encoding="utf-8")) if state.exists() else {}
    if kept.get("steps") != asked:
        shutil.rmtree(unfinished, ignore_errors=True)
        kept = {"steps": asked, "done": []}
    (unfinished / "libraries").mkdir(parents=True, exist_ok=True)
    failed = []
    for number, (name, arguments) in enumerate(asked.items(), start=1):
        told = f"{number} of {len(asked)}: {name}"
        if name in kept["done"]:
            _say(f"{told}, done before")
        elif code := _timed(told, name, [*arguments, "--out", str(out)]):
            failed.append(f"{name} (exit code {code})")
        else:
            kept["done"].append(name)
            state.write_text(json.dumps(kept), encoding="utf-8")
    if any(out.glob("*.json")) and _run("report", [str(out)]):
        failed.append("report")
    if failed:
        _say(f"failed: {', '.join(failed)}; the same command runs what is missing")
        return 1
    shutil.rmtree(unfinished)
    return 0


def _timed(told: str, name: str, arguments: Sequence[str]) -> int:
    """Run a step and say how long it took; its exit code."""
    _say(told)
    begun = time.monotonic()
    try:
        code = _run(name, arguments)
    except KeyboardInterrupt:
        _say(f"{told} stopped; the same command goes on from here")
        raise SystemExit(130) from None
    _say(f"{told} {'failed' if code else 'done'} after {time.monotonic() - begun:.0f} s")
    return code


def _run(name: str, arguments: Sequence[str]) -> int:
    command = [sys.executable, "-m", f"evals.benchmarks.{name}", *arguments]
    return subprocess.run(command, check=False).returncode


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
