"""MRR@k: the mean over all questions of 1/rank of the first relevant passage, 0 where it is beyond k.

Fails on: questions that need more than one passage; and it falls steeply at the top: from rank 1 to 2 costs
as much as from 2 to never, so a system that shows five passages at once is judged too hard by it.
"""

from __future__ import annotations

from collections.abc import Sequence

from evals.metrics.ranks import found_ranks


def mrr_at(ranks: Sequence[int | None], k: int) -> float:
    """Mean reciprocal rank, cut at `k`.

    Raises:
        ValueError: there are no questions, `k` is below 1, or a rank is.

    >>> mrr_at([1, 4, None, 2], 3)
    0.375
    """
    return sum(1 / rank for rank in found_ranks(ranks, k) if rank <= k) / len(ranks)
