"""RSS and Atom: the items of a feed, each with what the feed says of it."""

from __future__ import annotations

import email.utils
import io
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from time import struct_time
from typing import Any
from xml.sax import SAXException

from index.article import Article
from index.errors import InputError
from index.readers.cleaning import clean_line, clean_text, is_blank
from index.readers.dates import not_in_future, parse_date
from index.readers.decoding import decode
from index.readers.page import parse_language, parse_url
from index.sources.documents import FEED_TYPES, Fetched, Kind
from index.sources.errors import FetchError
from index.sources.listing import Item, Listing
from index.sources.pages import decodes
from index.sources.urls import same_site, tidy

FEED = Kind(
    accept="application/atom+xml, application/rss+xml, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5"
)
"""Taken whatever its content type says: many a feed is sent as a page, and is known by its content."""
_BLOCKS = frozenset(
    {
        *("address", "article", "aside", "blockquote", "br", "dd", "div", "dl", "dt", "figure", "figcaption"),
        *(
            "footer",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "header",
            "hr",
            "li",
            "main",
            "nav",
            "ol",
            "p",
            "pre",
        ),
        *("section", "table", "td", "th", "tr", "ul"),
    }
)
_HEAD_BYTES = 200_000
_MAX_ITEMS = 2_000
"""Items that are read of one feed, the first: each takes a millisecond, and most have fewer than 100."""
_DECLARATION = re.compile(rb"\A\s*<\?xml[^>]*\?>")
_DECLARED = re.compile(rb"""\A\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9_.:-]{1,40})""")
_DOCTYPE = re.compile(rb"<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>", re.DOTALL | re.IGNORECASE)
_ITEM_END = re.compile(rb"</(?:\w+:)?(?:item|entry)\s*>")


def read_feed(fetched: Fetched, *, address: str) -> Listing:
    """A feed's items, in its own order, which is newest first by custom.

    Raises:
        FetchError: it is no feed.
    """
    import feedparser

    try:
        data, left_out = _prepared(fetched)
        # Its markup is not made safe here, which takes most of the time: only the text of it is used.
        parsed = feedparser.parse(
            io.BytesIO(data),
            response_headers={
                "content-location": fetched.url,
                "content-type": "application/xml; charset=utf-8",
            },
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except InputError as error:
        raise FetchError(f"{address} is no feed", hint="check the address") from error
    except Exception as error:  # whatever a parser of foreign markup may raise
        raise FetchError(f"{address}: the feed cannot be read ({type(error).__name__}: {error})") from error
    if not parsed.get("version") and not parsed.entries:
        raise FetchError(f"{address} is no feed", hint=_feed_named_by(fetched))
    found = {item.key: item for item in reversed(list(_items(parsed, fetched.url))) if item.key}
    notices = []
    if left_out:
        notices.append(f"{address} has {left_out + _MAX_ITEMS:,} items: the first {_MAX_ITEMS:,} are read")
    if isinstance(parsed.get("bozo_exception"), SAXException):
        notices.append(f"{address} is not well-formed; {len(found)} of its items could be read")
    return Listing(
        address=address,
        items=tuple(reversed(found.values())),
        etag=fetched.etag,
        modified=fetched.modified,
        notices=tuple(notices),
    )


def _prepared(fetched: Fetched) -> tuple[bytes, int]:
    """A feed in UTF-8, without entities of its own and items beyond the most; and how many those are.

    feedparser takes what is not said to be UTF-8 for something else, and half a minute for nested entities.
    """
    declared = _DECLARED.match(fetched.data)
    named = declared.group(1).decode("ascii") if declared else None
    if fetched.charset and decodes(fetched.data, fetched.charset):
        named = fetched.charset
    data = decode(fetched.data, Path("feed"), declared=named).encode("utf-8", "replace")
    data = _DOCTYPE.sub(b"", _DECLARATION.sub(b"", data, count=1), count=1)
    ends = [match.end() for match in _ITEM_END.finditer(data)]
    if len(ends) <= _MAX_ITEMS:
        return data, 0
    return data[: ends[_MAX_ITEMS - 1]] + data[ends[-1] :], len(ends) - _MAX_ITEMS


def own_article(item: Item, *, feed: str) -> Article | None:
    """What a feed itself has of an item's text; None where that is nothing."""
    text = _plain(item.markup)
    if is_blank(text):
        return None
    url = tidy(item.address) if item.address else None
    return Article(
        article_id=url or f"{feed}#{item.key}",
        text=text,
        title=item.title or text.partition("\n")[0][:120],
        author=item.author,
        publisher=item.publisher,
        url=url,
        published=item.published,
        language=item.language,
        source=url or feed,
    )


def _items(parsed: Any, base: str) -> Iterator[Item]:
    name = clean_line(parsed.feed.get("title") or "") or None
    language = parse_language(parsed.feed.get("language") or "")
    for entry in parsed.entries:
        link = parse_url(entry.get("link") or "") or ""
        key = clean_line(entry.get("id") or "") or link
        title = _line(entry.get("title"))
        author = _line(entry.get("author")) or None
        # A feed of links to other sites is not their publisher.
        publisher = name if not link or same_site(link, base) else None
        published = not_in_future(_day(entry))
        markup = _markup_of(entry)
        if link or markup.strip():
            yield Item(
                key=key or title,
                address=link,
                updated=_said(entry, "updated"),
                title=title,
                author=author,
                publisher=publisher,
                published=published,
                language=language,
                markup=markup,
            )


def _line(value: str | None) -> str:
    return clean_line(_plain(value)) if value else ""


def _said(entry: Any, name: str) -> str:
    # Asked for first, since feedparser gives one date for another that is missing.
    return (entry[name] or "") if name in entry else ""


def _day(entry: Any) -> date | None:
    """The day that an item is dated, as written there; what feedparser read of it where that is odd."""
    said = _said(entry, "published") or _said(entry, "created") or _said(entry, "updated")
    found = parse_date(said)
    if found is not None:
        return found
    try:
        return email.utils.parsedate_to_datetime(said).date()
    except (ValueError, IndexError):
        pass
    parsed: struct_time | None = next(
        (entry[name] for name in ("published_parsed", "updated_parsed") if name in entry), None
    )
    try:
        return date(*parsed[:3]) if parsed else None
    except ValueError:
        return None


def _markup_of(entry: Any) -> str:
    """The longest text that an item holds."""
    found = [content.get("value") or "" for content in entry.get("content") or ()]
    return max([*found, entry.get("summary") or ""], key=len)


def _plain(markup: str) -> str:
    """Text of an HTML fragment, a block a paragraph."""
    if "<" not in markup and "&" not in markup:
        return clean_text(markup)
    from lxml import etree
    from lxml.html import HTMLParser, document_fromstring

    try:
        tree = document_fromstring(
            f"<div>{markup}</div>".encode("utf-8", "replace"),
            parser=HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True),
        )
    except (etree.LxmlError, ValueError):
        return ""
    etree.strip_elements(tree, "script", "style", with_tail=False)
    parts: list[str] = []
    for event, element in etree.iterwalk(tree, events=("start", "end")):
        if element.tag in _BLOCKS:
            parts.append("\n\n")
        said = element.text if event == "start" else element.tail
        parts.append(" ".join(f"x{said}x".split())[1:-1] if said else "")
    return clean_text("\n".join(line.strip(" ") for line in "".join(parts).split("\n")))


def _feed_named_by(fetched: Fetched) -> str:
    """A page's own feed, as a hint."""
    from lxml import etree
    from lxml.html import HTMLParser, document_fromstring

    try:
        tree = document_fromstring(fetched.data[:_HEAD_BYTES], parser=HTMLParser(encoding="utf-8"))
        tree.make_links_absolute(fetched.url)
        for link in tree.iter("link"):
            if (link.get("type") or "").lower() in FEED_TYPES:
                found = parse_url(link.get("href") or "")
                if found:
                    return f"the page names a feed: {found}"
    except (etree.LxmlError, ValueError):
        pass
    return "to add the page itself, add it as a page, not as a feed"
