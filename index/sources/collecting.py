"""Addresses into a library: pages, and the new items of feeds and sitemaps, fetched and added.

The writer lock is held only while a few fetched articles are added, never while the network is waited for.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from index.article import Article
from index.errors import InputError
from index.ingest import AddResult, OnResult, fetched
from index.readers.reading import Reading
from index.scratch import Scratch
from index.sources.documents import Fetched
from index.sources.errors import AddressRefused, FetchError
from index.sources.feeds import FEED, own_article, read_feed
from index.sources.fetching import Fetcher
from index.sources.listing import MAX_ITEMS, Addresses, Item, Listing
from index.sources.pages import PAGE, export_bytes, export_name, page_or_export, read_web_page
from index.sources.seen import Seen
from index.sources.sitemaps import SITEMAP, read_sitemap
from index.sources.urls import tidy

if TYPE_CHECKING:
    from index.library import Library

_TOGETHER = 16
_TOGETHER_CHARS = 300_000
_TOGETHER_SECONDS = 10.0
"""Articles that are fetched before they are added: a batch of embedding, lost at most when interrupted."""


class Wanted(NamedTuple):
    """One article to be fetched."""

    address: str
    item: Item | None = None
    """What a list says of it; None for a page that was named by the user."""
    seen: Seen | None = None
    """Where to note what became of it."""
    listing: str = ""
    """Address of that list."""


class _Ready(NamedTuple):
    wanted: Wanted
    article: Article
    note: str
    settled: bool


class Collecting:
    """One run over addresses. Each that fails is named, and the rest is added."""

    def __init__(
        self,
        library: Library | None,
        open_library: Callable[[], Library],
        fetcher: Fetcher,
        *,
        limit: int = MAX_ITEMS,
        reading: Reading = Reading(),
        on_result: OnResult | None = None,
        on_progress: Callable[[int, int], None] | None = None,
        notice: Callable[[str], None] | None = None,
    ) -> None:
        """Prepare a run.

        Args:
            library: Where to add to, if it is there already.
            open_library: Makes it, once there is something to add: a wrong address leaves no empty library.
            fetcher: Brings the documents.
            limit: New items to take of each feed and sitemap.
            reading: How much of a document is read at most.
            on_result: Told of each article when its fate is settled.
            on_progress: Told articles done and in all.
            notice: Told, in a sentence, what is no article's fate.
        """
        self._library = library
        self._open_library = open_library
        self._fetcher = fetcher
        self._limit = limit
        self._reading = reading
        self._named_kind = page_or_export(reading)
        self._on_result = on_result or (lambda result: None)
        self._on_progress = on_progress or (lambda done, total: None)
        self._notice = notice or (lambda message: None)
        self._ready: list[_Ready] = []
        self._since = 0.0
        """When the first of what is ready was."""
        self._taken: dict[str, str] = {}
        """Article id -> address it was taken from in this run."""
        self._at = (0, 0)
        """How far it is."""

    def run(self, addresses: Addresses) -> None:
        """Fetch and add.

        Raises:
            LibraryError: the library cannot be written; what was reported before is in it.
        """
        wanted = [Wanted(page) for page in dict.fromkeys(addresses.pages)]
        lists: list[tuple[Seen, Listing]] = []
        for address in dict.fromkeys(addresses.feeds):
            wanted += self._listed(address, self._feed, lists)
        for address in dict.fromkeys(addresses.sitemaps):
            wanted += self._listed(address, self._sitemap, lists)
        asked: set[str] = set()
        for done, each in enumerate(wanted):
            self._at = (done, len(wanted))
            self._on_progress(*self._at)
            name = tidy(each.address) if each.address else ""
            if not name or name not in asked:  # one article may be in several lists
                self._fetch(each)
            asked.add(name)
            if self._is_full():
                self._add_ready()
        self._add_ready()
        self._on_progress(len(wanted), len(wanted))
        if self._library is not None:
            for seen, listing in lists:
                seen.note_listing(self._library.catalog, listing)

    # Lists

    def _listed(
        self,
        address: str,
        read: Callable[[str, Seen], Listing | None],
        lists: list[tuple[Seen, Listing]],
    ) -> list[Wanted]:
        """What is new in a feed or sitemap; a failure to read it is reported as its own."""
        seen = Seen(None if self._library is None else self._library.catalog, address)
        try:
            listing = read(address, seen)
        except InputError as error:
            self._fail(address, error)
            return []
        if listing is None:
            return []
        for notice in listing.notices:
            self._notice(notice)
        new = [item for item in listing.items if seen.is_new(item)]
        if len(new) > self._limit:
            self._notice(f"{address}: {self._limit:,} of {len(new):,} new items are taken, the newest first")
        lists.append((seen, listing))
        return [Wanted(item.address, item, seen, address) for item in new[: self._limit]]

    def _feed(self, address: str, seen: Seen) -> Listing | None:
        had = seen.validators()
        fetched = self._fetcher.fetch(address, FEED, etag=had.etag, modified=had.modified)
        return None if fetched.not_modified else read_feed(fetched, address=address)

    def _sitemap(self, address: str, seen: Seen) -> Listing:
        def enough(items: list[Item]) -> bool:
            return sum(map(seen.is_new, items)) >= self._limit

        return read_sitemap(address, lambda place: self._fetcher.fetch(place, SITEMAP), enough=enough)

    # Articles

    def _fetch(self, wanted: Wanted) -> None:
        item = wanted.item
        own = own_article(item, feed=wanted.listing) if item is not None and item.markup else None
        note, settled = "", True
        article = own
        if wanted.address:
            try:
                page = self._fetcher.fetch(wanted.address, PAGE if item is not None else self._named_kind)
                name = export_name(page) if item is None else None
                if name is not None:
                    self._add_export(wanted.address, page, name)
                    return
                article = _completed(read_web_page(page, address=wanted.address, reading=self._reading), item)
            except InputError as error:
                passing = isinstance(error, FetchError) and error.retryable
                refused = isinstance(error, AddressRefused)  # which another setting may allow
                if own is None or refused:
                    self._fail(wanted.address, error)
                    if not passing and not refused:
                        self._note(wanted, settled=False)
                    return
                note = f"only the text in the feed was taken, since the page cannot be read: {error.message}"
                settled = not passing
        if article is not None:
            self._take(wanted, self._named(wanted, article), note, settled=settled)

    def _add_export(self, address: str, page: Fetched, name: str) -> None:
        """Add the articles of an export, read as a file is, after those that came before it."""
        self._add_ready()
        with Scratch() as folder:
            staged = folder / "export"
            staged.write_bytes(export_bytes(page, name))
            self._opened().add(
                [fetched(tidy(address), name, staged)],
                on_result=lambda result: self._on_result(dataclasses.replace(result, source=address)),
                on_progress=lambda progress: self._on_progress(*self._at),
                reading=self._reading,
            )

    def _opened(self) -> Library:
        if self._library is None:
            self._library = self._open_library()
        return self._library

    def _take(self, wanted: Wanted, article: Article, note: str, *, settled: bool) -> None:
        first = self._taken.get(article.article_id)
        if first is not None:
            self._on_result(
                AddResult(
                    source=wanted.address,
                    article_id=article.article_id,
                    status="unchanged",
                    note=f"the same article as {first}",
                )
            )
            self._note(wanted, settled=True)
            return
        self._taken[article.article_id] = wanted.address or article.article_id
        if not self._ready:
            self._since = time.monotonic()
        self._ready.append(_Ready(wanted, article, note, settled))

    def _named(self, wanted: Wanted, article: Article) -> Article:
        """The article under the id that citations know it by, if it was added from this address before."""
        if self._library is None or not wanted.address:
            return article
        before = self._library.catalog.by_source(article.source)
        return article if before is None else dataclasses.replace(article, article_id=before.article_id)

    def _is_full(self) -> bool:
        return bool(self._ready) and (
            len(self._ready) >= _TOGETHER
            or sum(len(ready.article.text) for ready in self._ready) >= _TOGETHER_CHARS
            or time.monotonic() - self._since >= _TOGETHER_SECONDS
        )

    def _add_ready(self) -> None:
        if not self._ready:
            return
        ready, self._ready = self._ready, []
        results = self._opened().add([each.article for each in ready])
        for (wanted, _, note, settled), result in zip(ready, results, strict=True):
            self._on_result(dataclasses.replace(result, note=note))
            self._note(wanted, settled=settled and result.status != "failed")

    def _note(self, wanted: Wanted, *, settled: bool) -> None:
        if wanted.item is not None and wanted.seen is not None and self._library is not None:
            wanted.seen.note(self._library.catalog, wanted.item, settled=settled)

    def _fail(self, address: str, error: InputError) -> None:
        self._on_result(
            AddResult(source=address, article_id=None, status="failed", reason=error.message, hint=error.hint)
        )


def _completed(article: Article, item: Item | None) -> Article:
    """An article with what its list says of it where its page says nothing."""
    if item is None:
        return article
    return dataclasses.replace(
        article,
        author=article.author or item.author,
        publisher=article.publisher or item.publisher,
        published=article.published or item.published,
        language=article.language or item.language,
    )
