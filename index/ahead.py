"""Embedding beside all else: chunks are handed in ahead of time, and their vectors collected when needed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

from index.article import Chunk, Span
from index.tables import Embedding

if TYPE_CHECKING:
    from llama_index.core.base.embeddings.base import BaseEmbedding

Known = Callable[[str, Iterable[str]], Mapping[str, Embedding]]
"""(name of an embedder, keys) -> the embeddings among these that are there already."""


class Handed(NamedTuple):
    """What will come of some chunks."""

    vectors: dict[str, Future[Embedding]]
    """Of each, by key."""
    new: list[Future[Embedding]]
    """Those that had not been asked for before, in order; the others are there when these are."""


class Ahead:
    """Embeds in the order it was asked, on threads of its own: a question asked meanwhile is not behind them.

    Args:
        embedder: What embeds.
        known: Looks up what was embedded before.
    """

    def __init__(self, embedder: BaseEmbedding, known: Known) -> None:
        from index.embedders import embedder_name, embedding_threads

        self.embedder = embedder
        self._name = embedder_name(embedder)
        self._known = known
        self._threads = ThreadPoolExecutor(embedding_threads(embedder), thread_name_prefix="embed-ahead")
        self._under_way: dict[str, Future[Embedding]] = {}
        """By key: handed in, and not catalogued yet."""

    def put(self, title: str, chunks: Iterable[tuple[Chunk, str]]) -> Handed:
        """Have an article's chunks, each with its key, embedded; equal ones are once."""
        wanted = {key: chunk for chunk, key in chunks}
        new = wanted.keys() - self._under_way.keys()
        for key, found in self._known(self._name, new).items():
            done: Future[Embedding] = Future()
            done.set_result(found)
            self._under_way[key] = done
        made = []
        for key, chunk in wanted.items():
            if key not in self._under_way:
                self._under_way[key] = self._threads.submit(embed_chunk, self.embedder, title, chunk)
                made.append(self._under_way[key])
        return Handed({key: self._under_way[key] for key in wanted}, made)

    def forget(self, keys: Iterable[str]) -> None:
        """Let go of what is catalogued now."""
        for key in keys:
            self._under_way.pop(key, None)

    def close(self) -> None:
        """Embed nothing more than what is at work."""
        self._threads.shutdown(wait=True, cancel_futures=True)


def embed_chunk(embedder: BaseEmbedding, title: str, chunk: Chunk) -> Embedding:
    """Vectors of a chunk of an article of this title, and of its sentences."""
    from index.embedders import PassageText, embed_passage

    spans = tuple(Span(span.start - chunk.start, span.end - chunk.start) for span in chunk.sentences)
    vectors = embed_passage(embedder, PassageText(title, chunk.text, spans))
    return Embedding(passage=vectors.passage, sentences=vectors.sentences)
