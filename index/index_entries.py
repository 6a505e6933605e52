"""A chunk as the indexes take it: a row of the vectors, a document of the full text, under the same id."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from index.article import Article, Chunk
from index.fulltext import FullText, TextDocument
from index.tables import ArticleInfo

if TYPE_CHECKING:  # chromadb takes a second to import
    from index.vectors import Vectors


class IndexEntry(NamedTuple):
    """One chunk as both indexes take it."""

    chunk: Chunk
    article: Article | ArticleInfo
    vector: npt.NDArray[np.float32]


def put_vectors(vectors: Vectors, entries: Iterable[IndexEntry]) -> None:
    """Add or replace the vectors of these chunks."""
    from index.vectors import VectorRow

    vectors.put(
        [
            VectorRow(
                each.chunk.chunk_id,
                each.chunk.article_id,
                each.article.publisher,
                each.article.published,
                each.article.language,
                each.vector,
            )
            for each in entries
        ]
    )


def put_text(fulltext: FullText, entries: Iterable[IndexEntry]) -> None:
    """Add or replace the texts of these chunks, each with its article's title before it."""
    fulltext.put(
        [
            TextDocument(
                each.chunk.chunk_id,
                each.chunk.article_id,
                each.article.publisher,
                each.article.published,
                each.article.language,
                f"{each.article.title}\n{each.chunk.text}",
            )
            for each in entries
        ]
    )
