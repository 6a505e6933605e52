"""What a library holds: all articles of a kind, for questions about the collection itself.

The full text names every chunk that has the words, however many there are; the catalogue's own text decides
whether an article mentions them. Chunks are read a batch at a time, and none of an article that is settled.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

import sqlalchemy as sa

from index import tables
from index.article import Filters, Span
from index.batches import batched
from index.filtering import encodable_filters, listed, narrowed
from index.fulltext import FullText
from index.searching import steadily
from index.sought import Sought

if TYPE_CHECKING:
    from index.indexes import Pair
    from index.library import Library

_BATCH = 500
_ALL = Filters()


class Holding(NamedTuple):
    """A live article as the catalogue describes it, and where it mentions what was sought."""

    article_id: str
    version: str
    title: str
    author: str | None
    publisher: str | None
    published: date | None
    mention: Span | None = None
    """The first sentence that mentions it; None where only the title does, or nothing was sought."""


class Sources(NamedTuple):
    """Whose the articles are: every name once, in order."""

    publishers: tuple[str, ...]
    authors: tuple[str, ...]


class Holdings:
    """The articles of a library, as the catalogue lists them."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def all(self, filters: Filters = _ALL) -> list[Holding]:
        """Every article that passes the filters, by id."""
        filters = encodable_filters(filters)
        query = narrowed(_described(), filters).order_by(tables.articles.c.article_id)
        with self._library.catalog.reading() as connection:
            holdings = (Holding(*row) for row in connection.execute(query))
            is_listed = listed(filters)
            return [holding for holding in holdings if is_listed(holding.article_id)]

    def sources(self) -> Sources:
        """The names of all publishers and authors; read once for each state of the library."""
        return self._library.remembered.get("sources", self._read_sources)

    def _read_sources(self) -> Sources:
        with self._library.catalog.reading() as connection:
            return Sources(
                *(
                    tuple(
                        connection.scalars(sa.select(column).distinct().order_by(column).where(column != ""))
                    )
                    for column in (tables.articles.c.publisher, tables.articles.c.author)
                )
            )

    def mentioning(self, sought: Sought, filters: Filters = _ALL) -> list[Holding]:
        """Every article that mentions what is sought and passes the filters, by id.

        Raises:
            LibraryDamaged: the full text fails and could not be mended.
        """
        filters = encodable_filters(filters)

        def look(pair: Pair) -> list[Holding]:
            with self._library.catalog.reading() as connection:
                return _mentioning(connection, pair.fulltext, sought, filters)

        return steadily(self._library, look) or []


def _mentioning(
    connection: sa.Connection, fulltext: FullText, sought: Sought, filters: Filters
) -> list[Holding]:
    if not sought.patterns:
        return []
    chunks: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for chunk_id in fulltext.having(sought.terms, filters):
        article_id, _, number = chunk_id.rsplit(":", 2)
        chunks[article_id].append((int(number), chunk_id))
    mentions: dict[str, Span] = {}
    for some in batched(_unsettled(chunks, mentions), _BATCH):
        for article_id, span in _sentences(connection, sought, some):
            if article_id not in mentions or span < mentions[article_id]:
                mentions[article_id] = span
    found = []
    is_listed = listed(filters)
    for ids in batched(sorted(chunks), _BATCH):
        query = narrowed(_described().where(tables.articles.c.article_id.in_(ids)), filters)
        for row in connection.execute(query.order_by(tables.articles.c.article_id)):
            holding = Holding(*row)
            holding = holding._replace(mention=mentions.get(holding.article_id))
            if (holding.mention or sought.in_sentence(holding.title)) and is_listed(holding.article_id):
                found.append(holding)
    return found


def _described() -> sa.Select[tuple[str, str, str, str | None, str | None, date | None]]:
    return sa.select(*(tables.articles.c[name] for name in Holding._fields[:-1]))


def _unsettled(chunks: dict[str, list[tuple[int, str]]], settled: dict[str, Span]) -> Iterator[str]:
    """The first candidate of each article, then the second of those that are still open, and so on."""
    ordered = {article_id: [chunk_id for _, chunk_id in sorted(chunks[article_id])] for article_id in chunks}
    place = 0
    while ordered:
        for article_id in sorted(ordered):
            if article_id in settled:
                del ordered[article_id]
                continue
            yield ordered[article_id][place]
            if place + 1 == len(ordered[article_id]):
                del ordered[article_id]
        place += 1


def _sentences(
    connection: sa.Connection, sought: Sought, chunk_ids: Sequence[str]
) -> Iterable[tuple[str, Span]]:
    columns = (tables.chunks.c[name] for name in ("article_id", "start", "text", "sentences"))
    for row in connection.execute(sa.select(*columns).where(tables.chunks.c.chunk_id.in_(chunk_ids))):
        if not sought.in_sentence(row.text):  # spares most of them a look at each sentence
            continue
        for start, end in json.loads(row.sentences):
            if sought.in_sentence(row.text[start - row.start : end - row.start]):
                yield row.article_id, Span(start, end)
                break
