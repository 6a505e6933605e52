"""Help costs nothing: no command loads what it does not need yet."""

from __future__ import annotations

import json
import subprocess
import sys
import time

import pytest

COMMANDS = (
    *("add", "list", "show", "remove", "search", "ask", "serve", "mcp", "eval", "reindex", "doctor", "model"),
    "user",
)
HEAVY = {
    *("gradio", "fastapi", "uvicorn", "llama_index", "chromadb", "tantivy", "sqlalchemy", "numpy"),
    *("onnxruntime", "tiktoken", "tokenizers", "trafilatura", "lxml", "markdown_it", "httpx", "yaml"),
}

_SCRIPT = """
import contextlib, io, json, sys
from ui.cli import main
for arguments in json.loads(sys.argv[1]):
    with contextlib.redirect_stdout(io.StringIO()) as said:
        assert main(arguments) == 0, arguments
    assert "Usage:" in said.getvalue() or "citewell " in said.getvalue(), arguments
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""


def test_no_help_loads_anything_heavy() -> None:
    calls = [[], ["--help"], ["-h"], ["--version"], *([command, "--help"] for command in COMMANDS)]
    calls += [["model"], ["model", "path", "--help"], ["model", "serve", "--help"]]
    calls += [["user"], *(["user", name, "--help"] for name in ("add", "remove", "list"))]
    run = subprocess.run(
        [sys.executable, "-c", _SCRIPT, json.dumps(calls)], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    loaded = HEAVY.intersection(json.loads(run.stdout))
    assert not loaded


def test_help_is_instant() -> None:
    best = float("inf")
    for _ in range(10):
        started = time.perf_counter()
        subprocess.run([sys.executable, "-m", "ui.cli", "--help"], capture_output=True, check=True)
        best = min(best, time.perf_counter() - started)
        if best < 0.3:
            return
    pytest.fail(f"citewell --help takes {best:.2f} s")


def test_every_command_is_listed() -> None:
    run = subprocess.run([sys.executable, "-m", "ui.cli"], capture_output=True, text=True, check=True)
    listed = [line.split()[0] for line in run.stdout.partition("Commands:")[2].splitlines() if line.strip()]
    assert tuple(listed) == COMMANDS
