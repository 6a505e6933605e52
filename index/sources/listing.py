"""What there is to collect: addresses, and the lists of them that feeds and sitemaps are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

MAX_ITEMS = 500
"""New items that are taken of one feed or sitemap in one run, unless the caller says otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """What to collect."""

    pages: tuple[str, ...] = ()
    feeds: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.pages or self.feeds or self.sitemaps)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One article of a list, not yet fetched."""

    key: str
    """What the list knows it by."""
    address: str
    """Where its page is; empty where the list has none."""
    updated: str = ""
    """When it was last changed, as the list writes it; compared, never read."""
    title: str = ""
    author: str | None = None
    publisher: str | None = None
    published: date | None = None
    language: str | None = None
    markup: str = ""
    """What the list itself has of its text, as HTML, for where the page cannot be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A list as it was found, newest first."""

    address: str
    items: tuple[Item, ...]
    etag: str | None = None
    modified: str | None = None
    notices: tuple[str, ...] = ()
    """What the user should know of it, in sentences that name it."""
