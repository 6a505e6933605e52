"""Bytes that arrive, into a file that waits to be added, within the quotas; addresses too."""

from __future__ import annotations

from collections.abc import AsyncIterable
from pathlib import Path

from index.errors import InputError, UsageError
from index.readers.files import limit_of
from index.sources.urls import parse_address
from rag.settings import Settings
from ui.uploads import staging
from ui.web.library.additions import Additions, Kind

_MOST_ADDRESSES = 200


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
            hint="wait until the others are done, dismiss what failed, or raise CITEWELL_MAX_WAITING_BYTES",
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
    limit = limit_of(Path(name if kind == "file" else ""), settings.reading())
    with staging(additions.folder) as file:
        size = 0
        async for chunk in chunks:
            size += len(chunk)
            if size > limit.most:
                raise InputError(
                    f"it has more than {limit.most:,} bytes", hint=f"split it, or raise {limit.setting}"
                )
            file.write(chunk)
        file.flush()
        check_room(additions, settings, size)
        return additions.hand_in(kind, name, Path(file.name))
