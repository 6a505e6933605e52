"""In which format a document from the web is: by its first bytes, else by what its server calls it."""

from __future__ import annotations

import io
import zipfile
from pathlib import PurePosixPath
from types import MappingProxyType
from urllib.parse import unquote, urlsplit

from index.errors import InputError
from index.readers.exports import SUFFIXES as EXPORT_SUFFIXES
from index.readers.files import ARTICLE_SUFFIXES
from index.sources.documents import Fetched

_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_NAMED = MappingProxyType(
    {
        "text/html": ".html",
        "application/xhtml+xml": ".html",
        "text/plain": ".txt",
        "text/markdown": ".md",
        "application/pdf": ".pdf",
        "application/x-pdf": ".pdf",
        _WORD: ".docx",
        "application/epub+zip": ".epub",
        "message/rfc822": ".eml",
        "multipart/related": ".mhtml",
        "application/x-mimearchive": ".mhtml",
    }
)
"""Content types that say what a document is, and the format of each."""
_UNSAID = frozenset(
    [
        *("", "application/octet-stream", "binary/octet-stream", "application/download"),
        *("application/force-download", "application/x-download"),
    ]
)
"""Content types that say nothing of it."""
_EXPORTS = MappingProxyType(
    {
        "text/csv": ".csv",
        "application/csv": ".csv",
        "text/comma-separated-values": ".csv",
        "text/tab-separated-values": ".tsv",
        "application/json": ".json",
        "text/json": ".json",
        "application/x-ndjson": ".ndjson",
        "application/ndjson": ".ndjson",
        "application/jsonl": ".jsonl",
        "application/x-jsonlines": ".jsonl",
    }
)
"""Content types of exports, and the format of each."""

TYPES = frozenset({*_NAMED, *_UNSAID} - {""})
ACCEPT = (
    "text/html, application/xhtml+xml, application/pdf;q=0.9, application/epub+zip;q=0.9, "
    f"{_WORD};q=0.9, text/plain;q=0.8, text/markdown;q=0.8, */*;q=0.1"
)
EXPORT_TYPES = frozenset(_EXPORTS)
EXPORT_ACCEPT = "text/csv;q=0.8, application/x-ndjson;q=0.8, application/json;q=0.7"
_MAGIC_WITHIN = 1_024


def format_of(fetched: Fetched) -> str:
    """The suffix of the format that a document is read as.

    Its bytes come first: many a server sends PDFs as pages, or all its files as bytes. Its address is asked
    last: `/report.pdf` is often a page about the report.

    Raises:
        InputError: it is packed, and no document.
    """
    if b"%PDF-" in fetched.data[:_MAGIC_WITHIN]:
        return ".pdf"
    if fetched.data.startswith(b"PK\x03\x04"):
        return _packed(fetched)
    named = _NAMED.get(fetched.content_type)
    if named is not None:
        return named
    ending = _ending(fetched.url)
    if fetched.content_type and ending in ARTICLE_SUFFIXES:
        return ending
    return ".html"


def export_format(url: str, content_type: str) -> str | None:
    """The suffix of the format of an export at an address; None where what is there is none.

    Many a server sends exports as plain text or as bytes: then the address says what they are.

    >>> export_format("https://example.org/news.csv", "text/plain")
    '.csv'
    >>> export_format("https://example.org/news?format=csv", "text/csv")
    '.csv'
    >>> export_format("https://example.org/news.csv", "text/html")
    """
    ending = _ending(url)
    if ending in EXPORT_SUFFIXES and (content_type in _EXPORTS or content_type in (*_UNSAID, "text/plain")):
        return ending
    return _EXPORTS.get(content_type)


def _ending(url: str) -> str:
    return PurePosixPath(unquote(urlsplit(url).path)).suffix.lower()


def _packed(fetched: Fetched) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(fetched.data)) as packed:
            names = set(packed.namelist())
    except (zipfile.BadZipFile, ValueError, EOFError, OSError, NotImplementedError):
        names = set()  # its reader says what is wrong with it
    if "word/document.xml" in names:
        return ".docx"
    if "META-INF/container.xml" in names:
        return ".epub"
    named = _NAMED.get(fetched.content_type, "")
    if named in (".docx", ".epub"):
        return named
    raise InputError("it is a packed file (zip), which is not read", hint="unpack it and add the files")
