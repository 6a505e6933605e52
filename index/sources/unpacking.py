"""Packed bytes unpacked a piece at a time, so that a bomb is noticed before it goes off."""

from __future__ import annotations

import zlib
from collections.abc import Iterable

GZIP = zlib.MAX_WBITS | 16
DEFLATE = zlib.MAX_WBITS


class TooLarge(Exception):
    """Raised when there is more than may be."""


class Damaged(Exception):
    """Raised when the bytes are not packed as they claim, or end too early."""


def gathered(pieces: Iterable[bytes], most: int) -> bytes:
    """Pieces as one.

    Raises:
        TooLarge: they are more than `most` bytes.
    """
    whole = bytearray()
    for piece in pieces:
        whole += piece
        if len(whole) > most:
            raise TooLarge
    return bytes(whole)


def unpacked(pieces: Iterable[bytes], window: int, most: int) -> bytes:
    """What gzip or zlib packed, by `window`; of several gzip members all.

    Raises:
        TooLarge: it is more than `most` bytes; no more than that were unpacked.
        Damaged: it is not packed so, or ends too early.
    """
    whole = bytearray()
    unpacker = zlib.decompressobj(window)
    begun = False
    try:
        for piece in pieces:
            rest = piece
            while rest:
                if unpacker.eof:
                    unpacker = zlib.decompressobj(window)
                begun = True
                whole += unpacker.decompress(rest, most + 1 - len(whole))
                if len(whole) > most:
                    raise TooLarge
                rest = unpacker.unused_data if unpacker.eof else unpacker.unconsumed_tail
    except zlib.error as error:
        raise Damaged(str(error)) from error
    if begun and not unpacker.eof:
        raise Damaged("it ends too early")
    return bytes(whole)
