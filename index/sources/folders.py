"""Folders that are looked at again and again: what is new, what changed, what is gone."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from index.catalog import Catalog
from index.ingest import Source, find_sources


class Signature(NamedTuple):
    """By what a file is seen to have changed, without reading it."""

    modified_ns: int
    size: int
    inode: int


class Gone(NamedTuple):
    """An article whose file is no longer there."""

    article_id: str
    source: str


class Watched:
    """Files and folders, and how they were when they were last looked at."""

    def __init__(self, paths: Sequence[str | Path]) -> None:
        self._paths = tuple(paths)
        self._known: dict[Path, Signature | None] = {}
        self._failures: set[str] = set()
        self._whole: tuple[Path, ...] = ()
        """Folders that could be walked at the last look."""
        self._told: set[str] = set()
        """Ids of articles that were told to be gone."""
        self._came_or_went = True

    def forget(self) -> None:
        """Look at everything anew the next time: what was found could not be added."""
        self._known, self._failures = {}, set()

    def changes(self) -> list[Source]:
        """What is new or changed since the last look, as `Library.add` takes it; failures once each.

        A file is as it was while size, time and inode are: one still being written is looked at again.
        """
        found: list[Source] = []
        known: dict[Path, Signature | None] = {}
        failures: set[str] = set()
        for source in find_sources(self._paths):
            if source.failure is not None:
                failures.add(source.failure.message)
                if source.failure.message not in self._failures:
                    found.append(source)
            elif source.path is not None:
                known[source.path] = _signature(source.path)
                if source.path not in self._known or known[source.path] != self._known[source.path]:
                    found.append(source)
        self._came_or_went |= known.keys() != self._known.keys()
        self._known, self._failures = known, failures
        walked = (Path(path).expanduser().resolve() for path in self._paths)
        self._whole = tuple(
            path for path in walked if path.is_dir() and any(file.is_relative_to(path) for file in known)
        )
        return found

    def gone(self, catalog: Catalog) -> list[Gone]:
        """Articles that came from a file in a folder and whose file is gone, each told once.

        Of a folder that is missing or has no readable file left nothing is told: a disk that is not mounted
        looks so.
        """
        if not self._came_or_went:
            return []
        self._came_or_went = False
        present = {os.fsencode(path).decode("utf-8", "replace") for path in self._known}
        folders = tuple(f"{folder}{os.sep}" for folder in self._whole)
        now: set[str] = set()
        found: list[Gone] = []
        for info in catalog.infos():
            inside = info.source.startswith(folders)
            if not inside or info.source in present or os.path.lexists(info.source):
                continue
            now.add(info.article_id)
            if info.article_id not in self._told:
                found.append(Gone(info.article_id, info.source))
        self._told = now
        return found


def _signature(path: Path) -> Signature | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return Signature(status.st_mtime_ns, status.st_size, status.st_ino)
