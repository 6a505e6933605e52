"""Files that are sent, by the page or by a program: each waits in the library's folder until it is added.

Both hand it to `Library.add` as one source, called by the name that its sender gave it: sent again, it is an
update of the same article.
"""

from __future__ import annotations

import contextlib
import fcntl
import re
import secrets
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from index.errors import InputError
from index.lock import is_unwritable, unwritable

FOLDER = "uploads"
"""Where they wait, within the library's folder."""

_STAGED = re.compile(r"[0-9a-f]{32}(\.part)?")


def safe_name(name: str) -> str:
    """The path of a file below whatever was sent, as one that leads nowhere else.

    Raises:
        InputError: nothing is left of it.

    >>> safe_name("notes/../.secret/C:\\\\x/Ferry.md")
    'notes/secret/C:/x/Ferry.md'
    """
    parts = []
    for part in name.replace("\\", "/").split("/"):
        printable = "".join(c for c in part if unicodedata.category(c) not in ("Cc", "Cs", "Cn"))
        if kept := printable.strip().lstrip("."):
            parts.append(kept)
    if not parts:
        raise InputError(f"{name[:100]!r} is no name of a file", hint="send it under another name")
    return "/".join(parts)


@contextlib.contextmanager
def staging(folder: Path) -> Iterator[BinaryIO]:
    """A file for bytes that arrive; it is gone afterwards unless it was renamed meanwhile.

    Raises:
        LibraryUnwritable: the folder cannot be written.
    """
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        with _created(folder) as file:
            try:
                yield file
            finally:
                with contextlib.suppress(OSError):
                    Path(file.name).unlink(missing_ok=True)
    except OSError as error:
        if is_unwritable(error):
            raise unwritable(folder.parent, error) from error
        raise


def sweep(folder: Path, is_known: Callable[[str], bool]) -> None:
    """Remove what a process that ended has left: files whose name nobody knows and nobody is writing."""
    for path in folder.iterdir():
        if not _STAGED.fullmatch(path.name):
            continue
        with contextlib.suppress(OSError), path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if not is_known(path.stem):
                path.unlink()


def _created(folder: Path) -> BinaryIO:
    """A new file, locked while it is open: `sweep` leaves it alone."""
    while True:
        path = folder / f"{secrets.token_hex(16)}.part"
        file = path.open("xb")
        fcntl.flock(file, fcntl.LOCK_EX)
        if path.exists():
            return file
        file.close()  # it was swept away before it was locked
