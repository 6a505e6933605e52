"""`citewell eval`: options, exit codes, and what stands on the terminal and in the files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from index.errors import UsageError
from ui.cli import main

FIRE, OWNER = "And when did it burn down?", "Who owns the mill today?"


@pytest.fixture
def cite(kit: Any, mill: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """Runs `citewell eval` on the suite `mill`, answered by a script: exit code, stdout, stderr."""

    def command(*options: str, **changes: Any) -> tuple[int, str, str]:
        engine = kit.ScriptedEngine(kit.RIGHT | changes.get("changes", {}))
        monkeypatch.setattr("evals.runner.open_citewell", engine.open())
        code = main(["eval", str(mill), *options])
        return code, *capsys.readouterr()

    return command


@pytest.mark.parametrize(
    ("changes", "code", "word"),
    [
        ({}, 0, "PASS"),
        ({OWNER: "Nobody was hurt."}, 1, "FAIL"),
        ({OWNER: RuntimeError("out of memory")}, 3, "ERROR"),
    ],
)
def test_the_last_line_says_what_the_exit_code_says(
    kit: Any, cite: Any, mill: Path, changes: dict[str, Any], code: int, word: str
) -> None:
    replies = {q: kit.quoting(r) if isinstance(r, str) else r for q, r in changes.items()}
    found, out, _ = cite("--out", str(mill / "out"), changes=replies)
    saved = json.loads((mill / "out" / "results.json").read_text(encoding="utf-8"))
    assert found == code == saved["exit_code"]
    assert out.splitlines()[-1] == saved["verdict"]
    assert saved["verdict"].startswith(f"{word} mill")


def test_as_json_it_prints_the_results_and_the_times(cite: Any, mill: Path) -> None:
    _, out, _ = cite("--json", "--out", str(mill / "out"))
    printed = json.loads(out)
    assert set(printed.pop("timings_ms")["cases"]) == {"founder", "fire", "owner"}
    assert printed == json.loads((mill / "out" / "results.json").read_text(encoding="utf-8"))


def test_two_runs_write_the_same_bytes(cite: Any, mill: Path) -> None:
    for name in ("one", "two"):
        cite("--out", str(mill / name), "--jobs", "3" if name == "two" else "1")
    one, two = (mill / name / "results.json" for name in ("one", "two"))
    assert one.read_bytes() == two.read_bytes()
    assert b"timing" not in one.read_bytes()


def test_a_run_is_held_to_its_baseline(kit: Any, cite: Any, mill: Path) -> None:
    file = str(mill / "baseline.json")
    assert cite("--baseline", file)[0] == 2
    code, _, _ = cite("--baseline", file, "--write-baseline")
    assert code == 0
    assert cite("--baseline", file)[0] == 0
    broken = {FIRE: kit.quoting("Nobody was hurt.")}
    code, out, _ = cite("--baseline", file, "--no-thresholds", changes=broken)
    assert code == 1
    assert "pass → fail  fire" in out
    assert "worse than the baseline: 1 no longer pass (fire)" in out.splitlines()[-1]
    assert cite("--baseline", file, "--no-thresholds", "--allow-flips", "1", changes=broken)[0] == 0


def test_results_are_a_baseline_too(cite: Any, mill: Path) -> None:
    cite("--out", str(mill / "out"))
    assert cite("--baseline", str(mill / "out" / "results.json"))[0] == 0


def test_only_what_failed_is_run_again(kit: Any, cite: Any, mill: Path) -> None:
    out = ("--out", str(mill / "out"))
    assert cite("--only-failed", *out)[0] == 2
    cite(*out, changes={FIRE: kit.quoting("Nobody was hurt.")})
    code, printed, _ = cite("--only-failed", *out, "--no-thresholds")
    assert code == 0
    assert "1 of 1 case (2 left out) passed" in printed
    code, printed, _ = cite("--only-failed", *out)
    assert (code, printed.strip()) == (
        0,
        "PASS mill: every case of the last run passed; nothing to run again",
    )


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--write-baseline"], "--write-baseline has no file"),
        (["--write-baseline", "--baseline", "b", "--filter", "fire"], "a baseline is a whole run"),
        (["--only-failed"], "--only-failed has no results"),
        (["--filter", "fyre"], "no case has the id or tag 'fyre'"),
        (["--baseline", "nowhere.json"], "there is no baseline 'nowhere.json'"),
        (["--repeat", "0"], "--repeat"),
        (["--jobs", "0"], "--jobs"),
    ],
)
def test_wrong_usage_is_one_line_with_the_way_out(cite: Any, options: list[str], words: str) -> None:
    code, out, err = cite(*options)
    assert (code, out) == (2, "")
    assert words in err
    assert "Traceback" not in err


def test_a_folder_that_cannot_be_written_is_wrong_usage(cite: Any, mill: Path) -> None:
    (mill / "file").write_text("")
    code, _, err = cite("--out", str(mill / "file"))
    assert code == 2
    assert "cannot write results" in err
    assert UsageError.__name__ not in err
