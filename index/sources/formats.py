"""In which format a document from the web is: by its first bytes, else by what its server calls it."""

from __future__ import annotations

import io
import zipfile
from pathlib import PurePosixPath
from types import MappingProxyType
from urllib.parse import unquote, urlsplit

from index.errors import InputError
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

TYPES = frozenset({*_NAMED, *_UNSAID} - {""})
ACCEPT = (
    "text/html, application/xhtml+xml, application/pdf;q=0.9, application/epub+zip;q=0.9, "
    f"{_WORD};q=0.9, text/plain;q=0.8, text/markdown;q=0.8, */*;q=0.1"
)
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
    ending = PurePosixPath(unquote(urlsplit(fetched.url).path)).suffix.lower()
    if fetched.content_type and ending in ARTICLE_SUFFIXES:
        return ending
    return ".html"


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
