"""What the documents say is true: README's Python runs, its commands exist, the doctests hold."""

import doctest
import importlib
import pkgutil
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def modules():
    for package in ("index", "rag", "ui", "evals"):
        yield package
        for found in pkgutil.walk_packages([str(ROOT / package)], f"{package}."):
            yield found.name


@pytest.mark.parametrize("name", sorted(modules()))
def test_doctests(name):
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_readme_python_runs(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (code,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    exec(compile(code, "README.md", "exec"), {})
    printed = capsys.readouterr().out.splitlines()
    promised = re.findall(r"print\(.*?# (.*)", code)
    assert printed == promised


def test_readme_names_every_command():
    from typer.main import get_command

    from ui.cli import app

    named = set(re.findall(r"citewell (\w+)", README))
    assert set(get_command(app).commands) <= named


def test_readme_names_only_targets_that_exist():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([\w-]+):.*##", makefile, re.MULTILINE))
    assert set(re.findall(r"make ([\w-]+)", README)) - {"another", "the"} <= targets
