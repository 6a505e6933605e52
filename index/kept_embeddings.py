"""The embeddings that the catalogue keeps, by embedder and key, until no live chunk has the key any more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import sqlalchemy as sa

from index.article import Chunk
from index.batches import batched
from index.tables import Embedding, articles, chunk_of, chunks, embedding_of, embeddings, to_int8

_IN_BATCH = 500
_IS_USED = sa.exists(sa.select(chunks.c.embedding).where(chunks.c.embedding == embeddings.c.key))


def known(connection: sa.Connection, embedder: str, keys: Iterable[str]) -> dict[str, Embedding]:
    """The embeddings already made by `embedder` for these keys."""
    found: dict[str, Embedding] = {}
    for some in batched(keys, _IN_BATCH):
        query = embeddings.select().where(embeddings.c.embedder == embedder, embeddings.c.key.in_(some))
        for row in connection.execute(query):
            found[row.key] = embedding_of(row.passage, row.sentences)
    return found


def keep(connection: sa.Connection, made: Mapping[str, Embedding], embedder: str) -> None:
    """Keep embeddings by key; those that are there stay."""
    rows = [
        {
            "embedder": embedder,
            "key": key,
            "passage": each.passage.astype("<f4").tobytes(),
            "sentences": to_int8(each.sentences).tobytes(),
        }
        for key, each in made.items()
    ]
    if rows:
        connection.execute(embeddings.insert().prefix_with("OR IGNORE"), rows)


def lacking(connection: sa.Connection, embedder: str) -> list[tuple[str, str, Chunk]]:
    """A batch of the live chunks without one by `embedder`, as (key, title, chunk); empty when all have."""
    made = sa.select(embeddings.c.key).where(
        embeddings.c.key == chunks.c.embedding, embeddings.c.embedder == embedder
    )
    query = (
        sa.select(chunks, articles.c.version, articles.c.title)
        .join(articles, articles.c.article_id == chunks.c.article_id)
        .where(~sa.exists(made))
        .order_by(chunks.c.chunk_id)
        .limit(_IN_BATCH)
    )
    return [(row.embedding, row.title, chunk_of(row, row.text)) for row in connection.execute(query)]


def keys_of(connection: sa.Connection, article_ids: Sequence[str]) -> set[str]:
    """The keys that the live chunks of these articles have."""
    found: set[str] = set()
    for some in batched(article_ids, _IN_BATCH):
        found.update(connection.scalars(sa.select(chunks.c.embedding).where(chunks.c.article_id.in_(some))))
    return found


def drop_unused(connection: sa.Connection, keys: Iterable[str]) -> None:
    """Drop those of these keys that no live chunk has any more."""
    for embedder in _embedders(connection):  # the key alone has no index
        for some in batched(sorted(keys), _IN_BATCH):
            chosen = (embeddings.c.embedder == embedder, embeddings.c.key.in_(some), ~_IS_USED)
            connection.execute(embeddings.delete().where(*chosen))


def keep_only(connection: sa.Connection, embedder: str) -> None:
    """Drop the embeddings of other embedders, and those of no live chunk."""
    foreign = embeddings.c.embedder != embedder
    connection.execute(embeddings.delete().where(sa.or_(foreign, ~_IS_USED)))


def _embedders(connection: sa.Connection) -> list[str]:
    """Whose embeddings there are; each found by a step in the index, where DISTINCT would read it all."""
    found: list[str] = []
    column = embeddings.c.embedder
    while True:
        name = connection.scalar(
            sa.select(sa.func.min(column)).where(*(column > last for last in found[-1:]))
        )
        if name is None:
            return found
        found.append(name)
