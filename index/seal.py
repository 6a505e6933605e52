"""Checksums of an index's files, to tell at opening that they are what the last writer left.

Chroma answers from damaged files as if nothing were there, or dies on them, so they are compared before it
sees them. A file whose size and time are as they were is trusted; otherwise its content decides, so that a
library may be copied.
"""

from __future__ import annotations

import json
import os
import zlib
from pathlib import Path
from typing import NamedTuple

_BLOCK = 1 << 20


class FileMark(NamedTuple):
    size: int
    mtime_ns: int
    crc: int


Seal = dict[str, FileMark]
"""Path relative to the sealed folder -> what its content was."""


def seal(folder: Path, before: Seal | None = None) -> Seal:
    """The marks of the files in `folder`, on disk for good; unchanged files are taken over from `before`."""
    made: Seal = {}
    for path in _files(folder):
        name = path.relative_to(folder).as_posix()
        known = (before or {}).get(name)
        try:
            found = path.stat()
            if known is not None and (known.size, known.mtime_ns) == (found.st_size, found.st_mtime_ns):
                made[name] = known
                continue
            _to_disk(path)
            made[name] = FileMark(found.st_size, found.st_mtime_ns, _crc(path))
        except FileNotFoundError:
            continue  # a background merge of tantivy's replaced it meanwhile; the last seal waits for those
    return made


def _to_disk(path: Path) -> None:
    """Chroma does not do this: after a power cut the file would be there, of zeros."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def broken(folder: Path, expected: Seal) -> list[str]:
    """Names of the files that are missing, altered or too many; empty when all is as it was sealed."""
    try:
        there = {path.relative_to(folder).as_posix(): path for path in _files(folder)}
        wrong = [name for name in expected if name not in there]
        for name, path in there.items():
            mark = expected.get(name)
            if mark is None or not _same(path, mark):
                wrong.append(name)
        if not _sqlite_is_whole(folder / "chroma.sqlite3"):
            wrong.append("chroma.sqlite3")
    except OSError as error:
        return [str(error.filename or folder)]
    return sorted(wrong)


def _same(path: Path, mark: FileMark) -> bool:
    found = path.stat()
    if found.st_size != mark.size:
        return False
    return found.st_mtime_ns == mark.mtime_ns or _crc(path) == mark.crc


def _files(folder: Path) -> list[Path]:
    """All files but locks, and what every opening of Chroma writes to: its SQLite file, and the graph's files
    as long as nothing was ever put in them."""
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file()
        and not path.name.startswith("chroma.sqlite3")
        and path.suffix != ".lock"
        and not _is_empty_graph(path.parent)
    )


def _is_empty_graph(folder: Path) -> bool:
    return (folder / "header.bin").exists() and not (folder / "index_metadata.pickle").exists()


def _crc(path: Path) -> int:
    found = 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            found = zlib.crc32(block, found)
    return found


def _sqlite_is_whole(path: Path) -> bool:
    """Whether a SQLite file, if the folder has one to expect, has its header and all its pages.

    Header fields: https://www.sqlite.org/fileformat2.html#the_database_header
    """
    if not path.parent.name.startswith("vectors"):
        return True
    try:
        with path.open("rb") as file:
            header = file.read(100)
    except FileNotFoundError:
        return False
    if len(header) < 100 or not header.startswith(b"SQLite format 3\x00"):
        return False
    page = int.from_bytes(header[16:18], "big")
    pages = int.from_bytes(header[28:32], "big")
    return path.stat().st_size >= pages * (65536 if page == 1 else page)


def to_json(marks: Seal) -> str:
    return json.dumps({name: list(mark) for name, mark in marks.items()}, sort_keys=True)


def from_json(text: str | None) -> Seal:
    return {name: FileMark(*mark) for name, mark in json.loads(text or "{}").items()}
