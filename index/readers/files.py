"""Which files there are to read, and the reader for each suffix."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from index.article import Article
from index.errors import InputError
from index.readers import exports, markdown, text
from index.readers.dates import not_in_future
from index.readers.language import detect_language
from index.readers.page import Page
from index.readers.reading import Reading

_Reader = Callable[[bytes, Path, Reading], Page]

# What reads a format is imported when there is a file of it: trafilatura alone takes half a second.


def _read_text(data: bytes, path: Path, reading: Reading) -> Page:
    return text.read_page(data, path)


def _read_markdown(data: bytes, path: Path, reading: Reading) -> Page:
    return markdown.read_page(data, path)


def _read_html(data: bytes, path: Path, reading: Reading) -> Page:
    from index.readers import html

    return html.read_page(data, path)


def _read_pdf(data: bytes, path: Path, reading: Reading) -> Page:
    from index.readers import pdf

    return pdf.read_page(data, path, reading)


def _read_docx(data: bytes, path: Path, reading: Reading) -> Page:
    from index.readers import docx

    return docx.read_page(data, path, reading)


def _read_epub(data: bytes, path: Path, reading: Reading) -> Page:
    from index.readers import epub

    return epub.read_page(data, path, reading)


def _read_mail(data: bytes, path: Path, reading: Reading) -> Page:
    from index.readers import mail

    return mail.read_mail(data, path)


def _read_saved_page(data: bytes, path: Path, reading: Reading) -> Page:
    from index.readers import mail

    return mail.read_saved_page(data, path)


_READERS: MappingProxyType[str, _Reader] = MappingProxyType(
    {
        ".txt": _read_text,
        ".md": _read_markdown,
        ".markdown": _read_markdown,
        ".html": _read_html,
        ".htm": _read_html,
        ".mhtml": _read_saved_page,
        ".mht": _read_saved_page,
        ".pdf": _read_pdf,
        ".docx": _read_docx,
        ".epub": _read_epub,
        ".eml": _read_mail,
    }
)

ARTICLE_SUFFIXES = tuple(_READERS)
"""Suffixes of files that are one article, lower case, with their dot."""

SUFFIXES = (*ARTICLE_SUFFIXES, *exports.SUFFIXES)
"""Suffixes that can be read, lower case, with their dot."""

_SUPPORTED = ", ".join(SUFFIXES)
_ADDRESS = re.compile(r"https?:/", re.IGNORECASE)


def discover(path: Path) -> list[Path]:
    """The files to read at `path`: the file itself, or those of a folder and its folders, sorted.

    Hidden files and folders are skipped, and so are files of other formats. A folder inside that cannot be
    listed is returned as such: reading it then names it among the failures, and the rest is still added.

    Raises:
        InputError: nothing is there, or a folder holds no readable file.
    """
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError) as error:
        if _ADDRESS.match(str(path)):
            hint = "an address is added in full, as https://host/path; or save the page and add the file"
        elif isinstance(error, PermissionError):
            hint = "check the permissions of the folders above it"
        else:
            hint = "check the spelling; a relative path starts from the current folder"
        what = "cannot be read" if isinstance(error, PermissionError) else "does not exist"
        raise InputError(f"{path} {what}", hint=hint) from error
    if not stat.S_ISDIR(mode):
        return [path]
    found: list[Path] = []
    unreadable: list[OSError] = []
    for folder, folders, names in os.walk(path, onerror=unreadable.append):
        folders[:] = [name for name in folders if not name.startswith(".")]
        found.extend(
            Path(folder, name)
            for name in names
            if not name.startswith(".") and Path(name).suffix.lower() in SUFFIXES
        )
    found.extend(Path(os.fsdecode(error.filename)) for error in unreadable)
    if not found:
        raise InputError(
            f"{path} holds no file that can be read",
            hint=f"put articles there ({_SUPPORTED}), or add one by name",
        )
    return sorted(found, key=lambda file: file.parts)


def read(
    path: Path, *, article_id: str, reading: Reading, staged: Path | None = None, source: str | None = None
) -> Iterator[Article | InputError]:
    """The articles in one file, by the reader for its suffix; a row of an export that is none is its error.

    It depends on nothing but the file and the arguments, so that it can be done in any process. The articles
    of an export have the id and the source of the file, with `#` and the key of the row behind them.

    Args:
        path: Where the file is, or what is called so by whoever sent it.
        article_id: Of the article.
        reading: How much of it is read at most.
        staged: Where the bytes of one that was sent are.
        source: Where it is from; by default its path.

    Raises:
        InputError: it cannot be read, is too large, is of another format, or holds no article.
    """
    data = _load(path, staged or path, reading)
    source = source or source_of(path)
    if path.suffix.lower() in exports.SUFFIXES:
        for row in exports.read_rows(data, path, reading):
            if isinstance(row, InputError):
                yield row
            else:
                yield _article(row.page, f"{article_id}#{row.key}", f"{source}#{row.key}")
        return
    _check_type(path)
    yield _article(read_page(data, path, reading), article_id, source)


def check_file(path: Path, size: int, reading: Reading) -> None:
    """Whether a file of this name and size would be read, asked before its bytes are there.

    Raises:
        InputError: it would not; the message names it.
    """
    _check_type(path)
    _check_size(path, size, reading)


class Limit(NamedTuple):
    """How many bytes a file may have, and the setting that says so."""

    most: int
    setting: str


def limit_of(path: Path, reading: Reading) -> Limit:
    """How large a file of this name may be."""
    if path.suffix.lower() in exports.SUFFIXES:
        return Limit(reading.max_export_bytes, "CITEWELL_MAX_EXPORT_BYTES")
    return Limit(reading.max_article_bytes, "CITEWELL_MAX_ARTICLE_BYTES")


def source_of(path: Path) -> str:
    """What the articles of a file have as their source."""
    return os.fsencode(path.absolute()).decode("utf-8", "replace")


def read_page(data: bytes, path: Path, reading: Reading) -> Page:
    """A file that is one article, from its bytes, by the reader for its suffix: one of `ARTICLE_SUFFIXES`.

    Raises:
        InputError: it holds none.
    """
    return _READERS[path.suffix.lower()](data, path, reading)


def _article(page: Page, article_id: str, source: str) -> Article:
    return Article(
        article_id=article_id,
        text=page.text,
        title=page.title,
        author=page.author,
        publisher=page.publisher,
        url=page.url,
        published=not_in_future(page.published),
        language=page.language or detect_language(page.text),
        pages=page.pages,
        source=source,
    )


def _load(path: Path, at: Path, reading: Reading) -> bytes:
    """The bytes at a place, if they are not too many; errors call the file `path`."""
    limit = limit_of(path, reading).most
    try:
        # A pipe or device would block or never end, so it is not even opened.
        mode = at.stat().st_mode
        if stat.S_ISDIR(mode):
            next(at.iterdir(), None)  # raises where it may not be listed
            raise InputError(f"{path} is a folder", hint="add the folder itself, or a file inside it")
        if not stat.S_ISREG(mode):
            raise InputError(
                f"{path} is not a regular file", hint="copy its content into a file and add that"
            )
        with at.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            data = b"" if size > limit else file.read(limit + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(
            f"{path} cannot be read: {reason}", hint="check that it exists and that you may read it"
        ) from error
    _check_size(path, max(size, len(data)), reading)
    return data


def _check_type(path: Path) -> None:
    if path.suffix.lower() not in SUFFIXES:
        raise InputError(
            f"{path}: files of type {path.suffix or '(no suffix)'} are not read",
            hint=f"these are: {_SUPPORTED}",
        )


def _check_size(path: Path, size: int, reading: Reading) -> None:
    limit = limit_of(path, reading)
    if size > limit.most:
        raise InputError(
            f"{path} has {size:,} bytes; the limit is {limit.most:,}",
            hint=f"split it, or raise {limit.setting}",
        )
