"""Bytes that arrive, into a file that waits to be added: within the quotas, under a name that is safe."""

from __future__ import annotations

import unicodedata
from collections.abc import AsyncIterable
from pathlib import PurePosixPath

from index.errors import InputError, UsageError
from index.readers import SUFFIXES
from rag.settings import Settings
from ui.web.library.additions import Additions, Kind

_LONGEST_PART_BYTES = 200
_MOST_PARTS = 12


def safe_name(name: str) -> str:
    """The path of a file below whatever was dropped, as one that stays below a folder of ours.

    >>> safe_name("notes/../.secret/C:\\\\x/Ferry.md")
    'notes/secret/C:/x/Ferry.md'
    """
    parts = []
    for part in name.replace("\\", "/").split("/"):
        printable = "".join(c for c in part if unicodedata.category(c) not in ("Cc", "Cs", "Cn"))
        kept = printable.strip().lstrip(".")
        if kept:
            stem, dot, suffix = kept.rpartition(".")
            cut = (stem or suffix).encode()[:_LONGEST_PART_BYTES].decode("utf-8", "ignore")
            parts.append(f"{cut}{dot}{suffix[:20]}" if stem else cut)
    return "/".join(parts[-_MOST_PARTS:]) or "unnamed"


def check_room(additions: Additions, settings: Settings, coming: int = 0) -> None:
    """Whether as much may still come.

    Raises:
        UsageError: too much is waiting already.
    """
    count, size = additions.waiting()
    if count >= settings.max_waiting_uploads:
        raise UsageError(
            f"{count:,} files are waiting to be added; no more are taken now",
            hint="hand it in again when they are done, or raise CITEWELL_MAX_WAITING_UPLOADS",
        )
    if size + coming > settings.max_waiting_bytes:
        raise UsageError(
            f"what waits to be added would exceed {settings.max_waiting_bytes:,} bytes",
            hint="hand it in again when the others are done, or raise CITEWELL_MAX_WAITING_BYTES",
        )


def check_kind(name: str) -> None:
    """Whether there is a reader for files of this name.

    Raises:
        InputError: there is none; said before anything is sent.
    """
    suffix = PurePosixPath(name).suffix
    if suffix.lower() not in SUFFIXES:
        raise InputError(
            f"files of type {suffix or '(no suffix)'} are not read", hint=f"these are: {', '.join(SUFFIXES)}"
        )


async def receive(
    additions: Additions, settings: Settings, kind: Kind, name: str, chunks: AsyncIterable[bytes]
) -> int:
    """Bytes as they arrive, handed in when they are whole; the id of the addition.

    Raises:
        InputError: they are more than an article may have.
        UsageError: too much is waiting.
    """
    check_room(additions, settings)
    limit = settings.max_article_bytes
    with additions.receiving() as path:
        size = 0
        with path.open("xb") as file:
            async for chunk in chunks:
                size += len(chunk)
                if size > limit:
                    raise InputError(
                        f"it has more than {limit:,} bytes",
                        hint="split it, or raise CITEWELL_MAX_ARTICLE_BYTES",
                    )
                file.write(chunk)
        check_room(additions, settings, size)
        return additions.hand_in(kind, name, path)
