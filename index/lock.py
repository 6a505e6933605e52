"""Locks between processes: one writer at a time, and readers kept off files that are being replaced.

Both are flocks, so the kernel releases them however their holder ends. A lock belongs to the open file, not
to the process: two libraries opened on one folder in one process exclude each other as two processes do.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import json
import os
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from index.errors import LibraryLocked, LibraryUnwritable

_POLL_SECONDS = 0.1
_UNWRITABLE = (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT)


class WriterLock:
    """The right to change a library. The lock file names the holder for whoever has to wait."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: int | None = None

    @property
    def held(self) -> bool:
        return self._file is not None

    def try_acquire(self) -> bool:
        """Take the lock if it is free.

        Raises:
            LibraryUnwritable: the lock file cannot be written.
        """
        if self._file is not None:
            return True
        try:
            file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise unwritable(self._path.parent, error) from error
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(file)
            if error.errno in (errno.EAGAIN, errno.EACCES):
                return False
            raise unwritable(self._path.parent, error) from error
        since = datetime.now(UTC).isoformat(timespec="seconds")
        with contextlib.suppress(OSError):  # a full disk must not stop a removal; the name is a courtesy
            os.ftruncate(file, 0)
            os.pwrite(file, json.dumps({"pid": os.getpid(), "since": since}).encode(), 0)
        self._file = file
        return True

    def acquire(self, *, wait: bool = True, notice: Callable[[str], None] | None = None) -> None:
        """Take the lock, waiting for its holder (said once through `notice`) unless `wait` is false.

        Raises:
            LibraryLocked: another writer holds it and `wait` is false.
            LibraryUnwritable: the lock file cannot be written.
        """
        told = False
        while not self.try_acquire():
            holder = self.holder()
            if not wait:
                raise LibraryLocked(
                    f"another process is writing to this library ({holder})",
                    hint="try again when it is done, or let this command wait (without --no-wait)",
                )
            if not told and notice is not None:
                notice(f"Waiting for another writer of this library ({holder}) …")
                told = True
            time.sleep(_POLL_SECONDS)

    def release(self) -> None:
        if self._file is not None:
            with contextlib.suppress(OSError):
                os.ftruncate(self._file, 0)
            os.close(self._file)
            self._file = None

    def holder(self) -> str:
        """The holder in words, as far as it has said."""
        try:
            said = json.loads(self._path.read_text())
            return f"process {said['pid']}, since {said['since']}"
        except (OSError, ValueError, KeyError, TypeError):
            return "process unknown"


@contextlib.contextmanager
def file_lock(path: Path, *, exclusive: bool) -> Iterator[None]:
    """Hold `path` locked, shared or alone, waiting as long as it takes.

    Where the file cannot even be opened (a library that somebody else owns and never wrote with this
    version), there is no writer of ours to be kept apart from, and nothing is locked.
    """
    try:
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError:
        try:
            file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            yield
            return
    try:
        fcntl.flock(file, fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH)
        yield
    finally:
        os.close(file)


def is_unwritable(error: OSError) -> bool:
    """Whether an error of the operating system means that this place cannot be written."""
    return error.errno in _UNWRITABLE


def unwritable(folder: Path, error: OSError) -> LibraryUnwritable:
    """The error for a folder that the operating system refuses to let us write."""
    hint = (
        "free some space; nothing that was already in the library is lost"
        if error.errno in (errno.ENOSPC, errno.EDQUOT)
        else "check the folder's owner and permissions, or name another folder with --library"
    )
    return LibraryUnwritable(
        f"the library {str(folder)!r} cannot be written: {error.strerror or error}", hint=hint
    )
