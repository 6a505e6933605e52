"""A suite as tests: run by a pytest of its own, as a team would."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
MODULE = """
def answers():
    replies = {
        "Who founded the mill?": "Ann Marsh did [1].",
        "And when did it burn down?": "Nobody knows [1].",
    }
    def ask(question, history):
        if question not in replies:
            raise RuntimeError("out of memory")
        return {"answer": replies[question], "citations": ["Ann Marsh founded the mill in 1902."]}
    return ask
"""


def run_pytest(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    # By module, and not by the entry point besides, whether the package is installed or not.
    plugin = ("-p", "no:citewell", "-p", "evals.pytest_plugin", "-p", "no:cacheprovider")
    command = [sys.executable, "-m", "pytest", *plugin, "--rootdir", str(folder), *options]
    path = {"PYTHONPATH": f"{ROOT}:{folder}", "PATH": "/usr/bin:/bin", "HOME": str(folder)}
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, env=path, check=False)


@pytest.fixture
def project(kit: Any, mill: Path) -> Path:
    (mill / "articles" / "mill.md").write_text(f"# The mill on the weir\n\n{kit.TEXT}\n", encoding="utf-8")
    (mill / "rag_of_ours.py").write_text(MODULE, encoding="utf-8")
    return mill


def test_a_case_is_a_test(project: Path) -> None:
    run = run_pytest(project, "--citewell-suite", ".", "--citewell-engine", "rag_of_ours:answers", "-v")
    assert "1 passed" in run.stdout
    assert "2 failed" in run.stdout
    assert "FAILED citewell:.::fire - missed: 12 years later" in run.stdout
    assert "answer: Nobody knows [1]." in run.stdout
    assert "error: RuntimeError: out of memory" in run.stdout
    assert run.returncode == 1


def test_pytest_chooses_by_name(project: Path) -> None:
    options = ("--citewell-suite", ".", "--citewell-engine", "rag_of_ours:answers", "-k", "founder")
    run = run_pytest(project, *options)
    assert "1 passed" in run.stdout
    assert run.returncode == 0


def test_a_suite_that_is_wrong_is_wrong_usage(project: Path) -> None:
    run = run_pytest(project, "--citewell-suite", "nowhere")
    assert run.returncode == pytest.ExitCode.USAGE_ERROR
    assert "no suite 'nowhere'" in run.stdout + run.stderr


def test_an_engine_that_cannot_be_used_is_told_without_a_traceback(project: Path) -> None:
    run = run_pytest(project, "--citewell-suite", ".", "--citewell-engine", "rag_of_ours:nothing")
    assert "3 failed" in run.stdout
    assert run.stdout.count("cannot be imported: AttributeError") >= 3
    assert "Traceback" not in run.stdout
    assert "def engine" not in run.stdout


def test_unused_it_loads_nothing(project: Path) -> None:
    (project / "test_loaded.py").write_text(
        "import sys\n\n\ndef test_it():\n"
        "    loaded = {name.partition('.')[0] for name in sys.modules}\n"
        "    assert not loaded & {'llama_index', 'chromadb', 'yaml', 'rag', 'index'}\n"
        "    assert 'evals.pytest_plugin' in sys.modules\n",
        encoding="utf-8",
    )
    run = run_pytest(project, "test_loaded.py")
    assert "1 passed" in run.stdout, run.stdout + run.stderr
