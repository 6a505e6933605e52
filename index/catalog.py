"""The catalogue: what is in the library and what is live, in SQLite. The two indexes are derived from it.

Every change is one transaction (WAL, synchronous FULL), so a process killed anywhere leaves the state before
or after it.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import sqlalchemy as sa

from index.article import Article, Chunk, Filters, Span
from index.batches import batched
from index.errors import LibraryDamaged, LibraryError, LibraryLocked, LibraryNotFound, LibraryUnwritable

FORMAT = 1
"""Version of the catalogue's tables. Raise it, and migrate in `_check_format`, when they change."""

_IN_BATCH = 500
_BUSY_SECONDS = 30.0

Matrix = npt.NDArray[np.float32]
_meta = sa.MetaData()

_state = sa.Table(
    "state",
    _meta,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)
_described = (
    ("title", sa.Text),
    ("author", sa.Text),
    ("publisher", sa.Text),
    ("url", sa.Text),
    ("published", sa.Date),
    ("language", sa.Text),
    ("source", sa.Text),
    ("added_at", sa.Text),
)
_articles = sa.Table(
    "articles",
    _meta,
    sa.Column("article_id", sa.Text, primary_key=True),
    sa.Column("version", sa.Text, nullable=False),
    sa.Column("publisher_key", sa.Text),  # casefolded: SQLite's own lower() knows ASCII only
    sa.Column("chunks", sa.Integer, nullable=False),
    sa.Column("tokens", sa.Integer, nullable=False),
    *(sa.Column(name, kind) for name, kind in _described),
    sa.Index("articles_source", "source"),
)
_versions = sa.Table(
    "versions",
    _meta,
    sa.Column("article_id", sa.Text, primary_key=True),
    sa.Column("version", sa.Text, primary_key=True),
    sa.Column("text", sa.Text, nullable=False),
    *(sa.Column(name, kind) for name, kind in _described),
)
_chunks = sa.Table(
    "chunks",
    _meta,
    sa.Column("chunk_id", sa.Text, primary_key=True),
    sa.Column("article_id", sa.Text, nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("start", sa.Integer, nullable=False),
    sa.Column("end", sa.Integer, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("sentences", sa.Text, nullable=False),  # JSON [[start, end], …]
    sa.Column("embedding", sa.Text, nullable=False),
    sa.Index("chunks_article", "article_id", "number"),
    sa.Index("chunks_embedding", "embedding"),
)
_embeddings = sa.Table(
    "embeddings",
    _meta,
    sa.Column("embedder", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("passage", sa.LargeBinary, nullable=False),  # float32
    sa.Column("sentences", sa.LargeBinary, nullable=False),  # int8, one row a sentence
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleInfo:
    """A live article without its text."""

    article_id: str
    version: str
    title: str
    author: str | None
    publisher: str | None
    url: str | None
    published: date | None
    language: str | None
    source: str
    added_at: datetime | None
    chunks: int
    tokens: int
    """tiktoken tokens of its text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Embedding:
    """The vectors of one chunk."""

    passage: Matrix
    """Unit vector, shape (dimension,)."""
    sentences: Matrix
    """Unit vectors, shape (sentences, dimension). The catalogue keeps them in 8 bits: see `_to_int8`."""


class LiveChunk(NamedTuple):
    """A chunk that queries may show, with its article and its vectors."""

    chunk: Chunk
    article: ArticleInfo
    embedding: Embedding


class Entry(NamedTuple):
    """An article about to go live: its chunks, each with the key of its embedding."""

    article: Article
    tokens: int
    chunks: tuple[tuple[Chunk, str], ...]


class Catalog:
    """One SQLite file. Reading is open to all; writing only under the library's writer lock."""

    def __init__(self, path: Path, engine: sa.Engine) -> None:
        self._path = path
        self._engine = engine

    @classmethod
    def create(cls, path: Path) -> Catalog:
        """A new, empty catalogue; complete or, if this is interrupted, absent of its format and made anew."""
        made = cls(path, _engine(path, read_only=False))
        with made.writing() as connection:
            _meta.create_all(connection)
            _set(connection, {"format": str(FORMAT), "generation": "0"})
        return made

    @classmethod
    def open(cls, path: Path, *, read_only: bool = False) -> Catalog:
        """Raises `LibraryDamaged` when it cannot be read, or was made by a newer Citewell."""
        made = cls(path, _engine(path, read_only=read_only))
        try:
            made._check_format()
        except BaseException:
            made.close()
            raise
        return made

    def _check_format(self) -> None:
        with self.reading() as connection:
            if not sa.inspect(connection).get_table_names():
                raise LibraryNotFound(  # its making was interrupted before the first transaction
                    f"there is no library in {str(self._path.parent)!r}",
                    hint="add articles to make one: citewell add PATH",
                )
        found = self.state("format")
        if found is None or not found.isdigit():
            raise LibraryDamaged(
                f"{str(self._path)!r} is not a catalogue of Citewell's",
                hint="name another folder with --library, or restore this one from a copy",
            )
        if int(found) > FORMAT:
            raise LibraryDamaged(
                f"this library was written by a newer Citewell (format {found}; this one reads {FORMAT})",
                hint="upgrade Citewell: pip install --upgrade citewell",
            )

    def close(self) -> None:
        self._engine.dispose()

    @contextlib.contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A connection whose statements all see one state of the catalogue."""
        with _translated(self._path), self._engine.connect() as connection, connection.begin():
            yield connection

    @contextlib.contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """A transaction that is durable when this returns."""
        with _translated(self._path), self._engine.connect() as connection:
            with connection.execution_options(citewell_write=True).begin():
                yield connection

    # State

    def state(self, key: str) -> str | None:
        with self.reading() as connection:
            return _get(connection, key)

    def states(self, *keys: str) -> dict[str, str]:
        """Several values of one moment; those that are not set are left out."""
        with self.reading() as connection:
            rows = connection.execute(sa.select(_state.c.key, _state.c.value).where(_state.c.key.in_(keys)))
            return {row.key: row.value for row in rows}

    def set_state(self, values: dict[str, str | None]) -> None:
        """Set several values at once; None removes one."""
        with self.writing() as connection:
            _set(connection, values)

    def generation(self) -> int:
        """A number that grows whenever the indexes may have changed."""
        return int(self.state("generation") or 0)

    # Articles

    def article(self, article_id: str) -> ArticleInfo | None:
        with self.reading() as connection:
            row = connection.execute(_articles.select().where(_articles.c.article_id == article_id)).first()
            return None if row is None else _info(row)

    def by_source(self, source: str) -> ArticleInfo | None:
        """The live article that was read from this path or URL; the first by id if there are several."""
        query = _articles.select().where(_articles.c.source == source).order_by(_articles.c.article_id)
        with self.reading() as connection:
            row = connection.execute(query.limit(1)).first()
            return None if row is None else _info(row)

    def list(self, filters: Filters = Filters()) -> list[ArticleInfo]:
        """Live articles that pass, by id."""
        with self.reading() as connection:
            rows = connection.execute(_filtered(_articles.select(), filters).order_by(_articles.c.article_id))
            return [info for info in map(_info, rows) if _in_articles(info, filters)]

    def article_ids(self) -> list[str]:
        with self.reading() as connection:
            return list(
                connection.scalars(sa.select(_articles.c.article_id).order_by(_articles.c.article_id))
            )

    def article_count(self, filters: Filters = Filters()) -> int:
        if filters.articles:
            return len(self.list(filters))
        with self.reading() as connection:
            query = sa.select(sa.func.count()).select_from(_articles)
            return int(connection.scalar(_filtered(query, filters)) or 0)

    def chunk_count(self) -> int:
        with self.reading() as connection:
            return int(connection.scalar(sa.select(sa.func.count()).select_from(_chunks)) or 0)

    def version(self, article_id: str, version: str) -> Article | None:
        with self.reading() as connection:
            row = connection.execute(
                _versions.select().where(_versions.c.article_id == article_id, _versions.c.version == version)
            ).first()
            return None if row is None else Article(text=row.text, **_identity(row), **_description(row))

    def version_hashes(self, article_id: str) -> list[str]:
        """All versions that were ever live, oldest first."""
        query = sa.select(_versions.c.version).where(_versions.c.article_id == article_id)
        with self.reading() as connection:
            return list(connection.scalars(query.order_by(_versions.c.added_at, _versions.c.version)))

    def versions(self) -> Iterator[Article]:
        """Every version of every article, with its text, one at a time."""
        with self.reading() as connection:
            keys = connection.execute(sa.select(_versions.c.article_id, _versions.c.version)).all()
        for article_id, version in keys:
            found = self.version(article_id, version)
            if found is not None:
                yield found

    # Chunks

    def live(self, chunk_ids: Iterable[str]) -> dict[str, LiveChunk]:
        """Those of `chunk_ids` that are live, with their articles and vectors, in one state."""
        found: dict[str, LiveChunk] = {}
        with self.reading() as connection:
            for some in batched(chunk_ids, _IN_BATCH):
                for row in connection.execute(_live_query().where(_chunks.c.chunk_id.in_(some))):
                    made = _live_chunk(row)
                    found[made.chunk.chunk_id] = made
        return found

    def chunk_ids(self, article_id: str | None = None) -> list[str]:
        """Ids of the live chunks, all or of one article, in order of their id."""
        query = sa.select(_chunks.c.chunk_id).order_by(_chunks.c.chunk_id)
        if article_id is not None:
            query = query.where(_chunks.c.article_id == article_id)
        with self.reading() as connection:
            return list(connection.scalars(query))

    def known_embeddings(self, embedder: str, keys: Iterable[str]) -> dict[str, Embedding]:
        """The embeddings already made by `embedder` for these keys."""
        found: dict[str, Embedding] = {}
        with self.reading() as connection:
            for some in batched(keys, _IN_BATCH):
                query = _embeddings.select().where(
                    _embeddings.c.embedder == embedder, _embeddings.c.key.in_(some)
                )
                for row in connection.execute(query):
                    found[row.key] = _embedding(row.passage, row.sentences)
        return found

    # Writing

    def go_live(
        self,
        connection: sa.Connection,
        entries: Sequence[Entry],
        embeddings: dict[str, Embedding],
        embedder: str,
    ) -> None:
        """Make these articles live in place of whatever was, keeping the text of every version."""
        before = self._embedding_keys(connection, [entry.article.article_id for entry in entries])
        for entry in entries:
            article = entry.article
            described = {name: getattr(article, name) for name, _ in _described}
            described["added_at"] = article.added_at.isoformat() if article.added_at else None
            identity = {"article_id": article.article_id, "version": article.version}
            for table, key in ((_articles, ("article_id",)), (_versions, ("article_id", "version"))):
                chosen = [table.c[name] == identity[name] for name in key]
                connection.execute(table.delete().where(*chosen))
            connection.execute(
                _articles.insert().values(
                    **identity,
                    **described,
                    publisher_key=article.publisher.casefold() if article.publisher is not None else None,
                    chunks=len(entry.chunks),
                    tokens=entry.tokens,
                )
            )
            connection.execute(_versions.insert().values(**identity, **described, text=article.text))
            connection.execute(_chunks.delete().where(_chunks.c.article_id == article.article_id))
            if entry.chunks:
                connection.execute(_chunks.insert(), [_chunk_row(chunk, key) for chunk, key in entry.chunks])
        self._keep_embeddings(connection, embeddings, embedder)
        self._drop_unused(connection, before)

    def set_source(self, article_id: str, source: str) -> None:
        """Note that an article is now read from another place."""
        with self.writing() as connection:
            for table in (_articles, _versions):
                connection.execute(
                    table.update().where(table.c.article_id == article_id).values(source=source)
                )

    def forget(self, connection: sa.Connection, article_id: str) -> None:
        """Remove an article with all its versions."""
        before = self._embedding_keys(connection, [article_id])
        for table in (_articles, _versions, _chunks):
            connection.execute(table.delete().where(table.c.article_id == article_id))
        self._drop_unused(connection, before)

    def replace_embeddings(self, connection: sa.Connection, keys: dict[str, str], embedder: str) -> None:
        """Point chunks (by id) to other embeddings, those of `embedder`, and drop the rest."""
        for chunk_id, key in keys.items():
            connection.execute(_chunks.update().where(_chunks.c.chunk_id == chunk_id).values(embedding=key))
        used = sa.select(_chunks.c.embedding).where(_chunks.c.embedding == _embeddings.c.key)
        foreign = _embeddings.c.embedder != embedder
        connection.execute(_embeddings.delete().where(sa.or_(foreign, ~sa.exists(used))))

    def _keep_embeddings(
        self, connection: sa.Connection, embeddings: dict[str, Embedding], embedder: str
    ) -> None:
        rows = [
            {
                "embedder": embedder,
                "key": key,
                "passage": made.passage.astype("<f4").tobytes(),
                "sentences": _to_int8(made.sentences).tobytes(),
            }
            for key, made in embeddings.items()
        ]
        if rows:
            connection.execute(_embeddings.insert().prefix_with("OR IGNORE"), rows)

    def store_embeddings(self, embeddings: dict[str, Embedding], embedder: str) -> None:
        """Keep embeddings before anything refers to them (a change of embedder, a batch at a time)."""
        with self.writing() as connection:
            self._keep_embeddings(connection, embeddings, embedder)

    def _embedding_keys(self, connection: sa.Connection, article_ids: Sequence[str]) -> set[str]:
        found: set[str] = set()
        for some in batched(article_ids, _IN_BATCH):
            query = sa.select(_chunks.c.embedding).where(_chunks.c.article_id.in_(some))
            found.update(connection.scalars(query))
        return found

    def _drop_unused(self, connection: sa.Connection, keys: Iterable[str]) -> None:
        used = sa.select(_chunks.c.embedding).where(_chunks.c.embedding == _embeddings.c.key)
        for some in batched(sorted(keys), _IN_BATCH):
            connection.execute(_embeddings.delete().where(_embeddings.c.key.in_(some), ~sa.exists(used)))

    def integrity(self) -> list[str]:
        """What SQLite itself finds wrong with the file; empty when nothing."""
        with self.reading() as connection:
            said = [str(row[0]) for row in connection.exec_driver_sql("PRAGMA integrity_check")]
        return [line for line in said if line != "ok"]


def set_state(connection: sa.Connection, values: dict[str, str | None]) -> None:
    """Set several values of the state within a transaction; None removes one."""
    _set(connection, values)


def bump(connection: sa.Connection) -> int:
    """Raise the generation within a transaction, and return it."""
    following = int(_get(connection, "generation") or 0) + 1
    _set(connection, {"generation": str(following)})
    return following


def generation_of(connection: sa.Connection) -> int:
    return int(_get(connection, "generation") or 0)


def _get(connection: sa.Connection, key: str) -> str | None:
    found: str | None = connection.scalar(sa.select(_state.c.value).where(_state.c.key == key))
    return found


def _set(connection: sa.Connection, values: dict[str, Any]) -> None:
    for key, value in values.items():
        connection.execute(_state.delete().where(_state.c.key == key))
        if value is not None:
            connection.execute(_state.insert().values(key=key, value=value))


def _engine(path: Path, *, read_only: bool) -> sa.Engine:
    def connect() -> sqlite3.Connection:
        return _connect(path, read_only=read_only)

    engine = sa.create_engine("sqlite+pysqlite://", creator=connect, poolclass=sa.QueuePool, pool_size=8)

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        write = connection.get_execution_options().get("citewell_write")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    return engine


def _connect(path: Path, *, read_only: bool) -> sqlite3.Connection:
    address = path.absolute().as_uri()
    options = {"uri": True, "timeout": _BUSY_SECONDS, "isolation_level": None, "check_same_thread": False}
    if not read_only:
        connection = sqlite3.connect(address, **options)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA secure_delete = ON")  # removed means gone, not merely unlisted
        return connection
    # A WAL database needs its -shm file, which one who cannot write cannot make. Without a -wal file there
    # is nothing in it to be missed, and the main file can be read as it is.
    quiet = not path.with_name(path.name + "-wal").exists()
    return sqlite3.connect(f"{address}?mode=ro{'&immutable=1' if quiet else ''}", **options)


@contextlib.contextmanager
def _translated(path: Path) -> Iterator[None]:
    """What SQLite raises, as an error of ours."""
    try:
        yield
    except (sa.exc.DBAPIError, sqlite3.Error) as error:
        raise _library_error(path, getattr(error, "orig", None) or error) from error


_FULL_OR_FORBIDDEN = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_IOERR)


def _library_error(path: Path, error: BaseException) -> LibraryError:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in (*_FULL_OR_FORBIDDEN, sqlite3.SQLITE_CANTOPEN):
        return LibraryUnwritable(
            f"the library {str(path.parent)!r} cannot be written: {error}",
            hint="free some space or check the folder's permissions; nothing that was in it is lost",
        )
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return LibraryLocked("the catalogue is busy", hint="try again in a moment")
    return LibraryDamaged(
        f"the catalogue {str(path)!r} cannot be read: {error}",
        hint="restore it from a copy, or add the articles again to a new library",
    )


def _filtered(query: Any, filters: Filters) -> Any:
    if filters.publishers:
        keys = [name.casefold() for name in filters.publishers]
        query = query.where(_articles.c.publisher_key.in_(keys))
    if filters.since:
        query = query.where(_articles.c.published >= filters.since)
    if filters.until:
        query = query.where(_articles.c.published <= filters.until)
    if 0 < len(filters.articles) <= _IN_BATCH:
        query = query.where(_articles.c.article_id.in_(filters.articles))
    return query


def _in_articles(info: ArticleInfo, filters: Filters) -> bool:
    return len(filters.articles) <= _IN_BATCH or info.article_id in filters.articles


def passes(info: ArticleInfo, filters: Filters) -> bool:
    """Whether an article passes the filters, by what the catalogue says of it."""
    if filters.publishers:
        wanted = {name.casefold() for name in filters.publishers}
        if info.publisher is None or info.publisher.casefold() not in wanted:
            return False
    if (filters.since or filters.until) and info.published is None:
        return False
    if filters.since and info.published and info.published < filters.since:
        return False
    if filters.until and info.published and info.published > filters.until:
        return False
    return not filters.articles or info.article_id in filters.articles


def _live_query() -> Any:
    described = [column for column in _articles.c if column.name != "publisher_key"]
    return (
        sa.select(
            *described,
            *(_chunks.c[name] for name in ("number", "start", "end", "sentences")),
            _chunks.c.text.label("chunk_text"),
            _embeddings.c.passage,
            _embeddings.c.sentences.label("sentence_vectors"),
        )
        .join(_articles, _articles.c.article_id == _chunks.c.article_id)
        .join(
            _embeddings,
            sa.and_(
                _embeddings.c.key == _chunks.c.embedding,
                _embeddings.c.embedder
                == sa.select(_state.c.value).where(_state.c.key == "embedder").scalar_subquery(),
            ),
        )
    )


def _live_chunk(row: Any) -> LiveChunk:
    chunk = Chunk(
        article_id=row.article_id,
        version=row.version,
        number=row.number,
        start=row.start,
        end=row.end,
        text=row.chunk_text,
        sentences=tuple(Span(*span) for span in json.loads(row.sentences)),
    )
    return LiveChunk(chunk, _info(row), _embedding(row.passage, row.sentence_vectors))


def _chunk_row(chunk: Chunk, key: str) -> dict[str, Any]:
    return {
        "chunk_id": chunk.chunk_id,
        "article_id": chunk.article_id,
        "number": chunk.number,
        "start": chunk.start,
        "end": chunk.end,
        "text": chunk.text,
        "sentences": json.dumps(chunk.sentences, separators=(",", ":")),
        "embedding": key,
    }


def _identity(row: Any) -> dict[str, str]:
    return {"article_id": row.article_id, "version": row.version}


def _description(row: Any) -> dict[str, Any]:
    found = {name: getattr(row, name) for name, _ in _described}
    found["added_at"] = datetime.fromisoformat(row.added_at) if row.added_at else None
    return found


def _info(row: Any) -> ArticleInfo:
    return ArticleInfo(**_identity(row), **_description(row), chunks=row.chunks, tokens=row.tokens)


def _to_int8(rows: Matrix) -> npt.NDArray[np.int8]:
    """Rows in 8 bits, each scaled to its own largest value: a cosine does not see the scale.

    The largest error of a component is 1/254 of that value; cosines move by less than .001.
    """
    largest = np.abs(rows).max(axis=-1, keepdims=True, initial=0.0)
    return np.rint(rows / np.where(largest > 0, largest, 1.0) * 127).astype(np.int8)


def _embedding(passage: bytes, sentences: bytes) -> Embedding:
    vector = np.frombuffer(passage, dtype="<f4").astype(np.float32)
    rows = np.frombuffer(sentences, dtype=np.int8).reshape(-1, vector.size).astype(np.float32)
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    return Embedding(passage=vector, sentences=rows / np.where(norms > 0, norms, 1.0))


INFO_FIELDS = tuple(field.name for field in fields(ArticleInfo))
