"""A page or document of the web as an article: read as files are, and named by its own address."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

from index.article import Article
from index.errors import InputError
from index.readers.dates import not_in_future
from index.readers.decoding import declared_charset, decode
from index.readers.files import ARTICLE_SUFFIXES, Limit, limit_of, read_page
from index.readers.language import detect_language
from index.readers.reading import Reading
from index.sources.documents import Fetched, Kind
from index.sources.formats import ACCEPT, EXPORT_ACCEPT, EXPORT_TYPES, TYPES, export_format, format_of
from index.sources.urls import same_site, tidy
from index.workers.alone import read_alone

_ENDING = re.compile(
    rf"\.(?:xhtml|php|aspx?|jsp|{'|'.join(s[1:] for s in ARTICLE_SUFFIXES)})$", re.IGNORECASE
)
_IN_LETTERS = frozenset([".html", ".txt", ".md"])
"""Formats that are text, whose encoding the server may tell."""

PAGE = Kind(accept=ACCEPT, types=TYPES)


def page_or_export(reading: Reading) -> Kind:
    """What an address may lead to that somebody names, exports too."""

    def limit(url: str, content_type: str) -> Limit | None:
        suffix = export_format(url, content_type)
        return limit_of(Path(f"export{suffix}"), reading) if suffix is not None else None

    return Kind(accept=f"{ACCEPT}, {EXPORT_ACCEPT}", types=TYPES | EXPORT_TYPES, limit=limit)


def export_name(fetched: Fetched) -> str | None:
    """The name of the file that a fetched export would be; None where it is none."""
    suffix = export_format(fetched.url, fetched.content_type)
    return f"{_name(fetched.url).removesuffix(suffix)}{suffix}" if suffix is not None else None


def export_bytes(fetched: Fetched, name: str) -> bytes:
    """Its bytes, in UTF-8 where the server has said what else they are in."""
    told = fetched.charset and decodes(fetched.data, fetched.charset)
    return _settled(fetched, Path(name)) if told else fetched.data


def read_web_page(fetched: Fetched, *, address: str, reading: Reading = Reading()) -> Article:
    """The article of a page, or of a document of another format, that was asked for at `address`.

    Its id is its canonical URL if that is on the site the page came from, else where it was in the end: no
    page can take the place of another site's article by calling itself so.

    Raises:
        InputError: there is none in it; the message names the address.
    """
    path = Path(_name(fetched.url))
    own = tidy(fetched.url)
    try:
        suffix = format_of(fetched)
        path = path.with_name(path.name + suffix)
        if suffix not in _IN_LETTERS:
            read = read_alone(fetched.data, path, article_id=own, reading=reading)
            canonical = _canonical(read.url, own)
            return dataclasses.replace(read, article_id=canonical, url=canonical, source=tidy(address))
        page = read_page(_settled(fetched, path), path, reading)
    except InputError as error:
        said = error.message.removeprefix(str(path)).lstrip(" :")
        raise InputError(f"{address}: {said}", hint=error.hint) from error
    canonical = _canonical(page.url, own)
    return Article(
        article_id=canonical,
        text=page.text,
        title=page.title,
        author=page.author,
        publisher=page.publisher,
        url=canonical,
        published=not_in_future(page.published),
        language=page.language or detect_language(page.text),
        source=tidy(address),
    )


def _canonical(stated: str | None, own: str) -> str:
    """What a document calls its address, if that is on the site it came from."""
    believed = stated and same_site(stated, own) and "@" not in urlsplit(stated).netloc
    return stated if stated and believed else own


def _settled(fetched: Fetched, path: Path) -> bytes:
    named = fetched.charset if fetched.charset and decodes(fetched.data, fetched.charset) else None
    # The reader tries UTF-8 first; so what the server said of the encoding is settled here.
    return decode(fetched.data, path, declared=named or declared_charset(fetched.data)).encode("utf-8")


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
