"""A reply without the thinking aloud that some models, or their servers, leave in front of it."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing

_OPENS, _CLOSES = "<think>", "</think>"


def without_thoughts(pieces: Generator[str, None, None]) -> Generator[str, None, None]:
    """The pieces of a reply behind its thoughts; closing it closes them.

    >>> list(without_thoughts(piece for piece in ("<th", "ink>No, ", "49.</thi", "nk> It ", "cost 49.")))
    ['It ', 'cost 49.']
    >>> list(without_thoughts(piece for piece in ("<the ", "end")))
    ['<the ', 'end']
    """
    head = ""
    with closing(pieces):
        for piece in pieces:
            head += piece
            begun = head.lstrip()
            if begun.startswith(_OPENS):
                _, closed, behind = begun.partition(_CLOSES)
                if closed and behind.strip():
                    yield behind.lstrip()
                    break
            elif not _OPENS.startswith(begun):
                yield head
                break
        else:
            begun = head.lstrip()
            if begun and not begun.startswith(_OPENS):
                yield head
        yield from pieces
