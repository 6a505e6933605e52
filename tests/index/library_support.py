"""What the tests of the library share: articles, a small embedder, and what a whole library answers."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable
from datetime import date
from functools import cache

import numpy as np
from llama_index.core.base.embeddings.base import BaseEmbedding

from index import health
from index.article import Article, Filters
from index.fulltext import terms
from index.library import AddResult, Library

QUESTIONS = ("Where do the otters swim?", "Who mends the lamp of the harbour?", "zebra")


@cache
def _direction(word: str, dimension: int) -> np.ndarray:
    seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:8], "big")
    return np.random.default_rng(seed).normal(size=dimension)


class WordsEmbedding(BaseEmbedding):
    """A real LlamaIndex embedding that loads nothing: each word a fixed random direction, added up."""

    dimension: int = 32
    calls: int = 0

    def __init__(self, name: str = "words", dimension: int = 32) -> None:
        super().__init__(model_name=name, dimension=dimension)

    def _get_text_embedding(self, text: str) -> list[float]:
        self.calls += 1
        words = re.findall(r"\w+", text.lower()) or ["nothing"]
        return np.sum([_direction(word, self.dimension) for word in words], axis=0).tolist()

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embedding(query)

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embedding(query)


class NoEmbedding(WordsEmbedding):
    """Stands for the embedder of a library where nothing may be embedded but questions."""

    def _get_text_embedding(self, text: str) -> list[float]:
        raise AssertionError("an article was embedded")

    def _get_query_embedding(self, query: str) -> list[float]:
        return super()._get_text_embedding(query)


def make_article(name: str, *, edition: int = 0, paragraphs: int = 1, **described: object) -> Article:
    """An article whose words tell its name and edition."""
    text = "\n\n".join(
        f"The otters of {name} swim at the {number}th weir in edition{edition}. "
        f"Nobody mends the lamp of the harbour {name}{number}, said the warden. "
        + ", ".join(f"rain fell on {name} for {number} days" for _ in range(14))
        + "."
        for number in range(paragraphs)
    )
    given = {"title": f"News of {name}", "published": date(2024, 1, 1 + len(name) % 28), **described}
    return Article(article_id=name, text=text, **given)  # type: ignore[arg-type]


def statuses(results: Iterable[AddResult]) -> list[tuple[str, str]]:
    """Article id and fate of each result."""
    return [(result.article_id, result.status) for result in results]


def live(library: Library) -> dict[str, str]:
    """Article id -> version of all that is live."""
    return {info.article_id: info.version for info in library.list()}


def check_answers(library: Library, questions: Iterable[str] = QUESTIONS) -> None:
    """Search gives what the catalogue calls live: the nearest vectors, and the chunks that hold a word."""
    chunks = library.catalog.live(library.catalog.chunk_ids())
    k = max(1, len(chunks))
    for question in questions:
        found = library.search(question, k=k)
        if not chunks:
            assert found.hits == []
            continue
        assert {hit.chunk.chunk_id for hit in found.hits if hit.vector_rank} == set(chunks)
        similar = {
            name: float(each.embedding.passage @ found.question_vector) for name, each in chunks.items()
        }
        by_vector = sorted((hit for hit in found.hits if hit.vector_rank), key=lambda hit: hit.vector_rank)
        assert [hit.vector_rank for hit in by_vector] == list(range(1, len(by_vector) + 1))
        ranked = [similar[hit.chunk.chunk_id] for hit in by_vector]
        assert np.allclose(ranked, sorted(ranked, reverse=True), atol=1e-5)
        words = set(terms(question))
        holding = {
            name
            for name, each in chunks.items()
            if words & set(terms(f"{each.article.title}\n{each.chunk.text}"))
        }
        assert {hit.chunk.chunk_id for hit in found.hits if hit.text_rank} == holding


def check_clean(library: Library) -> None:
    """What `doctor` looks at, the vectors read in this process: it is ten times faster."""
    report = health.examine(library.catalog, library.indexes, health.compare_vectors)
    assert not report.findings, report.findings


def nothing_left_of(library: Library, article_id: str) -> bool:
    pair = library.indexes.current()
    assert pair is not None
    return not (
        pair.vectors.ids(article_id)
        or pair.fulltext.ids(article_id)
        or library.catalog.chunk_ids(article_id)
        or library.list(Filters(articles=(article_id,)))
    )


def not_root() -> None:
    """Become a user whom permissions stop."""
    os.setgid(65534)
    os.setuid(65534)
