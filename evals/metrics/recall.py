"""recall@k: the share of what is relevant to one question that stands among its first k passages.

Fails on: relevance that was never judged (what nobody marked counts as wrong), on order (a hit at rank k is
as good as at rank 1), and on k below the number of relevant passages, where 1 cannot be reached.
"""

from __future__ import annotations

from collections.abc import Sequence

from evals.metrics.ranks import found_ranks


def recall_at(ranks: Sequence[int | None], k: int) -> float:
    """Share of the relevant items of one question among the first `k`.

    Args:
        ranks: Of each relevant item, its rank from 1; None where it was not found.
        k: How many passages are looked at.

    Raises:
        ValueError: nothing is relevant, `k` is below 1, or a rank is.

    >>> recall_at([1, 7, None, 3], 5)
    0.5
    """
    return sum(rank <= k for rank in found_ranks(ranks, k)) / len(ranks)
