"""hit@k: the share of questions whose first relevant passage has a rank of at most k.

Called success@k elsewhere. None is a question for which nothing relevant was found; it counts in the
denominator.

Fails on: questions that need more than one passage (that is recall@k), and on what "relevant" means: name it
beside every figure. In a suite it is `evals.metrics.evidence`, which re-chunking does not void.
"""

from __future__ import annotations

from collections.abc import Sequence

from evals.metrics.ranks import found_ranks


def hit_at(ranks: Sequence[int | None], k: int) -> float:
    """Share of questions with a relevant passage among the first `k`.

    Args:
        ranks: Of each question, the rank from 1 of its first relevant passage.
        k: How many passages are looked at.

    Raises:
        ValueError: there are no questions, `k` is below 1, or a rank is.

    >>> hit_at([1, 4, None, 2], 3)
    0.5
    """
    return sum(rank <= k for rank in found_ranks(ranks, k)) / len(ranks)
