"""One question through both indexes: which chunks each finds, and what the catalogue knows of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import numpy.typing as npt

from index.article import Chunk, Filters
from index.catalog import Catalog
from index.errors import LibraryDamaged
from index.filtering import passes
from index.fulltext import TextQuery
from index.indexes import Pair
from index.tables import ArticleInfo, LiveChunk

if TYPE_CHECKING:
    from index.library import Library

Matrix = npt.NDArray[np.float32]
T = TypeVar("T")

_TRIES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A chunk that at least one of the two searches found."""

    chunk: Chunk
    article: ArticleInfo
    text_rank: int | None
    """Rank from 1 in the full-text list; None when it is not among the first k."""
    text_score: float
    """BM25 score; 0 when the full text did not find it."""
    vector_rank: int | None
    """Rank from 1 in the vector list; None when it is not among the first k."""
    similarity: float
    """Cosine of question and passage, -1..1, also for chunks that only the full text found."""
    sentence_vectors: Matrix
    """Unit vectors of its sentences, shape (sentences, dimension)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResult:
    """Both lists together, not fused, by chunk id."""

    question_vector: Matrix
    """Unit vector, shape (dimension,); empty when nothing was ever added."""
    hits: list[Hit]


def steadily(library: Library, look: Callable[[Pair], T]) -> T | None:
    """What a look into both indexes finds, of one state of the library; None while nothing was ever added.

    Raises:
        LibraryDamaged: an index fails and could not be mended.
    """
    failures = 0
    for attempt in range(1, _TRIES + 1):
        generation = library.catalog.generation()
        try:
            pair = library.indexes.current()
            if pair is None:
                return None
            found = look(pair)
        except LibraryDamaged:
            failures += 1
            if attempt == _TRIES or failures > 2:
                raise
            library.indexes.close()  # replaced by another process at this moment, or else really damaged
            if failures == 2:
                library.heal()
            continue
        # If something went live in between, look again, so that no article is seen by halves.
        if library.catalog.generation() == generation or attempt == _TRIES:
            return found
    return None


def search_both(
    pair: Pair, catalog: Catalog, words: TextQuery, vector: Matrix, k: int, filters: Filters
) -> list[Hit]:
    """The `k` best chunks by full text and the `k` nearest vectors, together, by chunk id.

    What the catalogue does not call live, or whose article does not pass the filters by what it says now, is
    dropped before ranks are given: an index may be ahead of the catalogue for a moment, or behind it.
    """
    by_text = pair.fulltext.search(words, k, filters)
    by_vector = pair.vectors.query(vector, k, filters)
    live = catalog.live(dict.fromkeys(chunk_id for chunk_id, _ in [*by_text, *by_vector]))
    shown = {chunk_id for chunk_id, each in live.items() if passes(each.article, filters)}
    texts = [hit for hit in by_text if hit[0] in shown][:k]
    vectors = [hit for hit in by_vector if hit[0] in shown][:k]
    text_ranks = {chunk_id: rank for rank, (chunk_id, _) in enumerate(texts, 1)}
    vector_ranks = {chunk_id: rank for rank, (chunk_id, _) in enumerate(vectors, 1)}
    scores = dict(texts)
    return [
        _hit(
            live[chunk_id],
            vector,
            text_ranks.get(chunk_id),
            scores.get(chunk_id, 0.0),
            vector_ranks.get(chunk_id),
        )
        for chunk_id in sorted({*text_ranks, *vector_ranks})
    ]


def _hit(
    live: LiveChunk, question: Matrix, text_rank: int | None, text_score: float, vector_rank: int | None
) -> Hit:
    similarity = float(live.embedding.passage @ question)
    return Hit(
        chunk=live.chunk,
        article=live.article,
        text_rank=text_rank,
        text_score=text_score,
        vector_rank=vector_rank,
        similarity=min(1.0, max(-1.0, similarity)),
        sentence_vectors=live.embedding.sentences,
    )
