"""Retrieval: hit@k and MRR@k over the rank, from 1, of the first relevant passage of each question.

- hit@k: the share of questions whose first relevant passage has a rank of at most k.
- MRR@k: the mean over all questions of 1/rank where that rank is at most k, and of 0 elsewhere.

None is a question for which nothing relevant was found; it counts in the denominator.

Fails on: questions with several relevant passages of which more than one is needed (that is recall@k), and on
what "relevant" means: name it beside every figure. Overlap with the gold characters is the definition that
re-chunking does not void.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

Passage = TypeVar("Passage")


def first_rank(passages: Iterable[Passage], relevant: Callable[[Passage], bool]) -> int | None:
    """Rank, from 1, of the first relevant passage; None where there is none.

    >>> first_rank(["a", "b", "c"], lambda p: p in "bc")
    2
    """
    return next((rank for rank, p in enumerate(passages, start=1) if relevant(p)), None)


def hit_at(ranks: Sequence[int | None], k: int) -> float:
    """Share of questions with a relevant passage among the first `k`.

    Raises:
        ValueError: there are no questions, `k` is below 1, or a rank is.

    >>> hit_at([1, 4, None, 2], 3)
    0.5
    """
    return sum(rank <= k for rank in _found(ranks, k)) / len(ranks)


def mrr_at(ranks: Sequence[int | None], k: int) -> float:
    """Mean reciprocal rank, cut at `k`.

    Raises:
        ValueError: there are no questions, `k` is below 1, or a rank is.

    >>> mrr_at([1, 4, None, 2], 3)
    0.375
    """
    return sum(1 / rank for rank in _found(ranks, k) if rank <= k) / len(ranks)


def _found(ranks: Sequence[int | None], k: int) -> list[int]:
    found = [rank for rank in ranks if rank is not None]
    if not ranks or k < 1 or any(rank < 1 for rank in found):
        raise ValueError("at least one question, k and every rank from 1")
    return found
