"""Bytes that arrive, into a file that waits to be added: within the quotas, under a name that is safe."""

from __future__ import annotations

import unicodedata
from collections.abc import AsyncIterable
from pathlib import PurePosixPath

from index.errors import InputError, UsageError
from index.readers import SUFFIXES
from index.sources.urls import parse_address
from rag.settings import Settings
from ui.web.library.additions import Additions, Kind

_LONGEST_PART_BYTES = 200
_MOST_PARTS = 12
_MOST_ADDRESSES = 200


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


def addresses_in(text: str) -> list[str]:
    """The addresses of a text, one a line, each once.

    Raises:
        InputError: a line is no web address.
        UsageError: there is none, or there are too many.
    """
    found = list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))
    if not found:
        raise UsageError("there is no address", hint="write one as https://host/path")
    if len(found) > _MOST_ADDRESSES:
        raise UsageError(
            f"these are {len(found):,} addresses",
            hint=f"hand in {_MOST_ADDRESSES} at a time, or use a terminal",
        )
    for address in found:
        parse_address(address)
    return found


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


def check_file(name: str, size: int, settings: Settings) -> None:
    """Whether a file of this name and size would be read, asked before its bytes are sent.

    Raises:
        InputError: it would not.
    """
    if size > settings.max_article_bytes:
        raise InputError(
            f"it has {megabytes(size)}; the limit is {megabytes(settings.max_article_bytes)}",
            hint="split it, or raise CITEWELL_MAX_ARTICLE_BYTES",
        )
    suffix = PurePosixPath(name).suffix
    if suffix.lower() not in SUFFIXES:
        raise InputError(
            f"files of type {suffix or '(no suffix)'} are not read", hint=f"these are: {', '.join(SUFFIXES)}"
        )


def megabytes(count: int) -> str:
    """A number of bytes for people.

    >>> megabytes(20_000_000), megabytes(1_500)
    ('20 MB', '1.5 kB')
    """
    size, unit = (count / 1_000_000, "MB") if count >= 1_000_000 else (count / 1_000, "kB")
    return f"{size:.1f}".removesuffix(".0") + f" {unit}"


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
