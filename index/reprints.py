"""Where else what an article says is printed: its copies, and where they have the same sentence."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

import sqlalchemy as sa

from index import copies, tables
from index.article import Filters, Span
from index.tables import ArticleInfo
from index.wording import Said

if TYPE_CHECKING:
    from index.catalog import Catalog

MOST = 20
"""Copies that are named beside one article, the first printed first."""
_ALL = Filters()


class Reprint(NamedTuple):
    """A copy, and where it has the sentence that was looked for."""

    article: ArticleInfo
    span: Span


class Reprints:
    """The copies among a library's articles."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def of(self, article_id: str, filters: Filters = _ALL) -> list[ArticleInfo]:
        """The copies of an article that pass the filters, at most `MOST`, the first printed first."""
        with self._catalog.reading() as connection:
            return _copies(connection, article_id, filters)

    def ids(self, article_ids: Iterable[str]) -> dict[str, list[str]]:
        """Article -> the ids of its copies, as `of` gives them; those without are left out."""
        with self._catalog.reading() as connection:
            stories = copies.stories(connection, article_ids)
            printed = {
                story: [info.article_id for info in copies.printings(connection, story, _ALL, MOST + 1)]
                for story in dict.fromkeys(stories.values())
            }
        return {
            article_id: [other for other in printed[story] if other != article_id][:MOST]
            for article_id, story in stories.items()
        }

    def saying(self, article_id: str, quote: str, filters: Filters = _ALL) -> list[Reprint]:
        """Those of them that have a sentence in the same words, or nearly so with the same figures."""
        with self._catalog.reading() as connection:
            found = _copies(connection, article_id, filters)
            said = Said(quote)
            places = ((info, _place(connection, info.article_id, said)) for info in found)
            return [Reprint(info, span) for info, span in places if span is not None]

    def stories(self, article_ids: Iterable[str]) -> dict[str, str]:
        """Article -> what it has in common with its copies; those without copies are left out."""
        with self._catalog.reading() as connection:
            return copies.stories(connection, article_ids)


def _copies(connection: sa.Connection, article_id: str, filters: Filters) -> list[ArticleInfo]:
    story = copies.stories(connection, [article_id]).get(article_id)
    if story is None:
        return []
    found = copies.printings(connection, story, filters, MOST + 1)
    return [info for info in found if info.article_id != article_id][:MOST]


def _place(connection: sa.Connection, article_id: str, said: Said) -> Span | None:
    if not said.words:
        return None
    telling = max(said.words, key=len)
    columns = (tables.chunks.c[name] for name in ("start", "text", "sentences"))
    rows = connection.execute(
        sa.select(*columns).where(tables.chunks.c.article_id == article_id).order_by(tables.chunks.c.number)
    )
    near: Span | None = None
    for row in rows:
        if telling not in row.text.casefold():  # spares most of a long text a closer look
            continue
        for start, end in json.loads(row.sentences):
            other = Said(row.text[start - row.start : end - row.start])
            if said.words == other.words:
                return Span(start, end)
            if near is None and said.is_said_by(other):
                near = Span(start, end)
    return near
