"""Question -> passages: full text and vectors, fused by weighted reciprocal rank."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle

from index.article import Filters
from index.library import Hit, Library
from rag.answer import Passage
from rag.nodes import passage_node

RANK_OFFSET = 5
"""The k of reciprocal rank fusion."""
TEXT_WEIGHT = 1.0
VECTOR_WEIGHT = 0.8
"""Measured on SQuAD 2.0 dev (8 articles as 8 documents) and CLAP NQ: k=5 and weights from .7 to 1 give the
best hit@5 and hit@10; encyclopedia questions copied from the text want less of the vectors at rank 1
(hit@1 .780 at .7, .763 at 1), searchers' questions more (.920, .946)."""
CANDIDATES = 50
"""Length of each list before fusion."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retrieval:
    """Passages for one question, best first."""

    question_vector: npt.NDArray[np.float32]
    hits: tuple[Hit, ...]
    scores: tuple[float, ...]

    @property
    def passages(self) -> tuple[Passage, ...]:
        """The hits in the form that answers carry."""
        return tuple(
            Passage(
                article_id=hit.chunk.article_id,
                start=hit.chunk.start,
                end=hit.chunk.end,
                text=hit.chunk.text,
                score=score,
                ranks=_ranks(hit),
            )
            for hit, score in zip(self.hits, self.scores, strict=True)
        )


class HybridRetriever(BaseRetriever):
    """Both indexes of a library, fused. As a LlamaIndex retriever it returns nodes with all metadata."""

    def __init__(self, library: Library, *, top_k: int = 10, filters: Filters = Filters()) -> None:
        self._library = library
        self._top_k = top_k
        self._filters = filters
        super().__init__()

    def search(self, question: str, *, top_k: int | None = None, filters: Filters | None = None) -> Retrieval:
        """The best `top_k` passages; equal scores are ordered by chunk id."""
        found = self._library.search(
            question, k=CANDIDATES, filters=self._filters if filters is None else filters
        )
        ranked = sorted(
            ((fused_score(hit), hit) for hit in found.hits),
            key=lambda pair: (-pair[0], pair[1].chunk.chunk_id),
        )
        best = ranked[: top_k or self._top_k]
        return Retrieval(
            question_vector=found.question_vector,
            hits=tuple(hit for _, hit in best),
            scores=tuple(score for score, _ in best),
        )

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        found = self.search(query_bundle.query_str)
        return [passage_node(hit, passage) for hit, passage in zip(found.hits, found.passages, strict=True)]


def fused_score(hit: Hit) -> float:
    """Weighted reciprocal rank: the sum over the lists that found the passage of weight / (k + rank)."""
    text = TEXT_WEIGHT / (RANK_OFFSET + hit.text_rank) if hit.text_rank else 0.0
    vector = VECTOR_WEIGHT / (RANK_OFFSET + hit.vector_rank) if hit.vector_rank else 0.0
    return text + vector


def _ranks(hit: Hit) -> dict[str, int]:
    ranks = {"text": hit.text_rank, "vector": hit.vector_rank}
    return {name: rank for name, rank in ranks.items() if rank is not None}
