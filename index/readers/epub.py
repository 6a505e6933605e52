"""Books (.epub): the chapters in the order of the book's spine, and what the book says of itself."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

from lxml.etree import _Element

from index.errors import InputError
from index.readers.archive import Archive
from index.readers.blocks import blocks_text
from index.readers.cleaning import clean_line, is_blank, require_text
from index.readers.dates import parse_date
from index.readers.decoding import declared_charset, decode
from index.readers.markup import first_text, parse_html, parse_xml
from index.readers.page import Page, parse_language, parse_url, title_from_name
from index.readers.reading import Reading

_FONTS_ONLY = (".otf", ".ttf", ".woff", ".woff2")


def read_page(data: bytes, path: Path, reading: Reading) -> Page:
    """An `.epub` file as a page; its table of contents is left out.

    Raises:
        InputError: it is no such file, is protected or damaged, unpacks to too much, or holds no text.
    """
    archive = Archive(data, path, reading)
    place = _attribute(parse_xml(archive.read("META-INF/container.xml")), "rootfile", "full-path")
    book = parse_xml(archive.read(place)) if place else None
    if book is None:
        raise InputError(
            f"{path} is no EPUB: it names no contents", hint="give it the suffix of its real format"
        )
    _require_open(archive, path)
    chapters = (_chapter(archive, name, path) for name in _spine(book, posixpath.dirname(place)))
    text = "\n\n".join(chapter for chapter in chapters if not is_blank(chapter))
    require_text(text, path, what="holds no text")
    authors = [clean_line("".join(each.itertext())) for each in book.iter("{*}creator")]
    return Page(
        text=text,
        title=clean_line(first_text(book, "metadata/title")) or title_from_name(path),
        author=", ".join(filter(None, authors)) or None,
        publisher=clean_line(first_text(book, "metadata/publisher")) or None,
        url=parse_url(first_text(book, "metadata/source")),
        published=parse_date(first_text(book, "metadata/date")),
        language=parse_language(first_text(book, "metadata/language")),
    )


def _attribute(root: _Element | None, name: str, attribute: str) -> str:
    found = next(root.iter(f"{{*}}{name}"), None) if root is not None else None
    return (found.get(attribute) or "") if found is not None else ""


def _require_open(archive: Archive, path: Path) -> None:
    encryption = parse_xml(archive.read("META-INF/encryption.xml"))
    if encryption is None:
        return
    locked = [each.get("URI") or "" for each in encryption.iter("{*}CipherReference")]
    if any(not name.lower().endswith(_FONTS_ONLY) for name in locked):
        raise InputError(
            f"{path} is encrypted (DRM)",
            hint="it can be read by the shop's own reader only; add another copy",
        )


def _spine(book: _Element, folder: str) -> Iterator[str]:
    """Names of the chapters' files in their order."""
    items = {item.get("id"): item for item in book.iter("{*}item")}
    for reference in book.iter("{*}itemref"):
        item = items.get(reference.get("idref"))
        if item is None or "nav" in (item.get("properties") or "").split():
            continue
        if "html" in (item.get("media-type") or "html"):
            yield posixpath.normpath(posixpath.join(folder, unquote(item.get("href") or "")))


def _chapter(archive: Archive, name: str, path: Path) -> str:
    content = archive.read(name)
    if content is None:
        raise InputError(f"{path} is damaged: its chapter {name!r} is missing", hint="fetch or copy it again")
    root = parse_html(decode(content, path, declared=declared_charset(content)))
    return "" if root is None else blocks_text(root)
