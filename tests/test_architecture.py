"""The arrows between the packages, read from the imports themselves."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("index", "rag", "ui", "evals")
MAY_KNOW = {"index": set(), "rag": {"index"}, "ui": {"index", "rag", "evals"}, "evals": {"index", "rag"}}
"""`ui` knows `evals` for the one command that runs a suite."""
ONLY_IN = {"tantivy": "index/fulltext.py", "chromadb": "index/vectors.py"}
KEPT_OUT = {
    *("gradio", "fastapi", "uvicorn", "sklearn", "torch", "transformers", "anthropic", "openai"),
    *("trafilatura", "hypothesis", "pytest"),
}


def imports(path: Path) -> Iterator[str]:
    """Top-level names of what a file imports, at any depth of it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield (node.module or "").partition(".")[0]


def files() -> list[Path]:
    found = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
    assert len(found) > 20
    return found


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_knows_only_what_it_may(package: str) -> None:
    foreign = set(PACKAGES) - MAY_KNOW[package] - {package}
    wrong = {
        f"{path.relative_to(ROOT)} imports {name}"
        for path in sorted((ROOT / package).rglob("*.py"))
        for name in imports(path)
        if name in foreign
    }
    assert not wrong


@pytest.mark.parametrize(("library", "only"), ONLY_IN.items())
def test_an_engine_of_search_is_known_to_one_file(library: str, only: str) -> None:
    users = {path.relative_to(ROOT).as_posix() for path in files() if library in imports(path)}
    assert users == {only}


def test_every_package_is_shipped() -> None:
    import tomllib

    listed = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"][
        "packages"
    ]
    there = {path.parent.relative_to(ROOT).as_posix().replace("/", ".") for path in files()}
    assert sorted(listed) == sorted(there)


def test_nothing_is_printed_or_asked_of_llama_index_settings() -> None:
    wrong = [
        path.relative_to(ROOT).as_posix()
        for path in files()
        if "from llama_index.core import Settings" in path.read_text(encoding="utf-8")
    ]
    assert not wrong


def test_importing_rag_loads_no_page_and_no_training() -> None:
    script = (
        "import importlib, pathlib, sys\n"
        "from rag import CitedQueryEngine\n"
        "for path in sorted(pathlib.Path('rag').rglob('*.py')):\n"
        "    parts = [p for p in path.with_suffix('').parts if p != '__init__']\n"
        "    importlib.import_module('.'.join(parts))\n"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    run = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    assert not KEPT_OUT & set(run.stdout.split())
