from __future__ import annotations

import sys

import pytest

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


@pytest.fixture
def faults(tmp_path, monkeypatch):
    """Reading processes whose reader of text does what a hostile file would make one do."""
    folder = tmp_path / "faults"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(FAULTS)
    monkeypatch.setattr(sys, "path", [str(folder), *sys.path])
    return folder
