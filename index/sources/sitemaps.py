"""Sitemaps: the pages that a site lists, from one file or from an index of several."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import NamedTuple

from index.readers.page import parse_url
from index.sources.documents import Fetched, Kind
from index.sources.errors import FetchError
from index.sources.listing import Item, Listing
from index.sources.unpacking import GZIP, Damaged, TooLarge, unpacked
from index.sources.urls import tidy

_MAX_BYTES = 52_428_800
"""The protocol's own limit on a sitemap (sitemaps.org), unpacked; another is 50,000 addresses."""
_MAX_FILES = 50
"""Sitemaps that are read of one index, the newest first: a large site lists thousands."""
_MAX_DEPTH = 2
"""An index may list sitemaps; one that lists indexes is read, though the protocol knows none."""

SITEMAP = Kind(accept="application/xml, text/xml, application/gzip;q=0.9, */*;q=0.5", most_bytes=_MAX_BYTES)


class _Entry(NamedTuple):
    address: str
    modified: str


def read_sitemap(
    address: str, fetch: Callable[[str], Fetched], *, enough: Callable[[list[Item]], bool]
) -> Listing:
    """The pages of a sitemap, those that were changed last first; of an index, until there are enough.

    A sitemap of an index that cannot be read is named among the notices, and the others still are.

    Args:
        address: Of the sitemap or index.
        fetch: Brings a document.
        enough: Told what was found after each file; true ends the reading.

    Raises:
        FetchError: the sitemap itself cannot be had, or is none.
    """
    items: dict[str, Item] = {}
    notices: list[str] = []
    waiting = [(address, 0)]
    asked: set[str] = set()
    while waiting and not enough(list(items.values())):
        place, depth = waiting.pop(0)
        if place in asked:
            continue
        if len(asked) == _MAX_FILES:
            notices.append(f"{address} lists more than {_MAX_FILES} sitemaps: the rest are not read")
            break
        asked.add(place)
        try:
            name, entries = _read(fetch(place), place)
        except FetchError as error:
            if not depth:
                raise
            notices.append(error.message)
            continue
        if name == "sitemapindex":
            if depth < _MAX_DEPTH:
                waiting += [(entry.address, depth + 1) for entry in entries]
            continue
        for entry in entries:
            key = tidy(entry.address)
            items.setdefault(key, Item(key=key, address=entry.address, updated=entry.modified))
    newest_first = sorted(items.values(), key=lambda item: item.updated, reverse=True)
    return Listing(address=address, items=tuple(newest_first), notices=tuple(notices))


def _read(fetched: Fetched, address: str) -> tuple[str, list[_Entry]]:
    """The name of a sitemap's root element, and what it lists, newest first."""
    from lxml import etree

    data = fetched.data
    try:
        if data.startswith(b"\x1f\x8b"):
            data = unpacked([data], GZIP, _MAX_BYTES)
        name, entries = _parse(data)
    except TooLarge as error:
        raise FetchError(f"{address}: it has more than {_MAX_BYTES:,} bytes unpacked") from error
    except Damaged as error:
        raise FetchError(f"{address}: it is no gzip file: {error}", retryable=True) from error
    except (etree.LxmlError, ValueError) as error:
        raise FetchError(
            f"{address} is no sitemap: {str(error)[:200]}",
            hint="to add the page itself, leave out --sitemap",
        ) from error
    if name not in ("urlset", "sitemapindex"):
        raise FetchError(
            f"{address} is no sitemap, its root is <{name}>",
            hint="a feed is added with --feed" if name in ("rss", "feed", "RDF") else "check the address",
        )
    return name, sorted(entries, key=lambda entry: entry.modified, reverse=True)


def _parse(data: bytes) -> tuple[str, list[_Entry]]:
    from lxml import etree

    name = ""
    found: list[_Entry] = []
    events = etree.iterparse(
        io.BytesIO(data), events=("start", "end"), resolve_entities=False, no_network=True, recover=False
    )
    for event, element in events:
        tag = etree.QName(element).localname if isinstance(element.tag, str) else ""
        if not name:
            name = tag
            if name not in ("urlset", "sitemapindex"):
                break
        if event == "end" and tag in ("url", "sitemap"):
            found.extend(_entries(element))
            element.clear()
            while element.getprevious() is not None:  # what is read is dropped, or 50 MB become 1 GB
                del element.getparent()[0]
    return name, found


def _entries(element: object) -> Iterator[_Entry]:
    from lxml import etree

    said = {
        etree.QName(child).localname: (child.text or "").strip()
        for child in element  # type: ignore[attr-defined]
        if isinstance(child.tag, str)
    }
    address = parse_url(said.get("loc", ""))
    if address is not None:
        yield _Entry(address, said.get("lastmod", ""))
