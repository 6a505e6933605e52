from __future__ import annotations

import multiprocessing
import os
import tempfile
from pathlib import Path

import pytest

from index.article import Article
from index.library import Library
from index.readers import read
from index.readers.reading import Reading


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
