"""One question through both indexes: which chunks each finds, and what the catalogue knows of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from index import copies
from index.article import Chunk, Filters, Span
from index.errors import LibraryDamaged
from index.fulltext import TextQuery
from index.indexes import Pair
from index.nearest import nearest
from index.printings import Printings, once_each
from index.tables import ArticleInfo, LiveChunk

if TYPE_CHECKING:
    from index.library import Library

Matrix = npt.NDArray[np.float32]
T = TypeVar("T")

_TRIES = 5
"""Looks after which one at a library that changes all the time will do."""
_MOST_TRIES = 50
"""Looks that may fail because another thread reopens the indexes."""
_WIDEST = 64
"""Times the hits asked for that are looked at, at most, where copies crowd the others out."""


class Ranked(NamedTuple):
    """A live chunk that at least one of the two searches found, before anything else is known of it."""

    chunk_id: str
    text_rank: int | None
    """Rank from 1 in the full-text list; None when it is not among the first k."""
    text_score: float
    """BM25 score; 0 when the full text did not find it."""
    vector_rank: int | None
    """Rank from 1 in the vector list; None when it is not among the first k."""


Choose = Callable[[Sequence[Ranked]], Sequence[Ranked]]
"""Which of the chunks that were found are wanted, in the order they are wanted in."""


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
    story: str | None = None
    """What its article and its article's copies have in common; None where it has none."""
    repeated: frozenset[Span] = frozenset()
    """Its sentences that an earlier printing says, which is among the hits, if not cut off, before it."""

    @property
    def chunk_id(self) -> str:
        return self.chunk.chunk_id


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResult:
    """Both lists together, not fused: by chunk id, or as they were chosen."""

    question_vector: Matrix
    """Unit vector, shape (dimension,); empty when nothing was ever added."""
    hits: list[Hit]


def steadily(library: Library, look: Callable[[Pair], T]) -> T | None:
    """What a look into both indexes finds, of one state of the library; None while nothing was ever added.

    Raises:
        LibraryDamaged: an index fails and could not be mended.
    """
    failures = 0
    for attempt in range(1, _MOST_TRIES + 1):
        generation = library.catalog.generation()
        pair = None
        try:
            pair = library.indexes.current()
            if pair is None:
                return None
            found = look(pair)
        except LibraryDamaged:
            if attempt == _MOST_TRIES or failures == 2:
                raise
            if library.indexes.let_go(pair):  # replaced by another process at this moment, or really damaged
                failures += 1
                if failures == 2:
                    library.heal()
            continue
        # If something went live in between, look again, so that no article is seen by halves.
        if attempt >= _TRIES or library.catalog.generation() == generation:
            return found
    return None


def search_both(
    library: Library,
    pair: Pair,
    words: TextQuery,
    vector: Matrix,
    k: int,
    filters: Filters,
    choose: Choose | None = None,
) -> list[Hit]:
    """The `k` best chunks by full text and the `k` nearest vectors, together, by chunk id; or those chosen.

    What the catalogue does not call live, or whose article does not pass the filters by what it says now, is
    dropped before ranks are given: an index may be ahead of the catalogue for a moment, or behind it. So is
    what a copy says again, however many copies there are. Texts and vectors are read of copies and of what is
    chosen only.
    """
    catalog, wanted = library.catalog, k
    while True:
        by_text = pair.fulltext.search(words, wanted, filters)
        by_vector = nearest(library, pair, vector, wanted, filters)
        with catalog.reading() as connection:
            shown = catalog.passing(connection, {chunk_id for chunk_id, _ in [*by_text, *by_vector]}, filters)
            copied = copies.stories(connection, sorted(set(shown.values())))
            alike = [chunk_id for chunk_id, article_id in shown.items() if article_id in copied]
            printed = once_each(catalog, catalog.live_within(connection, alike), filters)
            texts, vectors = (
                printed.shown(hit for hit in found if hit[0] in shown) for found in (by_text, by_vector)
            )
            crowded = printed.stands_for and (
                (len(texts) < k and len(by_text) >= wanted) or (len(vectors) < k and len(by_vector) >= wanted)
            )
            if not crowded or wanted >= _WIDEST * k:
                ranked = _ranked(texts, vectors, k)
                chosen = ranked if choose is None else choose(ranked)
                live = catalog.live_within(connection, [each.chunk_id for each in chosen])
                there = {**live, **printed.live}
                # Of copies, what was removed at this moment is not; then it is searched again (`steadily`).
                chosen = [each for each in chosen if each.chunk_id in there]
                return [_hit(printed, there[each.chunk_id], vector, each) for each in chosen]
        wanted *= 4  # copies filled a list: what stands behind them is looked for


def _ranked(texts: dict[str, float], vectors: dict[str, float], k: int) -> list[Ranked]:
    """Both lists together, by chunk id."""
    text_ranks, vector_ranks = (
        {chunk_id: rank for rank, chunk_id in enumerate(islice(found, k), 1)} for found in (texts, vectors)
    )
    return [
        Ranked(each, text_ranks.get(each), texts[each] if each in text_ranks else 0.0, vector_ranks.get(each))
        for each in sorted({*text_ranks, *vector_ranks})
    ]


def _hit(printed: Printings, live: LiveChunk, question: Matrix, ranked: Ranked) -> Hit:
    similarity = float(live.embedding.passage @ question)
    return Hit(
        chunk=live.chunk,
        article=live.article,
        text_rank=ranked.text_rank,
        text_score=ranked.text_score,
        vector_rank=ranked.vector_rank,
        similarity=min(1.0, max(-1.0, similarity)),
        sentence_vectors=live.embedding.sentences,
        story=printed.stories.get(live.article.article_id),
        repeated=printed.repeated.get(ranked.chunk_id, frozenset()),
    )
