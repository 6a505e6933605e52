"""What the fields of an export mean, and one row of it as a page."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from types import MappingProxyType
from typing import Any

from index.errors import InputError
from index.readers.cleaning import clean_line, clean_text, is_blank
from index.readers.dates import date_line, mail_date, parse_date
from index.readers.page import Page, looks_like_title, parse_language, parse_url
from index.readers.reading import Reading

NAMES: MappingProxyType[str, tuple[str, ...]] = MappingProxyType(
    {
        "text": ("text", "body", "content", "article", "articlebody", "fulltext", "maintext", "contenttext"),
        "title": ("title", "headline", "heading", "name"),
        "author": ("author", "authors", "byline", "creator", "writer"),
        "publisher": ("publisher", "source", "outlet", "publication", "newspaper", "site", "sitename"),
        "url": ("url", "link", "canonicalurl", "permalink", "weburl", "articleurl"),
        "published": (
            *("published", "date", "publishedat", "publishdate", "publisheddate", "datepublished", "pubdate"),
            *("publicationdate", "publishedon", "firstpublished"),
        ),
        "language": ("language", "lang"),
        "id": ("id", "articleid", "uid", "uuid", "guid", "_id"),
    }
)
"""Fields of an article, and the names that exports give them: case, spaces, `_` and `-` do not matter."""

_SEPARATORS = re.compile(r"(?<!^)[\s_-]+")
_HTML = re.compile(
    r"</?(?:p|div|br|li|ul|ol|h[1-6]|span|a|em|strong|blockquote|figure)\b[^<>]*>", re.IGNORECASE
)
_EPOCH = re.compile(r"\d{9,10}(?:\d{3})?(?:\.\d+)?")
_LARGEST_SECONDS = 10**11
_COMPACT = re.compile(r"(\d{4})[/.]?(\d{2})[/.]?(\d{2})")
_DOTTED = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})(?:\D.*)?")
"""Where dots part a date and the year stands last, the day stands first; with slashes either may."""
_INNER = ("rendered", "name", "title", "text", "value", "#text")
"""Where a nested object keeps what is meant: WordPress, schema.org, XML turned into JSON."""

Fail = Callable[[str, str], InputError]
"""(what is wrong, what to do) -> the error, with the place in front."""


class FieldMap:
    """Which field of an export is which of an article."""

    def __init__(self, reading: Reading) -> None:
        self._given = dict(reading.fields)

    def check_columns(self, columns: Iterable[str], fail: Fail) -> None:
        """Raises `InputError` when a column that was named is not there, or none holds the text."""
        known = list(columns)
        for field, column in self._given.items():
            if column and column not in known:
                raise fail(
                    f"there is no column {column!r} for {field}", f"its columns are: {', '.join(known)}"
                )
        if self._name("text", known) is None:
            raise fail(
                "no column holds the text", f"name it, as in --map text={known[0] if known else 'Body'}"
            )

    def values(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """The row's values by the names that articles have for them."""
        found = {}
        for field in NAMES:
            name = self._name(field, row)
            if name is not None:
                found[field] = _looked_up(row, name)
        return found

    def guesses(self, columns: Iterable[str]) -> dict[str, str]:
        """Fields of an article and the column that each is taken from, where there is one."""
        known = list(columns)
        names = {field: self._name(field, known) for field in NAMES}
        return {field: name for field, name in names.items() if name}

    def _name(self, field: str, names: Iterable[str]) -> str | None:
        """What the export calls a field."""
        if field in self._given:
            return self._given[field] or None
        plain = {_SEPARATORS.sub("", name.strip().casefold()): name for name in names}
        return next((plain[each] for each in NAMES[field] if each in plain), None)


def row_page(values: Mapping[str, Any], reading: Reading, fail: Fail) -> tuple[Page, str]:
    """A row as a page, and its key within the export: its own id, else a digest of its title or text.

    Raises:
        InputError: it has no text, or a field of it is wrong.
    """
    written = {field: _text(value) for field, value in values.items()}
    text = _body(written.get("text", ""))
    if is_blank(text):
        raise fail(
            "the field for the text is empty", "every row needs a text: name its field with --map text=…"
        )
    if len(text) > reading.max_article_bytes:
        raise fail(
            f"the text has {len(text):,} characters; the limit is {reading.max_article_bytes:,}",
            "split it, or raise CITEWELL_MAX_ARTICLE_BYTES",
        )
    first = text.partition("\n")[0]
    title = _one_line(written.get("title", "")) or (first if looks_like_title(first) else first[:80].rstrip())
    page = Page(
        text=text,
        title=title,
        author=_one_line(written.get("author", "")) or None,
        publisher=_one_line(written.get("publisher", "")) or None,
        url=_url(written.get("url", ""), fail),
        published=_published(written.get("published", ""), fail),
        language=parse_language(written.get("language", "")),
    )
    stated = clean_line(written.get("id", ""))
    named = _one_line(written.get("title", "")) or text
    digest = hashlib.sha256(
        f"{named}\n{page.publisher}\n{page.published}".encode("utf-8", "replace")
    ).hexdigest()
    return page, (stated or digest[:12]).replace("#", "%23")


def named_values(row: Mapping[str, Any], within: str = "") -> Iterator[tuple[str, str]]:
    """What a row holds, as text by the names that `a.b` gives to what lies within something else.

    >>> dict(named_values({"head": "Fog", "meta": {"day": "2025-06-09", "tags": ["a", "b"]}}))
    {'head': 'Fog', 'meta.day': '2025-06-09', 'meta.tags': 'a, b'}
    """
    for name, value in row.items():
        if isinstance(value, Mapping) and not within.count("."):
            yield from named_values(value, f"{within}{name}.")
        else:
            yield f"{within}{name}", clean_line(_text(value)[:200])


def _looked_up(row: Mapping[str, Any], name: str) -> Any:
    """A value by its name; `a.b` is `b` within `a`."""
    if name in row:
        return row[name]
    value: Any = row
    for step in name.split("."):
        value = value.get(step) if isinstance(value, Mapping) else None
    return value


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return next((_text(value[name]) for name in _INNER if name in value), "")
    if isinstance(value, list):
        return ", ".join(filter(None, map(_text, value)))
    return "" if value is None or isinstance(value, bool) else str(value)


def _body(value: str) -> str:
    if _HTML.search(value):
        from index.readers.blocks import blocks_text
        from index.readers.markup import parse_html

        root = parse_html(value)
        return "" if root is None else blocks_text(root)
    return clean_text(value)


def _one_line(value: str) -> str:
    return clean_line(_body(value))


def _url(value: str, fail: Fail) -> str | None:
    found = parse_url(value)
    if value.strip() and found is None:
        raise fail(
            f"the url {value[:200]!r} is no web address", "write it in full, or leave it out: --map url="
        )
    return found


def _published(value: str, fail: Fail) -> date | None:
    stripped = value.strip()
    if not stripped:
        return None
    found = (
        parse_date(stripped)
        or _compact(stripped)
        or _dotted(stripped)
        or _epoch(stripped)
        or date_line(stripped)
    )
    found = found or mail_date(stripped)
    if found is None:
        raise fail(
            f"the publication date {stripped[:80]!r} is none that can mean one day only",
            "write it as 2025-06-09, or leave it out: --map published=",
        )
    return found


def _compact(value: str) -> date | None:
    match = _COMPACT.match(value)
    if match is None or not re.fullmatch(r"(?:[T\s].*)?", value[match.end() :]):
        return None
    return parse_date("-".join(match.groups()))


def _dotted(value: str) -> date | None:
    match = _DOTTED.fullmatch(value)
    return parse_date(f"{match[3]}-{match[2]:0>2}-{match[1]:0>2}") if match else None


def _epoch(value: str) -> date | None:
    if not _EPOCH.fullmatch(value):
        return None
    seconds = float(value)
    return datetime.fromtimestamp(seconds / 1000 if seconds >= _LARGEST_SECONDS else seconds, UTC).date()
