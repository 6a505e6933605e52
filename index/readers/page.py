"""What every format's reader returns, and the checks on its metadata that they share."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from index.article import language_code
from index.readers.cleaning import clean_line

_TITLE_CHARS = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One file as read: cleaned text and what it says of itself."""

    text: str
    title: str
    author: str | None = None
    publisher: str | None = None
    url: str | None = None
    published: date | None = None
    language: str | None = None
    pages: tuple[int, ...] = ()
    """Where the printed pages begin in the text, as in `Article`."""


def parse_url(value: str) -> str | None:
    """An absolute http(s) address in one spelling (host in lower case, no fragment), or None.

    >>> parse_url("HTTPS://Example.com/a#part")
    'https://example.com/a'
    """
    try:
        parts = urlsplit(clean_line(value))
        host, _ = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host or any(c.isspace() for c in value.strip()):
        return None
    return urlunsplit((parts.scheme, parts.netloc.lower(), parts.path, parts.query, ""))


def parse_language(value: str) -> str | None:
    """The ISO 639-1 part of a language tag, or None.

    >>> parse_language("en-GB")
    'en'
    """
    code = language_code(value)
    return code if re.fullmatch("[a-z]{2}", code) else None


def looks_like_title(line: str) -> bool:
    """Whether a text's first line reads as its title: short, with a letter, not ended like a sentence."""
    return (
        0 < len(line) <= _TITLE_CHARS
        and any(c.isalpha() for c in line)
        and line.rstrip("\"'”’»)")[-1:] not in ".;:,"
    )


def title_from_name(path: Path) -> str:
    """A readable title from a file's name.

    >>> title_from_name(Path("kremlin-security_cooperation.txt"))
    'kremlin security cooperation'
    """
    return clean_line(re.sub("[-_]+", " ", path.stem)) or clean_line(path.name)
