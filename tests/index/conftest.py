from __future__ import annotations

import multiprocessing
import os
import tempfile
from pathlib import Path

import pytest

from index.library import Library


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
