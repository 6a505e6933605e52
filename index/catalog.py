"""The catalogue: what is in the library and what is live, in SQLite. The two indexes are derived from it.

Every change is one transaction (WAL, synchronous FULL), so a process killed anywhere leaves the state before
or after it.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import sqlalchemy as sa

from index import copies, kept_embeddings, tables
from index.article import Article, Chunk, Filters
from index.batches import batched
from index.catalog_format import FORMAT, check_format
from index.entries import Entry
from index.errors import LibraryClosed
from index.filtering import listed, narrowed
from index.state import get_state, set_state
from index.tables import (
    DESCRIBED,
    ArticleInfo,
    Embedding,
    LiveChunk,
    Matrix,
    Narrowing,
    chunk_row,
    description_of,
    identity_of,
    info_of,
    live_chunk_of,
    live_ids_query,
    live_query,
    open_engine,
    pages_of,
    passage_of,
    passages_query,
    translated,
)

_IN_BATCH = 500
_ALL = Filters()


class Catalog:
    """One SQLite file. Reading is open to all; writing only under the library's writer lock."""

    def __init__(self, path: Path, engine: sa.Engine) -> None:
        self._path = path
        self._engine = engine
        self._is_closed = False

    @classmethod
    def create(cls, path: Path) -> Catalog:
        """A new, empty catalogue; complete or, if this is interrupted, absent of its format and made anew."""
        made = cls(path, open_engine(path, read_only=False))
        with made.writing() as connection:
            tables.meta.create_all(connection)
            set_state(connection, {"format": str(FORMAT), "generation": "0"})
            copies.start(connection)
        return made

    @classmethod
    def open(cls, path: Path, *, read_only: bool = False) -> Catalog:
        """Raises `LibraryDamaged` when it cannot be read, or was made by a newer Citewell."""
        made = cls(path, open_engine(path, read_only=read_only))
        try:
            check_format(made, path, read_only=read_only)
        except BaseException:
            made.close()
            raise
        return made

    def close(self) -> None:
        """What is asked of it afterwards raises `LibraryClosed`."""
        self._is_closed = True
        self._engine.dispose()

    @contextlib.contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A connection whose statements all see one state of the catalogue."""
        with translated(self._path), self._connected() as connection, connection.begin():
            yield connection

    @contextlib.contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """A transaction that is durable when this returns."""
        with (
            translated(self._path),
            self._connected() as connection,
            connection.execution_options(citewell_write=True).begin(),
        ):
            yield connection

    def _connected(self) -> sa.Connection:
        if self._is_closed:  # the engine would connect anew
            folder = str(self._path.parent)
            raise LibraryClosed(f"the library {folder!r} is closed", hint="open it again: Library.open(…)")
        return self._engine.connect()

    # State

    def state(self, key: str) -> str | None:
        with self.reading() as connection:
            return get_state(connection, key)

    def states(self, *keys: str) -> dict[str, str]:
        """Several values of one moment; those that are not set are left out."""
        with self.reading() as connection:
            rows = connection.execute(
                sa.select(tables.state.c.key, tables.state.c.value).where(tables.state.c.key.in_(keys))
            )
            return {row.key: row.value for row in rows}

    def set_state(self, values: dict[str, str | None]) -> None:
        """Set several values at once; None removes one."""
        with self.writing() as connection:
            set_state(connection, values)

    def generation(self) -> int:
        """A number that grows whenever the indexes may have changed."""
        return int(self.state("generation") or 0)

    # Articles

    def article(self, article_id: str) -> ArticleInfo | None:
        with self.reading() as connection:
            row = connection.execute(
                tables.articles.select().where(tables.articles.c.article_id == article_id)
            ).first()
            return None if row is None else info_of(row)

    def by_source(self, source: str) -> ArticleInfo | None:
        """The live article that was read from this path or URL; the first by id if there are several."""
        query = (
            tables.articles.select()
            .where(tables.articles.c.source == source)
            .order_by(tables.articles.c.article_id)
        )
        with self.reading() as connection:
            row = connection.execute(query.limit(1)).first()
            return None if row is None else info_of(row)

    def versions_from(self, source: str) -> list[str]:
        """The live versions of what was read from this file: of the article, or of the rows of an export."""
        read_from = tables.articles.c.source
        row = sa.and_(read_from > f"{source}#", read_from < f"{source}$")  # "$" is what follows "#"
        query = sa.select(tables.articles.c.version).where(sa.or_(read_from == source, row))
        with self.reading() as connection:
            return list(connection.scalars(query))

    def infos(self, filters: Filters = _ALL) -> list[ArticleInfo]:
        """Live articles that pass, by id."""
        is_listed = listed(filters)
        with self.reading() as connection:
            rows = connection.execute(
                narrowed(tables.articles.select(), filters).order_by(tables.articles.c.article_id)
            )
            return [info_of(row) for row in rows if is_listed(row.article_id)]

    def article_ids(self) -> list[str]:
        with self.reading() as connection:
            return list(
                connection.scalars(
                    sa.select(tables.articles.c.article_id).order_by(tables.articles.c.article_id)
                )
            )

    def article_count(self, filters: Filters = _ALL) -> int:
        if filters.articles:
            return len(self.infos(filters))
        with self.reading() as connection:
            query = sa.select(sa.func.count()).select_from(tables.articles)
            return int(connection.scalar(narrowed(query, filters)) or 0)

    def narrowing(self, filters: Filters, few: int) -> Narrowing:
        """How much passes, and the articles themselves where they have at most `few` chunks."""
        columns = (tables.articles.c.article_id, tables.articles.c.chunks)
        is_listed = listed(filters)
        with self.reading() as connection:
            rows = connection.execute(narrowed(sa.select(*columns), filters))
            found = {row.article_id: row.chunks for row in rows if is_listed(row.article_id)}
        chunks = sum(found.values())
        return Narrowing(chunks, tuple(sorted(found)) if chunks <= few else None)

    def chunk_count(self) -> int:
        with self.reading() as connection:
            return int(connection.scalar(sa.select(sa.func.count()).select_from(tables.chunks)) or 0)

    def version(self, article_id: str, version: str) -> Article | None:
        with self.reading() as connection:
            row = connection.execute(
                tables.versions.select().where(
                    tables.versions.c.article_id == article_id, tables.versions.c.version == version
                )
            ).first()
            if row is None:
                return None
            starts = pages_of(connection, article_id, version)
            return Article(text=row.text, pages=starts, **identity_of(row), **description_of(row))

    def pages(self, article_id: str, version: str) -> tuple[int, ...]:
        """Where the printed pages of a version begin in its text; empty where it has none."""
        with self.reading() as connection:
            return pages_of(connection, article_id, version)

    def version_hashes(self, article_id: str) -> list[str]:
        """All versions that were ever live, oldest first."""
        query = sa.select(tables.versions.c.version).where(tables.versions.c.article_id == article_id)
        with self.reading() as connection:
            return list(
                connection.scalars(query.order_by(tables.versions.c.added_at, tables.versions.c.version))
            )

    def versions(self) -> Iterator[Article]:
        """Every version of every article, with its text, one at a time."""
        with self.reading() as connection:
            keys = connection.execute(
                sa.select(tables.versions.c.article_id, tables.versions.c.version)
            ).all()
        for article_id, version in keys:
            found = self.version(article_id, version)
            if found is not None:
                yield found

    # Chunks

    def live(self, chunk_ids: Iterable[str], *, embedder: str | None = None) -> dict[str, LiveChunk]:
        """Those of `chunk_ids` that are live, with their articles and vectors, in one state.

        Args:
            chunk_ids: The chunks wanted.
            embedder: Whose vectors; by default those of the library's embedder.
        """
        with self.reading() as connection:
            return self.live_within(connection, chunk_ids, embedder=embedder)

    def live_within(
        self, connection: sa.Connection, chunk_ids: Iterable[str], *, embedder: str | None = None
    ) -> dict[str, LiveChunk]:
        """As `live`, in the state that `connection` sees."""
        found: dict[str, LiveChunk] = {}
        name = embedder or get_state(connection, "embedder") or ""
        for some in batched(chunk_ids, _IN_BATCH):
            query = live_query(name).where(tables.chunks.c.chunk_id.in_(some))
            for row in connection.execute(query):
                if row.passage is not None:
                    made = live_chunk_of(row)
                    found[made.chunk.chunk_id] = made
        return found

    def passing(
        self, connection: sa.Connection, chunk_ids: Iterable[str], filters: Filters
    ) -> dict[str, str]:
        """Those of `chunk_ids` that `live` would give, with their articles, if these pass the filters."""
        found: dict[str, str] = {}
        is_listed = listed(filters)
        name = get_state(connection, "embedder") or ""
        for some in batched(chunk_ids, _IN_BATCH):
            query = live_ids_query(name).where(tables.chunks.c.chunk_id.in_(some))
            rows = connection.execute(narrowed(query, filters))
            found.update((row.chunk_id, row.article_id) for row in rows if is_listed(row.article_id))
        return found

    def passages(self, article_ids: Iterable[str]) -> dict[str, Matrix]:
        """The vectors of all live chunks of these articles, by chunk id."""
        found: dict[str, Matrix] = {}
        with self.reading() as connection:
            name = get_state(connection, "embedder") or ""
            for some in batched(article_ids, _IN_BATCH):
                query = passages_query(name).where(tables.chunks.c.article_id.in_(some))
                rows = connection.execute(query)
                found.update((row.chunk_id, passage_of(row.passage)) for row in rows if row.passage)
        return found

    def chunk_ids(self, article_id: str | None = None) -> list[str]:
        """Ids of the live chunks, all or of one article, in order of their id."""
        query = sa.select(tables.chunks.c.chunk_id).order_by(tables.chunks.c.chunk_id)
        if article_id is not None:
            query = query.where(tables.chunks.c.article_id == article_id)
        with self.reading() as connection:
            return list(connection.scalars(query))

    def known_embeddings(self, embedder: str, keys: Iterable[str]) -> dict[str, Embedding]:
        """The embeddings already made by `embedder` for these keys."""
        with self.reading() as connection:
            return kept_embeddings.known(connection, embedder, keys)

    # Writing

    def go_live(
        self,
        connection: sa.Connection,
        entries: Sequence[Entry],
        embeddings: dict[str, Embedding],
        embedder: str,
    ) -> dict[str, str]:
        """Make these articles live in place of whatever was, keeping the text of every version.

        Returns:
            Those that are copies now and were none before -> what each is a copy of.
        """
        copied: dict[str, str] = {}
        before = kept_embeddings.keys_of(connection, [entry.article.article_id for entry in entries])
        for entry in entries:
            article = entry.article
            described = {name: getattr(article, name) for name, _ in DESCRIBED}
            described["added_at"] = article.added_at.isoformat() if article.added_at else None
            identity = {"article_id": article.article_id, "version": article.version}
            for table, key in (
                (tables.articles, ("article_id",)),
                (tables.versions, ("article_id", "version")),
                (tables.pages, ("article_id", "version")),
            ):
                chosen = [table.c[name] == identity[name] for name in key]
                connection.execute(table.delete().where(*chosen))
            connection.execute(
                tables.articles.insert().values(
                    **identity,
                    **described,
                    publisher_key=article.publisher.casefold() if article.publisher is not None else None,
                    chunks=len(entry.chunks),
                    tokens=entry.tokens,
                )
            )
            connection.execute(tables.versions.insert().values(**identity, **described, text=article.text))
            if article.pages:
                starts = json.dumps(article.pages, separators=(",", ":"))
                connection.execute(tables.pages.insert().values(**identity, starts=starts))
            connection.execute(tables.chunks.delete().where(tables.chunks.c.article_id == article.article_id))
            if entry.chunks:
                connection.execute(
                    tables.chunks.insert(), [chunk_row(chunk, key) for chunk, key in entry.chunks]
                )
            if (other := copies.link(connection, article)) is not None:
                copied[article.article_id] = other
        kept_embeddings.keep(connection, embeddings, embedder)
        kept_embeddings.drop_unused(connection, before)
        return copied

    def set_source(self, article_id: str, source: str) -> None:
        """Note that an article is now read from another place."""
        with self.writing() as connection:
            for table in (tables.articles, tables.versions):
                connection.execute(
                    table.update().where(table.c.article_id == article_id).values(source=source)
                )

    def forget(self, connection: sa.Connection, article_id: str) -> None:
        """Remove an article with all its versions."""
        before = kept_embeddings.keys_of(connection, [article_id])
        for table in (tables.articles, tables.versions, tables.pages, tables.chunks):
            connection.execute(table.delete().where(table.c.article_id == article_id))
        copies.unlink(connection, article_id)
        kept_embeddings.drop_unused(connection, before)

    def lacking(self, embedder: str) -> Iterator[list[tuple[str, str, Chunk]]]:
        """Live chunks without an embedding by `embedder`, as (key, title, chunk), a batch at a time.

        Each batch has to be given its embeddings before the next is asked for.
        """
        while True:
            with self.reading() as connection:
                some = kept_embeddings.lacking(connection, embedder)
            if not some:
                return
            yield some

    def store_embeddings(self, embeddings: dict[str, Embedding], embedder: str) -> None:
        """Keep embeddings before anything refers to them (a change of embedder, a batch at a time)."""
        with self.writing() as connection:
            kept_embeddings.keep(connection, embeddings, embedder)

    def clear_log(self) -> None:
        """Move all of the write-ahead log into the file and empty it, so that what was removed is not in it.

        Readers at work put it off: SQLite then does it at some later time.
        """
        with translated(self._path), self._connected() as connection:
            raw = connection.connection.driver_connection
            assert raw is not None
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def integrity(self) -> list[str]:
        """What SQLite itself finds wrong with the file; empty when nothing."""
        with self.reading() as connection:
            said = [str(row[0]) for row in connection.exec_driver_sql("PRAGMA integrity_check")]
        return [line for line in said if line != "ok"]
