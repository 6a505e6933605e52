"""What of feeds and sitemaps was dealt with before: tables of their own beside the catalogue's.

Lists and items are kept as hashes only: of an article that was removed nothing can be read here, and yet its
feed does not bring it back. The library's writer lock is not needed: a row is written in one transaction, and
is only ever a reason to leave something alone.
"""

from __future__ import annotations

import hashlib
from typing import NamedTuple

import sqlalchemy as sa

from index.catalog import Catalog
from index.sources.listing import Item, Listing

MAX_TRIES = 3
"""Times that an item which fails is tried, once a run."""

_meta = sa.MetaData()
_listings = sa.Table(
    "listings",
    _meta,
    sa.Column("listing", sa.Text, primary_key=True),
    sa.Column("etag", sa.Text),
    sa.Column("modified", sa.Text),
)
_items = sa.Table(
    "listed_items",
    _meta,
    sa.Column("listing", sa.Text, primary_key=True),
    sa.Column("item", sa.Text, primary_key=True),
    sa.Column("updated", sa.Text, nullable=False),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("settled", sa.Boolean, nullable=False),
)


class Validators(NamedTuple):
    """By what a server recognises the copy that we have."""

    etag: str | None = None
    modified: str | None = None


class _State(NamedTuple):
    updated: str
    tries: int
    settled: bool


class Seen:
    """The state of one feed or sitemap in a library; of one that is not made yet, empty."""

    def __init__(self, catalog: Catalog | None, address: str) -> None:
        self._catalog = catalog
        self._listing = _hash(address)
        self._known: dict[str, _State] = {}
        if catalog is None:
            return
        with catalog.writing() as connection:
            _meta.create_all(connection)
            rows = connection.execute(_items.select().where(_items.c.listing == self._listing))
            self._known = {row.item: _State(row.updated, row.tries, row.settled) for row in rows}

    def validators(self) -> Validators:
        """Those of the last time, if all that was in the list then was dealt with."""
        if self._catalog is None:
            return Validators()
        with self._catalog.reading() as connection:
            row = connection.execute(_listings.select().where(_listings.c.listing == self._listing)).first()
        return Validators() if row is None else Validators(row.etag, row.modified)

    def is_new(self, item: Item) -> bool:
        """Whether an item is to be fetched: never seen, changed since, or failed and worth another try."""
        state = self._known.get(_hash(item.key))
        if state is None or state.updated != item.updated:
            return True
        return not state.settled and state.tries < MAX_TRIES

    def note(self, catalog: Catalog, item: Item, *, settled: bool) -> None:
        """Keep what became of an item."""
        key = _hash(item.key)
        before = self._known.get(key)
        tries = before.tries + 1 if before is not None and before.updated == item.updated else 1
        state = self._known[key] = _State(item.updated, tries, settled)
        with catalog.writing() as connection:
            _meta.create_all(connection)
            connection.execute(_items.delete().where(_items.c.listing == self._listing, _items.c.item == key))
            connection.execute(_items.insert().values(listing=self._listing, item=key, **state._asdict()))

    def note_listing(self, catalog: Catalog, listing: Listing) -> None:
        """Keep what recognises this state of the list, or nothing while some item of it is to be tried."""
        done = not any(map(self.is_new, listing.items))
        with catalog.writing() as connection:
            _meta.create_all(connection)
            connection.execute(_listings.delete().where(_listings.c.listing == self._listing))
            if done:
                connection.execute(
                    _listings.insert().values(
                        listing=self._listing, etag=listing.etag, modified=listing.modified
                    )
                )


def _hash(name: str) -> str:
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()
