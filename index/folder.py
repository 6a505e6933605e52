"""The folder of a library: recognised, opened, or made."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from index.catalog import Catalog
from index.errors import CitewellError, LibraryNotFound, UsageError
from index.lock import WriterLock, unwritable

CATALOG_FILE = "catalog.sqlite3"
LOCK_FILE = "lock"
VECTORS_LOCK_FILE = "vectors.lock"


def is_writable(folder: Path) -> bool:
    return os.access(folder, os.W_OK)


def open_catalog(folder: Path, *, create: bool) -> Catalog:
    """The catalogue of the library in `folder`.

    Raises:
        LibraryNotFound: there is none and `create` is false.
        UsageError: there is something else.
        LibraryUnwritable: it cannot be made.
        LibraryDamaged: it cannot be read.
    """
    file = folder / CATALOG_FILE
    if file.is_file():
        try:
            return Catalog.open(file, read_only=not is_writable(folder))
        except LibraryNotFound:
            if not create:
                raise
    elif not create:
        raise LibraryNotFound(
            f"there is no library in {str(folder)!r}",
            hint="add articles to make one (citewell add PATH), or name another folder with --library",
        )
    return _create(folder, file)


def _create(folder: Path, file: Path) -> Catalog:
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{str(folder)!r} is a file", hint="a library is a folder: name another one")
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        ours = (CATALOG_FILE, LOCK_FILE, VECTORS_LOCK_FILE)
        foreign = [each.name for each in folder.iterdir() if not each.name.startswith((".", *ours))]
        if foreign:
            raise UsageError(
                f"{str(folder)!r} holds other files ({foreign[0]!r}) and is no library",
                hint="name a new or empty folder with --library",
            )
        with contextlib.suppress(PermissionError):  # somebody else's folder that we may write
            folder.chmod(0o700)
    except OSError as error:
        raise unwritable(folder, error) from error
    lock = WriterLock(folder / LOCK_FILE)
    lock.acquire()
    try:
        with contextlib.suppress(CitewellError):
            return Catalog.open(file)  # another process made it first
        return Catalog.create(file)
    finally:
        lock.release()
