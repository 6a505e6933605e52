"""The catalogue's tables, the way to its file, and its rows as the nouns of the library."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import sqlalchemy as sa

from index.article import Chunk, Span
from index.errors import LibraryDamaged, LibraryError, LibraryLocked, LibraryUnwritable

_BUSY_SECONDS = 30.0

Matrix = npt.NDArray[np.float32]
Row = sa.Row[Any]

meta = sa.MetaData()

state = sa.Table(
    "state",
    meta,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)
DESCRIBED = (
    ("title", sa.Text),
    ("author", sa.Text),
    ("publisher", sa.Text),
    ("url", sa.Text),
    ("published", sa.Date),
    ("language", sa.Text),
    ("source", sa.Text),
    ("added_at", sa.Text),
)
articles = sa.Table(
    "articles",
    meta,
    sa.Column("article_id", sa.Text, primary_key=True),
    sa.Column("version", sa.Text, nullable=False),
    sa.Column("publisher_key", sa.Text),  # casefolded: SQLite's own lower() knows ASCII only
    sa.Column("chunks", sa.Integer, nullable=False),
    sa.Column("tokens", sa.Integer, nullable=False),
    *(sa.Column(name, kind) for name, kind in DESCRIBED),
    sa.Index("articles_source", "source"),
)
versions = sa.Table(
    "versions",
    meta,
    sa.Column("article_id", sa.Text, primary_key=True),
    sa.Column("version", sa.Text, primary_key=True),
    sa.Column("text", sa.Text, nullable=False),
    *(sa.Column(name, kind) for name, kind in DESCRIBED),
)
pages = sa.Table(  # of the versions that have any
    "pages",
    meta,
    sa.Column("article_id", sa.Text, primary_key=True),
    sa.Column("version", sa.Text, primary_key=True),
    sa.Column("starts", sa.Text, nullable=False),  # JSON [start, …]
)
chunks = sa.Table(
    "chunks",
    meta,
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
embeddings = sa.Table(
    "embeddings",
    meta,
    sa.Column("embedder", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("passage", sa.LargeBinary, nullable=False),  # float32
    sa.Column("sentences", sa.LargeBinary, nullable=False),  # int8, one row a sentence
)
signatures = sa.Table(  # of the live versions, for copies.py
    "signatures",
    meta,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("article_id", sa.Text, nullable=False, unique=True),
    sa.Column("version", sa.Text, nullable=False),
    sa.Column("digest", sa.LargeBinary, nullable=False),  # uint32, MinHash
)
bands = sa.Table(  # a few values of a digest each, hashed: texts that are alike share some
    "bands",
    meta,
    sa.Column("band", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)
copies = sa.Table(  # of the articles that have any: those of one story are copies of each other
    "copies",
    meta,
    sa.Column("article_id", sa.Text, primary_key=True),
    sa.Column("story", sa.Text, nullable=False, index=True),
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
    """Unit vectors, shape (sentences, dimension). The catalogue keeps them in 8 bits: see `to_int8`."""


class LiveChunk(NamedTuple):
    """A chunk that queries may show, with its article and its vectors."""

    chunk: Chunk
    article: ArticleInfo
    embedding: Embedding


class Narrowing(NamedTuple):
    """What filters let pass."""

    chunks: int
    article_ids: tuple[str, ...] | None
    """None where they are many."""


def open_engine(path: Path, *, read_only: bool) -> sa.Engine:
    def connect() -> sqlite3.Connection:
        return _connect(path, read_only=read_only)

    # One who only reads looks anew each time whether a writer is at work: see `_connect`.
    pool = sa.NullPool if read_only else sa.QueuePool
    engine = sa.create_engine("sqlite+pysqlite://", creator=connect, poolclass=pool)

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        write = connection.get_execution_options().get("citewell_write")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    return engine


def _connect(path: Path, *, read_only: bool) -> sqlite3.Connection:
    address = path.absolute().as_uri()
    quiet = not path.with_name(path.name + "-wal").exists()
    if read_only:
        # A WAL database needs its -shm file, which one who cannot write cannot make. Without a -wal file
        # there is nothing in it to be missed, and the main file can be read as it is.
        address += f"?mode=ro{'&immutable=1' if quiet else ''}"
    connection = sqlite3.connect(
        address, uri=True, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )
    if not read_only:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA secure_delete = ON")  # removed means gone, not merely unlisted
    return connection


@contextlib.contextmanager
def translated(path: Path) -> Iterator[None]:
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


def live_query(embedder: str) -> sa.Select[Any]:
    """Chunks with their article and their vectors by `embedder`; `passage` is None of those without.

    The outer join is for SQLite's planner, which knows no sizes: of an inner one it first reads every
    embedding of the library.
    """
    described = [column for column in articles.c if column.name != "publisher_key"]
    embedded = sa.and_(embeddings.c.key == chunks.c.embedding, embeddings.c.embedder == embedder)
    return (
        sa.select(
            *described,
            *(chunks.c[name] for name in ("number", "start", "end", "sentences")),
            chunks.c.text.label("chunk_text"),
            embeddings.c.passage,
            embeddings.c.sentences.label("sentence_vectors"),
        )
        .select_from(chunks)
        .join(articles, articles.c.article_id == chunks.c.article_id)
        .join(embeddings, embedded, isouter=True)
    )


def live_ids_query(embedder: str) -> sa.Select[tuple[str, str]]:
    """Chunks that have vectors by `embedder`: their own ids and those of their articles, and nothing else."""
    embedded = sa.select(embeddings.c.key).where(
        embeddings.c.key == chunks.c.embedding, embeddings.c.embedder == embedder
    )
    return (
        sa.select(chunks.c.chunk_id, chunks.c.article_id)
        .join(articles, articles.c.article_id == chunks.c.article_id)
        .where(sa.exists(embedded))
    )


def passages_query(embedder: str) -> sa.Select[tuple[str, bytes]]:
    """Chunks with their vectors by `embedder`, without their texts."""
    passage = sa.select(embeddings.c.passage).where(
        embeddings.c.key == chunks.c.embedding, embeddings.c.embedder == embedder
    )
    return sa.select(chunks.c.chunk_id, passage.scalar_subquery().label("passage"))


def chunk_of(row: Row, text: str) -> Chunk:
    return Chunk(
        article_id=row.article_id,
        version=row.version,
        number=row.number,
        start=row.start,
        end=row.end,
        text=text,
        sentences=tuple(Span(*span) for span in json.loads(row.sentences)),
    )


def live_chunk_of(row: Row) -> LiveChunk:
    embedding = embedding_of(row.passage, row.sentence_vectors)
    return LiveChunk(chunk_of(row, row.chunk_text), info_of(row), embedding)


def chunk_row(chunk: Chunk, key: str) -> dict[str, Any]:
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


def identity_of(row: Row) -> dict[str, Any]:
    return {"article_id": row.article_id, "version": row.version}


def description_of(row: Row) -> dict[str, Any]:
    found = {name: getattr(row, name) for name, _ in DESCRIBED}
    found["added_at"] = datetime.fromisoformat(row.added_at) if row.added_at else None
    return found


def info_of(row: Row) -> ArticleInfo:
    return ArticleInfo(**identity_of(row), **description_of(row), chunks=row.chunks, tokens=row.tokens)


def pages_of(connection: sa.Connection, article_id: str, version: str) -> tuple[int, ...]:
    query = sa.select(pages.c.starts).where(pages.c.article_id == article_id, pages.c.version == version)
    starts: str | None = connection.scalar(query)
    return tuple(json.loads(starts)) if starts else ()


def to_int8(rows: Matrix) -> npt.NDArray[np.int8]:
    """Rows in 8 bits, each scaled to its own largest value: a cosine does not see the scale.

    The largest error of a component is 1/254 of that value; cosines move by less than .001.
    """
    largest = np.abs(rows).max(axis=-1, keepdims=True, initial=0.0)
    return np.rint(rows / np.where(largest > 0, largest, 1.0) * 127).astype(np.int8)


def passage_of(passage: bytes) -> Matrix:
    return np.frombuffer(passage, dtype="<f4").astype(np.float32)


def embedding_of(passage: bytes, sentences: bytes) -> Embedding:
    vector = passage_of(passage)
    rows = np.frombuffer(sentences, dtype=np.int8).reshape(-1, vector.size).astype(np.float32)
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    return Embedding(passage=vector, sentences=rows / np.maximum(norms, np.float32(1)))
