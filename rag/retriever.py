"""Question -> passages: full text and vectors, fused first by rank, then by how much each finds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt
from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.postprocessor.types import BaseNodePostprocessor
from llama_index.core.schema import NodeWithScore, QueryBundle

from index.article import Filters
from index.library import Hit, Library, Ranked
from index.sought import Sought
from rag.answer import Passage
from rag.nodes import passage_node
from rag.postprocessing import postprocessed
from rag.spelling import Respelt, quotations, respelt

Matrix = npt.NDArray[np.float32]

CANDIDATES = 50
"""Length of each list before fusion. With 20 the answering passage of 5 in 1,000 questions is missed (SQuAD
2.0 dev, hit@5), with 100 none more is found."""
RANK_OFFSET = 5
"""The k of reciprocal rank fusion, by which both lists give the shortlist."""
SHORTLIST = 20
"""Passages, best by reciprocal rank, that are compared by score. 20 give the hit rates of all candidates."""
TEXT_WEIGHT = 0.6
SENTENCE_SHARE = 0.7
"""A passage's score: .6 of the full text's, as a share of what is attainable, and .4 of the cosine, which is
.3 of the passage's own and .7 of its nearest sentence's.

hit@1 / @5 / @10 by reciprocal rank alone (k=5, vectors .8), and so: SQuAD 2.0 dev (8 articles as 8 documents)
.778/.952/.978, .838/.961/.978; CLAP NQ .923/1/1, .967/1/1; TREC-QA train .807/.988/1, .855/.976/1; its dev
.756/.962/.987, .769/.974/1 (`python -m evals.benchmarks.retrieval DATA…`). From .5 to .65 for the text and
from .5 to .8 for the sentence the figures hardly move; chosen on one half of the articles, the constants
raise the other half as well. News wants more of the text, searchers' questions more of the vectors."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retrieval:
    """Passages for one question, best first."""

    question: str
    """As it was searched: words that no article has in the library's spelling."""
    question_vector: Matrix
    hits: tuple[Hit, ...]
    scores: tuple[float, ...]
    gaps: tuple[str, ...] = ()
    """What it puts in quotation marks and no passage has, in words; the hits are then those without."""
    notices: tuple[str, ...] = ()
    """What was taken for a misspelling, in words."""

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

    @property
    def nodes(self) -> list[NodeWithScore]:
        """The hits as LlamaIndex has them."""
        return [passage_node(hit, passage) for hit, passage in zip(self.hits, self.passages, strict=True)]


class HybridRetriever(BaseRetriever):
    """Both indexes of a library, fused. As a LlamaIndex retriever it returns nodes with all metadata.

    Args:
        library: Where to search.
        top_k: Passages wanted.
        filters: Which articles are looked at.
        postprocessors: LlamaIndex's, a reranker for instance: the first is given at least `SHORTLIST`
            passages, each other what the one before left; of what the last leaves, `top_k` are taken.
    """

    def __init__(
        self,
        library: Library,
        *,
        top_k: int = 10,
        filters: Filters = Filters(),
        postprocessors: Sequence[BaseNodePostprocessor] = (),
    ) -> None:
        self._library = library
        self._top_k = top_k
        self._filters = filters
        self._postprocessors = tuple(postprocessors)
        super().__init__()

    def search(self, question: str, *, top_k: int | None = None, filters: Filters | None = None) -> Retrieval:
        """The best `top_k` passages; equal scores are ordered by chunk id.

        Raises:
            ModelError: a postprocessor fails.
        """
        wanted = top_k or self._top_k
        narrowed = self._filters if filters is None else filters
        asked = respelt(question, self._library)
        quoted = quotations(asked.text)
        found = self._fused(asked, quoted, wanted, narrowed)
        gaps: tuple[str, ...] = ()
        if quoted and not found.hits:
            lacking = [each for each in quoted if not self._fused(asked, (each,), 1, narrowed).hits]
            gaps = tuple(NOWHERE.format(words=each) for each in lacking or [TOGETHER.join(quoted)])
            found = self._fused(asked, (), wanted, narrowed)
        hits, scores = found.hits, found.scores
        if self._postprocessors:
            by_id = {hit.chunk.chunk_id: hit for hit in hits}
            nodes = postprocessed(found.nodes, asked.text, self._postprocessors)
            hits = tuple(by_id[node.node_id] for node in nodes)
            scores = tuple(node.score or 0.0 for node in nodes)
        return Retrieval(
            question=asked.text,
            question_vector=found.question_vector,
            hits=hits[:wanted],
            scores=scores[:wanted],
            gaps=gaps,
            notices=asked.notices,
        )

    def _fused(self, asked: Respelt, quoted: Sequence[str], wanted: int, filters: Filters) -> Retrieval:
        """The shortlist that has all of the quoted words, in the order of the fused scores."""
        length = max(SHORTLIST, wanted)
        found = self._library.search(
            asked.text,
            k=CANDIDATES,
            filters=filters,
            phrases=quoted,
            variants=asked.variants,
            choose=None if quoted else lambda ranked: shortlist(ranked, length),
        )
        phrases = [Sought.phrase(each, literal=True) for each in quoted]
        hits = [
            hit
            for hit in found.hits
            if all(phrase.in_sentence(f"{hit.article.title}\n{hit.chunk.text}") for phrase in phrases)
        ]
        attainable = self._library.words().attainable(" ".join((asked.text, *asked.variants)))
        ranked = sorted(
            ((fused_score(hit, found.question_vector, attainable), hit) for hit in shortlist(hits, length)),
            key=lambda pair: (-pair[0], pair[1].chunk.chunk_id),
        )
        return Retrieval(
            question=asked.text,
            question_vector=found.question_vector,
            hits=tuple(hit for _, hit in ranked),
            scores=tuple(score for score, _ in ranked),
        )

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        found = self.search(query_bundle.query_str)
        return [] if found.gaps else found.nodes


NOWHERE = "No passage has the words “{words}”."
TOGETHER = "” together with “"


Found = TypeVar("Found", Hit, Ranked)


def shortlist(hits: Iterable[Found], length: int) -> list[Found]:
    """The best by reciprocal rank: the sum over the lists that found the passage of 1 / (k + rank)."""

    def by_rank(hit: Found) -> float:
        return sum(1 / (RANK_OFFSET + rank) for rank in _ranks(hit).values())

    return sorted(hits, key=lambda hit: (-by_rank(hit), hit.chunk_id))[:length]


def fused_score(hit: Hit, question_vector: Matrix, attainable: float) -> float:
    """How much both searches find in a passage: at most 1, whatever the question and the library.

    Args:
        hit: The passage.
        question_vector: Unit vector of the question.
        attainable: The full-text score that no passage exceeds.
    """
    text = hit.text_score / attainable if attainable else 0.0
    own = [
        span not in hit.repeated for span in hit.chunk.sentences
    ]  # the rest counts where it was first said
    nearest = float((hit.sentence_vectors[own] @ question_vector).max(initial=-1.0))
    meaning = (1 - SENTENCE_SHARE) * hit.similarity + SENTENCE_SHARE * nearest
    return TEXT_WEIGHT * text + (1 - TEXT_WEIGHT) * meaning


def _ranks(hit: Hit | Ranked) -> dict[str, int]:
    ranks = {"text": hit.text_rank, "vector": hit.vector_rank}
    return {name: rank for name, rank in ranks.items() if rank is not None}
