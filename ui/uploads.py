"""Files that were sent, as articles: read by the readers, kept nowhere."""

from __future__ import annotations

import dataclasses
import shutil
import tempfile
from pathlib import Path, PurePosixPath
from typing import BinaryIO, NamedTuple

from index.article import Article
from index.errors import InputError


class Upload(NamedTuple):
    """A file as it came."""

    name: str
    """As its sender calls it."""
    file: BinaryIO


def read_upload(upload: Upload, *, max_bytes: int) -> Article:
    """The article of a file, under its canonical URL or else the file's name.

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
            article = read(path, article_id=name, max_bytes=max_bytes)
        except InputError as error:  # its sender knows nothing of our folder
            raise InputError(error.message.replace(f"{folder}/", ""), hint=error.hint) from error
    return dataclasses.replace(article, article_id=article.url or name, source=f"upload:{name}")
