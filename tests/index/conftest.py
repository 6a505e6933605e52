from __future__ import annotations

import multiprocessing
import os
import sys
import tempfile
from pathlib import Path

import pytest

from index.article import Article
from index.library import Library
from index.readers import read
from index.readers.reading import Reading

FAULTS = """
import ctypes, os, re, time
from index.readers import text
read_page = text.read_page
def faulty(data, path):
    if b"SEGFAULT" in data:
        ctypes.string_at(0)
    if b"LEAVE" in data:
        os._exit(7)
    if b"LOOP" in data:
        re.match("(a+)+$", "a" * 64 + "b")  # minutes in C code that lets nobody else run
    if b"MEMORY" in data:
        held = [bytearray(50_000_000) for _ in range(1000)]
    if b"DEFECT" in data:
        raise KeyError("a defect of the reader")
    if b"CHATTER" in data:
        os.write(1, b"not a reply\\n")
        print("nor is this")
    return read_page(data, path)
text.read_page = faulty
"""


@pytest.fixture(scope="session")
def forkserver():
    """Processes that start in milliseconds: imports done beforehand, nothing opened."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["crashing", "index.vectors", "index.library", "index.embedders"])
    return context


@pytest.fixture(scope="module")
def quick_folder():
    """A folder in memory where there is one: a killed process, unlike a power cut, needs no disk."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as folder:
        yield Path(folder)


@pytest.fixture
def library(tmp_path):
    with Library.open(tmp_path / "library", create=True) as opened:
        yield opened


@pytest.fixture
def load(tmp_path, request):
    """Reads bytes or text as the file of a name; by default the one that the module calls `FILE_NAME`."""

    def read_as(data: bytes | str, name: str = request.module.FILE_NAME) -> Article:
        path = tmp_path / name
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        (article,) = read(path, article_id="a", reading=Reading(max_article_bytes=1_000_000))
        return article

    return read_as


@pytest.fixture
def faults(tmp_path, monkeypatch):
    """Reading processes whose reader of text does what a hostile file would make one do."""
    folder = tmp_path / "faults"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(FAULTS)
    monkeypatch.setattr(sys, "path", [str(folder), *sys.path])
    return folder
