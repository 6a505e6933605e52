"""Files that were sent, as articles: read by the readers, kept nowhere."""

from __future__ import annotations

import dataclasses
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import BinaryIO, NamedTuple

from index.article import Article
from index.errors import InputError
from index.readers.reading import Reading


class Upload(NamedTuple):
    """A file as it came."""

    name: str
    """As its sender calls it."""
    file: BinaryIO


def read_upload(upload: Upload, *, reading: Reading) -> Iterator[Article | InputError]:
    """The articles of a file, each under its canonical URL or else the file's name; errors name the file.

    An export holds many, and a wrong row of it is an error in its place.

    Raises:
        InputError: it has no usable name, is too large, or holds no article; the message names it.
    """
    from index.readers import read

    name = PurePosixPath(upload.name.replace("\\", "/")).name
    if not name.strip(".") or not name.isprintable():
        raise InputError(f"{upload.name[:100]!r} is no name of a file", hint="send it under another name")
    with tempfile.TemporaryDirectory(prefix="citewell-") as folder:
        path = Path(folder, name)
        try:
            with path.open("wb") as copy:
                shutil.copyfileobj(upload.file, copy)
        except OSError as error:
            raise InputError(
                f"{name} cannot be kept: {error.strerror}", hint="send it under a shorter name"
            ) from error
        try:
            for read_one in read(path, article_id=name, reading=reading):
                if isinstance(read_one, InputError):
                    yield _without(folder, read_one)
                    continue
                article_id = read_one.url or read_one.article_id
                yield dataclasses.replace(read_one, article_id=article_id, source=f"upload:{name}")
        except InputError as error:
            raise _without(folder, error) from error


def _without(folder: str, error: InputError) -> InputError:
    """The error without our folder, of which the file's sender knows nothing."""
    return InputError(error.message.replace(f"{folder}/", ""), hint=error.hint)
