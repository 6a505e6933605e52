"""Word documents (.docx): mammoth makes HTML of them, and that is read as text."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import mammoth

from index.errors import InputError
from index.readers.archive import Archive
from index.readers.blocks import blocks_text
from index.readers.cleaning import clean_line, require_text
from index.readers.dates import dateline
from index.readers.markup import first_text, parse_html, parse_xml
from index.readers.page import Page, looks_like_title, parse_language, title_from_name
from index.readers.reading import Reading

_OLD_OR_LOCKED = b"\xd0\xcf\x11\xe0"
_STYLES = "p[style-name='Title'] => h1:fresh"


def read_page(data: bytes, path: Path, reading: Reading) -> Page:
    """A `.docx` file as a page.

    The day on which the file was made is not taken for the article's.

    Raises:
        InputError: it is no such file, is encrypted or damaged, unpacks to too much, or holds no text.
    """
    if data.startswith(_OLD_OR_LOCKED):
        raise InputError(
            f"{path} is encrypted, or in the format of Word before 2007",
            hint="save it as .docx without a password and add that",
        )
    archive = Archive(data, path, reading)
    if "word/document.xml" not in archive.names():
        raise InputError(f"{path} is no Word document", hint="give it the suffix of its real format")
    # mammoth unpacks without a limit, so it is given only what was unpacked within ours, and no images.
    parts = {name: archive.read(name) or b"" for name in archive.names() if name.endswith((".xml", ".rels"))}
    root = parse_html(_html(_packed(parts), path))
    text = require_text("" if root is None else blocks_text(root), path, what="holds no text")
    core = parse_xml(parts.get("docProps/core.xml"))
    first = text.partition("\n")[0]
    heading = "" if root is None else first_text(root, "h1")
    return Page(
        text=text,
        title=clean_line(first_text(core, "title") or heading)
        or (first if looks_like_title(first) else title_from_name(path)),
        author=clean_line(first_text(core, "creator")) or None,
        published=dateline(text.split("\n")),
        language=parse_language(first_text(core, "language")),
    )


def _packed(parts: dict[str, bytes]) -> io.BytesIO:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return packed


def _html(file: io.BytesIO, path: Path) -> str:
    def no_image(image: Any) -> list[Any]:
        return []

    try:
        return str(mammoth.convert_to_html(file, convert_image=no_image, style_map=_STYLES).value)
    except Exception as error:  # whatever its parsers raise on foreign XML
        raise InputError(
            f"{path} is damaged: {type(error).__name__}: {error}", hint="open it and save it again as .docx"
        ) from error
