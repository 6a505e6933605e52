"""The rank of what was looked for: the common ground of hit@k and MRR@k. Not a metric."""

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


def found_ranks(ranks: Sequence[int | None], k: int) -> list[int]:
    """The ranks that are there.

    Raises:
        ValueError: there is nothing to count over, `k` is below 1, or a rank is.
    """
    found = [rank for rank in ranks if rank is not None]
    if not ranks or k < 1 or any(rank < 1 for rank in found):
        raise ValueError("at least one question, k and every rank from 1")
    return found
