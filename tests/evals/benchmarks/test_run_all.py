"""The benchmarks as one run: what fails is named, the rest is run, and the same command goes on."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import pytest

from evals.benchmarks import run_all
from evals.benchmarks.run_all import UNFINISHED, run, steps_of

REPORTS = """
import json, sys
from pathlib import Path
from evals.benchmarks.outcome import Outcome, Table, tell
out = Path(sys.argv[-1])
with (out / "calls.txt").open("a") as calls:
    calls.write({name!r} + "\\n")
if {name!r} == "peer" and not (out / "mended").exists():
    sys.exit(3)
table = Table(title="T", rows={{"a": {{"x": 1}}}})
tell(Outcome(name={name!r}, about="About it.", tables=[table]), out)
"""


@pytest.fixture
def stand_ins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand-ins of which `peer` fails until it is mended; gives where they leave their figures."""
    real = run_all._run

    def stand_in(name: str, arguments: list[str]) -> int:
        if name == "report":
            return real(name, arguments)
        import subprocess
        import sys

        code = REPORTS.format(name=name)
        return subprocess.run([sys.executable, "-c", code, *arguments], check=False).returncode

    monkeypatch.setattr(run_all, "_run", stand_in)
    out = tmp_path / "out"
    out.mkdir()
    return out


def calls(out: Path) -> list[str]:
    return (out / "calls.txt").read_text().split()


STEPS: dict[str, list[str]] = {"retrieval": ["data.json"], "peer": ["data.json"], "ingest": []}


def test_what_fails_is_named_and_the_rest_is_run(stand_ins: Path, capfd: Any) -> None:
    assert run(STEPS, stand_ins) == 1
    told = capfd.readouterr().err
    assert "2 of 3: peer failed" in told
    assert "failed: peer (exit code 3)" in told
    page = (stand_ins / "report.md").read_text(encoding="utf-8")
    assert page.index("## retrieval") < page.index("## ingest")
    assert "## peer" not in page


def test_the_same_command_runs_what_is_missing_and_then_all_again(stand_ins: Path, capfd: Any) -> None:
    run(STEPS, stand_ins)
    (stand_ins / "mended").touch()
    assert run(STEPS, stand_ins) == 0
    assert calls(stand_ins) == ["retrieval", "peer", "ingest", "peer"]
    assert "1 of 3: retrieval, done before" in capfd.readouterr().err
    assert not (stand_ins / UNFINISHED).exists()
    run(STEPS, stand_ins)
    assert calls(stand_ins)[4:] == ["retrieval", "peer", "ingest"]


def test_another_command_begins_anew(stand_ins: Path) -> None:
    run(STEPS, stand_ins)
    run(STEPS | {"retrieval": ["other.json"]}, stand_ins)
    assert calls(stand_ins) == ["retrieval", "peer", "ingest"] * 2


def test_stopped_it_says_where_it_goes_on(
    stand_ins: Path, monkeypatch: pytest.MonkeyPatch, capfd: Any
) -> None:
    def stopped(name: str, arguments: list[str]) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(run_all, "_run", stopped)
        with pytest.raises(SystemExit) as ended:
            run(STEPS, stand_ins)
    assert ended.value.code == 130
    assert "retrieval stopped; the same command goes on" in capfd.readouterr().err
    state = stand_ins / UNFINISHED / "state.json"
    assert not state.exists() or json.loads(state.read_text())["done"] == []


def options(tmp_path: Path, **changes: Any) -> argparse.Namespace:
    (tmp_path / "clap.jsonl").touch()
    (tmp_path / "squad.json.gz").touch()
    data = [tmp_path / "clap.jsonl", tmp_path / "squad.json.gz"]
    defaults: dict[str, Any] = {
        "data": data,
        "sizes": [300, 1000],
        "questions": None,
        "sample": 20,
        "llm": "none",
    }
    return argparse.Namespace(**(defaults | changes))


def test_every_step_takes_the_data_it_can_read(tmp_path: Path) -> None:
    steps = steps_of(options(tmp_path, questions=7), tmp_path)
    assert list(steps) == ["retrieval", "answers", "peer", "ingest", "asking", "timings", "mutations"]
    assert steps["peer"][0].endswith("squad.json.gz")  # the other names no accepted answers
    assert steps["retrieval"][-2:] == ["--questions", "7"]
    assert steps["ingest"][2:5] == ["--sizes", "300", "1000"]
    only = options(tmp_path, data=[tmp_path / "clap.jsonl", tmp_path])
    steps = steps_of(only, tmp_path)
    assert "peer" not in steps
    assert list(steps["open_book"]) == [str(tmp_path)]


@pytest.mark.parametrize("name", ["retrieval", "answers", "peer", "ingest", "asking", "timings", "mutations"])
def test_every_step_knows_its_options(name: str, tmp_path: Path, monkeypatch: Any, capsys: Any) -> None:
    """What is put to a benchmark is what it takes: `--help` names each option."""
    import importlib

    module = importlib.import_module(f"evals.benchmarks.{name}")
    monkeypatch.setattr("sys.argv", [name, "--help"])
    with pytest.raises(SystemExit):
        module.main()
    told = capsys.readouterr().out
    given = [a for a in steps_of(options(tmp_path, questions=7), tmp_path)[name] if a.startswith("--")]
    assert all(option in told for option in [*given, "--out"])
