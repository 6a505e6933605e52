"""Gold evidence in passages: which of the quotes that hold the answer came up, and at which rank.

Evidence is given as words of the articles, not as chunks: cutting the articles otherwise voids nothing. A
passage holds a quote if its words stand there in a row, letter case and punctuation apart; of a quote that
the passage's edge cuts, at least half must stand inside. Out of the ranks of the quotes come hit@k and MRR@10
(the first quote found), recall@k (the share of quotes found) and nDCG@10 (each quote gains once, at the first
passage that holds it).

Fails on: the same fact in other words elsewhere, which is evidence too and counts as a miss (give it as a
second quote, and recall is then the share of both); a quote so short that it stands in many places.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from evals.metrics.hit import hit_at
from evals.metrics.mrr import mrr_at
from evals.metrics.ndcg import ndcg_at
from evals.metrics.ranks import first_rank
from evals.metrics.recall import recall_at

DEPTH = 10
"""Passages looked at."""


def holds(passage: str, quote: str) -> bool:
    """Whether a passage holds a quote, or at least half of it at one of its edges.

    >>> holds("The mill burned down. Nobody was hurt.", "nobody was hurt")
    True
    >>> holds("The mill burned down. Nobody was", "Nobody was hurt."), holds("Nobody", "Nobody was hurt.")
    (True, False)
    """
    words, wanted = _words(passage), _words(quote)
    if not words or not wanted:
        return False
    if _stands_in(wanted, words):
        return True
    least = (len(wanted) + 1) // 2
    if len(words) >= least and _stands_in(words, wanted):
        return True
    lengths = range(least, min(len(wanted), len(words) + 1))
    return any(words[-n:] == wanted[:n] or words[:n] == wanted[-n:] for n in lengths)


def evidence_ranks(passages: Sequence[str], quotes: Sequence[str]) -> list[int | None]:
    """Of each quote, the rank from 1 of the first passage that holds it."""
    return [first_rank([holds(passage, quote) for passage in passages], bool) for quote in quotes]


def retrieval_metrics(passages: Sequence[str], quotes: Sequence[str]) -> dict[str, float]:
    """All retrieval metrics of one question, by the names of `evals.measures.RETRIEVAL`.

    Args:
        passages: Texts of the passages, best first.
        quotes: The gold evidence, at least one.
    """
    ranks = evidence_ranks(passages, quotes)
    first = [min((rank for rank in ranks if rank is not None), default=None)]
    held = Counter(ranks)
    gains = [float(held[rank]) for rank in range(1, len(passages) + 1)]
    return {
        **{f"hit@{k}": hit_at(first, k) for k in (1, 3, 5, 10)},
        f"mrr@{DEPTH}": mrr_at(first, DEPTH),
        f"ndcg@{DEPTH}": ndcg_at(gains, [1.0] * len(quotes), DEPTH),
        **{f"recall@{k}": recall_at(ranks, k) for k in (5, 10)},
    }


def stands_in(text: str, quote: str) -> bool:
    """Whether a text has the words of a quote in a row, letter case and punctuation apart."""
    return _stands_in(_words(quote), _words(text))


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def _stands_in(part: Sequence[str], whole: Sequence[str]) -> bool:
    """Whether the words of `part` stand in `whole` in a row."""
    return f" {' '.join(part)} " in f" {' '.join(whole)} "
