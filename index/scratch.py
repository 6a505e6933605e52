"""Folders for what one process needs while it runs: private to the user, and gone when their owner is.

A process that was killed cannot remove its own. Each folder is locked for as long as it is in use, so whoever
makes the next one finds those that nobody uses any more, and removes them.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
import weakref
from functools import cache
from pathlib import Path

_PREFIX = "citewell-run-"


class Scratch:
    """A folder that is removed when this is closed, let go of, or the process ends."""

    def __init__(self, parent: Path | None = None) -> None:
        """Make it in `parent`, by default where the system keeps temporary files."""
        place = parent or Path(tempfile.gettempdir())
        _sweep(place)
        self.path, lock = _made(place)
        self.close = weakref.finalize(self, _remove, self.path, lock)
        """Remove it; again, this does nothing."""

    def __enter__(self) -> Path:
        return self.path

    def __exit__(self, *exception: object) -> None:
        self.close()


def until_the_end() -> Path:
    """The folder of this process, for what no part of it owns."""
    return _of_process().path


@cache
def _of_process() -> Scratch:
    return Scratch()


def _made(place: Path) -> tuple[Path, int]:
    """A new folder, and the descriptor that holds it locked."""
    while True:
        path = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=place))
        with contextlib.suppress(FileNotFoundError):  # it was swept away before it was locked
            lock = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
            fcntl.flock(lock, fcntl.LOCK_EX)
            if path.exists():
                return path, lock
            os.close(lock)


def _remove(path: Path, lock: int) -> None:
    shutil.rmtree(path, ignore_errors=True)
    os.close(lock)


def _sweep(place: Path) -> None:
    """Remove those of this user that nobody uses."""
    for path in place.glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError):  # somebody else's, in use, or gone meanwhile
            lock = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
            try:
                if os.fstat(lock).st_uid == os.getuid():
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    shutil.rmtree(path, ignore_errors=True)
            finally:
                os.close(lock)
