"""nDCG@k: what the first k passages of one question gain, against the best order of all that is relevant.

A passage gains its grade, divided by log2(rank + 1): Järvelin and Kekäläinen 2002, in the linear form that
trec_eval computes.

Fails on: relevance that was never judged (what nobody marked gains nothing), and on grades that two people
would give differently. Questions with one relevant passage are better told by MRR.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import log2


def ndcg_at(gains: Sequence[float], relevant: Sequence[float], k: int) -> float:
    """Normalised discounted cumulative gain, cut at `k`, in [0, 1].

    Args:
        gains: Of the passages in the order found, best first; 0 for what is not relevant.
        relevant: The gains of all that is relevant, found or not, in any order.
        k: How many passages are looked at.

    Raises:
        ValueError: nothing is relevant, or `k` is below 1.

    >>> ndcg_at([1, 0, 1], [1, 1], 10) == (1 + 1 / 2) / (1 + 1 / log2(3))
    True
    """
    best = _discounted(sorted(relevant, reverse=True), k)
    if k < 1 or best <= 0:
        raise ValueError("something must be relevant, and k at least 1")
    return min(1.0, _discounted(gains, k) / best)  # above 1 only where one passage holds several quotes


def _discounted(gains: Sequence[float], k: int) -> float:
    return sum(gain / log2(rank + 1) for rank, gain in enumerate(gains[:k], start=1))
