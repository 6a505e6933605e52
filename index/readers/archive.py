"""Members of a packed file (.docx, .epub), no more of them than allowed: a bomb is found while unpacking."""

from __future__ import annotations

import io
import zipfile
import zlib
from pathlib import Path

from index.errors import InputError
from index.readers.reading import Reading

_MOST_MEMBERS = 20_000
_BLOCK = 65_536


class Archive:
    """A zip file whose members are read whole, as long as they stay together within the limit."""

    def __init__(self, data: bytes, path: Path, reading: Reading) -> None:
        """Opens it.

        Raises:
            InputError: it is no zip file, or has too many members.
        """
        self._path = path
        self._limit = reading.max_unpacked_bytes
        self._left = self._limit
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, EOFError, OSError, NotImplementedError) as error:
            raise InputError(
                f"{path} is truncated, or no {path.suffix} file: {error}",
                hint="fetch or copy it again, or give it the suffix of its real format",
            ) from error
        self._names = {info.filename: info for info in self._zip.infolist()}
        if len(self._names) > _MOST_MEMBERS:
            raise InputError(
                f"{path} has {len(self._names):,} parts; the limit is {_MOST_MEMBERS:,}",
                hint="save it again in a simpler form",
            )

    def names(self) -> list[str]:
        """The names of its members, in its own order."""
        return list(self._names)

    def read(self, name: str) -> bytes | None:
        """A member, unpacked; None when there is none of that name.

        Raises:
            InputError: it is damaged or encrypted, or what was read unpacks to more than the limit.
        """
        info = self._names.get(name)
        if info is None:
            return None
        # What it says of its own size may be a lie, so both are compared: that, and what really comes.
        if info.file_size > self._left:
            raise self._too_much()
        blocks: list[bytes] = []
        try:
            with self._zip.open(info) as member:
                while block := member.read(_BLOCK):
                    self._left -= len(block)
                    if self._left < 0:
                        raise self._too_much()
                    blocks.append(block)
        except RuntimeError as error:  # how zipfile says that a password is missing
            raise InputError(
                f"{self._path} is encrypted: {name!r} needs a password",
                hint="save it without a password and add that",
            ) from error
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError) as error:
            raise InputError(
                f"{self._path} is damaged: {name!r} cannot be unpacked ({error})",
                hint="fetch or copy it again",
            ) from error
        return b"".join(blocks)

    def _too_much(self) -> InputError:
        return InputError(
            f"{self._path} unpacks to more than {self._limit:,} bytes",
            hint="check where it came from; if it is right, raise CITEWELL_MAX_UNPACKED_BYTES",
        )
