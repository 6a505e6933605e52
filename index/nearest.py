"""The vectors nearest to a question among the articles that pass its filters.

Chroma narrows by itself, but not fast: it takes 0.8 µs for each chunk there is, and 2.7 µs for each that
passes. Among 20,000 chunks that is 17 ms for one article's and 55 ms for all, against 1.3 ms without filters;
among 5,000 a quarter of it. So where few pass, they are compared one by one with what the catalogue keeps;
where many do, the nearest of all are asked for, and enough of them pass; Chroma narrows what lies between.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from index.article import Filters
from index.catalog import Catalog
from index.indexes import Pair

if TYPE_CHECKING:
    from index.library import Library

FEW = 2_000
"""Chunks that are compared one by one: about 10 µs each, nearly all of it reading."""
MOST_FETCHED = 1_000
"""Chunks asked for at most so that enough of them pass: 9 ms of the graph's time, against 1 ms for 50."""
_MARGIN = 2
"""How many times what would do on average is asked for: what passes is not spread evenly."""

_ALL = Filters()


def nearest(
    library: Library, pair: Pair, vector: npt.NDArray[np.float32], k: int, filters: Filters
) -> list[tuple[str, float]]:
    """The nearest chunks as (chunk id, cosine similarity), best first; a few more than `k`, if there are."""
    if not filters or k < 1:
        return pair.vectors.query(vector, k, filters)
    catalog = library.catalog
    passing = library.remembered.get(("passing", filters), lambda: catalog.narrowing(filters, FEW))
    if passing.article_ids is not None:
        return _one_by_one(catalog, passing.article_ids, vector)
    wanted = _MARGIN * k * pair.fulltext.chunk_count() // passing.chunks
    if wanted <= MOST_FETCHED:
        found = pair.vectors.query(vector, wanted, _ALL)
        with catalog.reading() as connection:
            shown = catalog.passing(connection, [chunk_id for chunk_id, _ in found], filters)
        if len(shown) >= k:
            return [hit for hit in found if hit[0] in shown]
    return pair.vectors.query(vector, k, filters)


def _one_by_one(
    catalog: Catalog, article_ids: tuple[str, ...], vector: npt.NDArray[np.float32]
) -> list[tuple[str, float]]:
    passages = catalog.passages(article_ids)
    if not passages:
        return []
    similarities = np.stack(list(passages.values())) @ vector
    found = zip(passages, np.clip(similarities, -1, 1).tolist(), strict=True)
    return sorted(found, key=lambda hit: (-hit[1], hit[0]))
