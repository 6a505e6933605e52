"""A page of the web as an article: its text by the readers of files, its name by its own address."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from urllib.parse import unquote, urlsplit

from index.article import Article
from index.errors import InputError
from index.readers import markdown, text
from index.readers.decoding import declared_charset, decode
from index.readers.page import Page
from index.sources.documents import Fetched, Kind
from index.sources.urls import same_site, tidy

_SUFFIXES = MappingProxyType(
    {
        "text/html": ".html",
        "application/xhtml+xml": ".html",
        "text/plain": ".txt",
        "text/markdown": ".md",
    }
)
"""Content types that are read, and the format of each."""

_ENDING = re.compile(r"\.(?:html?|xhtml|php|aspx?|jsp|txt|md)$", re.IGNORECASE)

PAGE = Kind(
    accept="text/html, application/xhtml+xml, text/plain;q=0.8, text/markdown;q=0.8",
    types=frozenset(_SUFFIXES),
)


def read_web_page(fetched: Fetched, *, address: str) -> Article:
    """The article of a page that was asked for at `address`.

    Its id is its canonical URL if that is on the site the page came from, else where it was in the end: no
    page can take the place of another site's article by calling itself so.

    Raises:
        InputError: there is none in it; the message names the address.
    """
    suffix = _SUFFIXES.get(fetched.content_type, ".html")
    path = Path(_name(fetched.url) + suffix)
    try:
        page = _read(fetched, path, suffix)
    except InputError as error:
        said = error.message.removeprefix(str(path)).lstrip(" :")
        raise InputError(f"{address}: {said}", hint=error.hint) from error
    own = tidy(fetched.url)
    stated = page.url or ""
    believed = same_site(stated, own) and "@" not in urlsplit(stated).netloc
    canonical = stated if believed else own
    return Article(
        article_id=canonical,
        text=page.text,
        title=page.title,
        author=page.author,
        publisher=page.publisher,
        url=canonical,
        published=not_in_future(page.published),
        language=page.language,
        source=tidy(address),
    )


def not_in_future(day: date | None) -> date | None:
    """A date, unless it has not begun anywhere yet: then it is a mistake of the page's."""
    return day if day is None or day <= datetime.now(UTC).date() + timedelta(days=1) else None


def _read(fetched: Fetched, path: Path, suffix: str) -> Page:
    named = fetched.charset if fetched.charset and decodes(fetched.data, fetched.charset) else None
    # The reader tries UTF-8 first; so what the server said of the encoding is settled here.
    data = decode(fetched.data, path, declared=named or declared_charset(fetched.data)).encode("utf-8")
    if suffix == ".txt":
        return text.read_page(data, path)
    if suffix == ".md":
        return markdown.read_page(data, path)
    from index.readers import html  # trafilatura takes half a second to load

    return html.read_page(data, path)


def decodes(data: bytes, charset: str) -> bool:
    """Whether bytes can be what a server says of them."""
    try:
        data.decode(charset)
    except (LookupError, ValueError):
        return False
    return True


def _name(url: str) -> str:
    """The last part of an address, or its host: a title where the page has none."""
    parts = urlsplit(url)
    last = _ENDING.sub("", unquote(parts.path.rstrip("/").rpartition("/")[2]))
    return last.replace("/", " ").replace("\x00", "")[:100] or parts.hostname or "page"
