"""The command line as a process among others: encodings, closed pipes, interrupts."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

CITEWELL = [sys.executable, "-m", "ui.cli"]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("streams")
    (folder / "articles").mkdir()
    for number in range(3):
        text = f"Cafés № {number} 😀 עברית\n\n" + "The port of Vell is closed until May. " * 2
        (folder / "articles" / f"a{number}.txt").write_text(text, encoding="utf-8")
    run = subprocess.run(
        [*CITEWELL, "add", folder / "articles", "--library", folder / "library"], capture_output=True
    )
    assert run.returncode == 0, run.stderr
    return folder / "library"


def environment(**changes: str) -> dict[str, str]:
    kept = {
        k: v for k, v in os.environ.items() if not k.startswith(("LC_", "LANG", "PYTHONIO", "PYTHONUTF8"))
    }
    return kept | changes


@pytest.mark.parametrize(
    "locale",
    [
        {"LANG": "C"},
        {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
        {"PYTHONIOENCODING": "latin-1"},
        {"PYTHONIOENCODING": "ascii"},
    ],
)
def test_json_is_utf8_whatever_the_locale(library: Path, locale: dict[str, str]) -> None:
    run = subprocess.run(
        [*CITEWELL, "list", "--json", "--library", library], capture_output=True, env=environment(**locale)
    )
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout.decode("utf-8"))[0]["title"] == "Cafés № 0 😀 עברית"


def test_text_in_a_poor_locale_loses_characters_not_the_run(library: Path) -> None:
    run = subprocess.run(
        [*CITEWELL, "list", "--library", library],
        capture_output=True,
        env=environment(PYTHONIOENCODING="ascii"),
    )
    assert run.returncode == 0
    assert b"Caf?s" in run.stdout


def test_bytes_that_are_not_utf8_in_an_argument(library: Path) -> None:
    run = subprocess.run(
        [*CITEWELL, "remove", b"caf\xe9", "--json", "--library", library], capture_output=True
    )
    assert run.returncode == 1
    assert json.loads(run.stdout.decode("utf-8"))["results"][0]["article_id"] == "caf\ufffd"
    assert b"Traceback" not in run.stderr


def test_a_reader_that_goes_away_ends_the_run_quietly(library: Path) -> None:
    run = subprocess.Popen(
        [*CITEWELL, "list", "--json", "--library", library], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert run.stdout is not None
    assert run.stderr is not None
    run.stdout.close()
    assert run.stderr.read() == b""
    assert run.wait() == 141
    run.stderr.close()


def test_results_go_to_stdout_and_notices_to_stderr(library: Path) -> None:
    article = library.parent / "articles" / "a0.txt"
    run = subprocess.run(
        [*CITEWELL, "add", article, "/nowhere/x.txt", "--json", "--library", library],
        capture_output=True,
        text=True,
    )
    assert run.returncode == 1
    assert json.loads(run.stdout)["summary"]["failed"] == 1
    assert "/nowhere/x.txt" in run.stderr
    assert "\x1b" not in run.stdout + run.stderr


def test_a_command_that_is_told_to_end_closes_what_it_has_open(library: Path) -> None:
    script = (
        "import os, signal, sys; from index.library import Library; from ui.cli import main\n"
        "close = Library.close\n"
        "Library.close = lambda self: (close(self), print('closed'))\n"
        "Library.list = lambda self: os.kill(os.getpid(), signal.SIGTERM)\n"
        f"sys.exit(main(['list', '--library', {str(library)!r}]))"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert (run.returncode, run.stdout, run.stderr) == (128 + signal.SIGTERM, "closed\n", "")


def test_an_interrupt_is_no_traceback(library: Path) -> None:
    script = (
        "import os, signal, sys; from index.library import Library; from ui.cli import main\n"
        "Library.list = lambda self: os.kill(os.getpid(), signal.SIGINT)\n"
        f"sys.exit(main(['list', '--library', {str(library)!r}]))"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert run.returncode == 128 + signal.SIGINT
    assert run.stderr.startswith("citewell: interrupted")
    assert len(run.stderr.splitlines()) == 1
