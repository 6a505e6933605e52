"""PDF: the text of its pages, and where each page begins in it."""

from __future__ import annotations

import ctypes
import re
import threading
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from index.errors import InputError
from index.readers.cleaning import clean_line
from index.readers.dates import dateline
from index.readers.page import Page, parse_language, title_from_name
from index.readers.pdf_layout import in_reading_order
from index.readers.pdf_lines import Line, page_lines
from index.readers.pdf_paragraphs import join_lines
from index.readers.reading import Reading

_HEADER_WITHIN = 1_024
_END_WITHIN = 65_536
_MOST_UNREADABLE = 0.3
_LANGUAGE_BYTES = 200
_TITLE_SIZE = 1.2
"""A headline's letters are this much larger than the text's, at least."""
_TITLE_LINES = 4
_NO_TITLE = re.compile(
    r"untitled.*|(?:microsoft )?(?:word|powerpoint|excel)\b.*"
    r"|.*\.(?:docx?|pptx?|indd|qxp|tex|dvi|odt|rtf|pdf|html?)"
    r"|print|slide \d+|document\d*|about:blank|https?:.*",
    re.IGNORECASE,
)
"""What programs write where a title should stand."""

_one_at_a_time = threading.Lock()
"""PDFium is not made for threads."""


def read_page(data: bytes, path: Path, reading: Reading) -> Page:
    """A `.pdf` file as a page.

    Its own date of creation is not taken for the article's: that is when somebody printed or exported it.

    Raises:
        InputError: it is no PDF, is encrypted, damaged, too long, or holds no text that can be read.
    """
    with _one_at_a_time, _opened(data, path) as document:
        count = len(document)
        if count > reading.max_pages:
            raise InputError(
                f"{path} has {count:,} pages; the limit is {reading.max_pages:,}",
                hint="split it, or raise CITEWELL_MAX_PAGES",
            )
        pages = _read_lines(document, path, reading)
        stated = {name: clean_line(document.get_metadata_value(name)) for name in ("Title", "Author")}
        language = parse_language(_language(document))
    lines = in_reading_order(pages)
    text, starts = join_lines(lines, count)
    _require_letters(text, path)
    title = "" if _NO_TITLE.fullmatch(stated["Title"]) else stated["Title"]
    return Page(
        text=text,
        title=title or _headline(lines) or title_from_name(path),
        author=stated["Author"] or None,
        published=dateline([line.text for line in lines]),
        language=language,
        pages=starts,
    )


@contextmanager
def _opened(data: bytes, path: Path) -> Iterator[Any]:
    if b"%PDF-" not in data[:_HEADER_WITHIN]:
        raise InputError(f"{path} is not a PDF", hint="give it the suffix of its real format")
    if b"%%EOF" not in data[-_END_WITHIN:]:
        # PDFium would mend it as far as it goes, and nobody would know that the rest is missing.
        raise InputError(f"{path} is truncated: the end of the PDF is missing", hint="fetch or copy it again")
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) in (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY):
            raise InputError(
                f"{path} is encrypted: it opens with a password only",
                hint="save it without a password and add that",
            ) from error
        raise _damaged(path, error) from error
    try:
        yield document
    except pypdfium2.PdfiumError as error:
        raise _damaged(path, error) from error
    finally:
        document.close()


def _language(document: Any) -> str:
    """What the document says of its language; PDFium counts bytes of UTF-16, the closing zero with them."""
    size = pdfium.FPDFCatalog_GetLanguage(document, None, 0)
    if not 2 < size <= _LANGUAGE_BYTES:
        return ""
    said = ctypes.create_string_buffer(size)
    pdfium.FPDFCatalog_GetLanguage(document, ctypes.cast(said, ctypes.POINTER(pdfium.FPDF_WCHAR)), size)
    return said.raw.decode("utf-16-le", "replace").rstrip("\0")


def _damaged(path: Path, error: Exception) -> InputError:
    return InputError(f"{path} is damaged: {error}", hint="fetch it again, or print it to a new PDF")


def _read_lines(document: Any, path: Path, reading: Reading) -> list[list[Line]]:
    pages: list[list[Line]] = []
    characters = 0
    for number in range(len(document)):
        page = document[number]
        try:
            pages.append(page_lines(page, number))
        finally:
            page.close()
        characters += sum(len(line.text) for line in pages[-1])
        if characters > reading.max_article_bytes:
            raise InputError(
                f"{path} holds more than {reading.max_article_bytes:,} characters of text",
                hint="split it, or raise CITEWELL_MAX_ARTICLE_BYTES",
            )
    return pages


def _require_letters(text: str, path: Path) -> None:
    if not any(c.isalnum() for c in text):
        raise InputError(
            f"{path} holds no text: its pages are images, or empty",
            hint="put it through text recognition (OCR) first, for example: ocrmypdf IN.pdf OUT.pdf",
        )
    unreadable = sum(unicodedata.category(c) in ("Co", "Cn", "Cc") or c == "\ufffd" for c in text)
    if unreadable > _MOST_UNREADABLE * len(text):
        raise InputError(
            f"{path} does not say which letters its fonts draw",
            hint="put it through text recognition first, for example: ocrmypdf --force-ocr IN.pdf OUT.pdf",
        )


def _headline(lines: Sequence[Line]) -> str | None:
    """The largest letters of the first page that has any, where they are larger than the text's."""
    first = [line for line in lines if line.page == lines[0].page]
    largest = max(line.size for line in first)
    if largest < _TITLE_SIZE * median(line.size for line in lines):
        return None
    found = [line.text for line in first if line.size * _TITLE_SIZE > largest]
    return clean_line(" ".join(found)) if len(found) <= _TITLE_LINES else None
