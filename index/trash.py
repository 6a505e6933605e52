"""Removal that can be taken back: an article leaves the answers at once, and is kept aside for a while.

`Library.remove` is for good. What is discarded here stays in the catalogue, with all its versions, in a table
of its own that nothing else reads: no search finds it, and a process killed at any moment leaves the article
either live or kept aside.
"""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from index.article import Article
from index.catalog import Catalog
from index.changes import Adding, remove_article
from index.errors import UsageError
from index.ingest import AddResult, find_sources
from index.lookup import unknown_article
from index.readers.reading import Reading
from index.tables import DESCRIBED, ArticleInfo, articles, versions

if TYPE_CHECKING:
    from index.library import Library

_meta = sa.MetaData()
_removed = sa.Table(
    "removed",
    _meta,
    sa.Column("article_id", sa.Text, primary_key=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("publisher", sa.Text),
    sa.Column("published", sa.Date),
    sa.Column("removed_at", sa.Text, nullable=False),
    sa.Column("versions", sa.Text, nullable=False),  # JSON, the live one last
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """An article that is kept aside."""

    article_id: str
    title: str
    publisher: str | None
    published: date | None
    removed_at: datetime


def discard(library: Library, article_id: str) -> Removed:
    """Take an article out of the library, so that `restore` can put it back as it was.

    Raises:
        UsageError: there is no such article.
    """
    with library.changing():
        catalog = library.catalog
        info = catalog.article(article_id)
        if info is None:
            raise unknown_article(catalog, article_id)
        removed = _set_aside(catalog, info)
        remove_article(library, article_id)
        return removed


def restore(library: Library, article_id: str) -> AddResult:
    """Put a discarded article back, with its versions and the time it was added.

    Where an article of this id has been added since, that one stays, and gains the versions.

    Raises:
        UsageError: no such article is kept aside.
    """
    with library.changing():
        catalog = library.catalog
        *older, last = _kept(catalog, article_id)
        if catalog.article(article_id) is None:
            [result] = Adding(library, find_sources([last]), None, None, Reading()).run()
        else:
            result = AddResult(source=article_id, article_id=article_id, status="unchanged")
        added_at = last.added_at.isoformat() if last.added_at else None
        with catalog.writing() as connection:
            for each in (*older, last):
                connection.execute(versions.insert().prefix_with("OR IGNORE").values(**_row(each)))
            for table in (articles, versions):
                chosen = (table.c.article_id == article_id, table.c.version == last.version)
                connection.execute(table.update().where(*chosen).values(added_at=added_at))
            connection.execute(_removed.delete().where(_removed.c.article_id == article_id))
        return result


def kept_aside(library: Library) -> list[Removed]:
    """What can be restored, the last removed first."""
    with library.catalog.reading() as connection:
        if not _is_there(connection):
            return []
        columns = [column for column in _removed.c if column.name != "versions"]
        query = sa.select(*columns).order_by(_removed.c.removed_at.desc(), _removed.c.article_id)
        return [_removed_of(row) for row in connection.execute(query)]


def forget(library: Library, *, article_id: str | None = None, before: datetime | None = None) -> int:
    """Delete for good what is kept aside: one article, what was removed before a time, or else all.

    Returns:
        How many articles.
    """
    chosen = []
    if article_id is not None:
        chosen.append(_removed.c.article_id == article_id)
    if before is not None:
        chosen.append(_removed.c.removed_at < before.isoformat())
    with library.catalog.reading() as connection:
        query = sa.select(sa.func.count()).select_from(_removed).where(*chosen)
        if not _is_there(connection) or not connection.scalar(query):
            return 0
    with library.changing():
        with library.catalog.writing() as connection:
            count = connection.execute(_removed.delete().where(*chosen)).rowcount
        library.catalog.clear_log()
        return count


def _set_aside(catalog: Catalog, info: ArticleInfo) -> Removed:
    hashes = [each for each in catalog.version_hashes(info.article_id) if each != info.version]
    texts = [catalog.version(info.article_id, each) for each in (*hashes, info.version)]
    removed = Removed(
        article_id=info.article_id,
        title=info.title,
        publisher=info.publisher,
        published=info.published,
        removed_at=datetime.now(UTC),
    )
    with catalog.writing() as connection:
        _meta.create_all(connection)  # a library made before there was this table
        connection.execute(_removed.delete().where(_removed.c.article_id == info.article_id))
        connection.execute(
            _removed.insert().values(
                **{**dataclasses.asdict(removed), "removed_at": removed.removed_at.isoformat()},
                versions=json.dumps([_plain(each) for each in texts if each is not None]),
            )
        )
    return removed


def _kept(catalog: Catalog, article_id: str) -> list[Article]:
    with catalog.reading() as connection:
        query = sa.select(_removed.c.versions).where(_removed.c.article_id == article_id)
        said = connection.scalar(query) if _is_there(connection) else None
    if said is None:
        raise UsageError(
            f"{article_id!r} is not among the removed articles that are kept", hint="add the article again"
        )
    return [_article(each) for each in json.loads(said)]


def _is_there(connection: sa.Connection) -> bool:
    return sa.inspect(connection).has_table(_removed.name)


def _removed_of(row: sa.Row[Any]) -> Removed:
    return Removed(**{**row._mapping, "removed_at": datetime.fromisoformat(row.removed_at)})


def _row(article: Article) -> dict[str, Any]:
    """A version as a row of the catalogue."""
    described = {name: getattr(article, name) for name, _ in DESCRIBED}
    described["added_at"] = article.added_at.isoformat() if article.added_at else None
    return {"article_id": article.article_id, "version": article.version, "text": article.text, **described}


def _plain(article: Article) -> dict[str, Any]:
    published = article.published.isoformat() if article.published else None
    return {**_row(article), "published": published}


def _article(said: dict[str, Any]) -> Article:
    published, added_at = said["published"], said["added_at"]
    return Article(
        **{
            **said,
            "published": date.fromisoformat(published) if published else None,
            "added_at": datetime.fromisoformat(added_at) if added_at else None,
        }
    )
