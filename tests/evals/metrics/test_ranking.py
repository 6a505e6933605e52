"""hit@k, MRR@k, recall@k and nDCG@k: by hand, against trec_eval's own code, and in their bounds."""

from __future__ import annotations

import pytest
import pytrec_eval
from hypothesis import given
from hypothesis import strategies as st

from evals.metrics.hit import hit_at
from evals.metrics.mrr import mrr_at
from evals.metrics.ndcg import ndcg_at
from evals.metrics.ranks import first_rank
from evals.metrics.recall import recall_at

RANKS = st.lists(st.none() | st.integers(1, 50), min_size=1)
JUDGED = st.dictionaries(st.integers(0, 30), st.integers(1, 3), min_size=1, max_size=12)
"""Document -> grade, of what is relevant."""
FOUND = st.lists(st.integers(0, 30), unique=True, max_size=20)
"""Documents, best first."""


def reference(judged: dict[int, int], found: list[int]) -> dict[str, float]:
    """What trec_eval says; MRR is cut by cutting the list."""
    qrel = {"q": {f"d{doc}": grade for doc, grade in judged.items()}}

    def evaluate(measures: set[str], documents: list[int]) -> dict[str, float]:
        scores = {"q": {f"d{doc}": float(-rank) for rank, doc in enumerate(documents)}}
        found = pytrec_eval.RelevanceEvaluator(qrel, measures).evaluate(scores)
        return found.get("q") or dict.fromkeys(measures, 0.0)

    whole = evaluate({"ndcg_cut_10", "recall_5", "recall_10", "success_1", "success_5", "success_10"}, found)
    return whole | evaluate({"recip_rank"}, found[:10])


@given(JUDGED, FOUND)
def test_as_trec_eval_says(judged: dict[int, int], found: list[int]) -> None:
    expected = reference(judged, found)
    ranks = [found.index(doc) + 1 if doc in found else None for doc in judged]
    first = [first_rank(found, lambda doc: doc in judged)]
    gains = [float(judged.get(doc, 0)) for doc in found]
    assert ndcg_at(gains, list(judged.values()), 10) == pytest.approx(expected.get("ndcg_cut_10", 0))
    for k in (5, 10):
        assert recall_at(ranks, k) == pytest.approx(expected.get(f"recall_{k}", 0))
    for k in (1, 5, 10):
        assert hit_at(first, k) == expected.get(f"success_{k}", 0)
    assert mrr_at(first, 10) == pytest.approx(expected.get("recip_rank", 0))


def test_by_hand() -> None:
    ranks = [1, 2, None, 11, 5]
    assert [hit_at(ranks, k) for k in (1, 2, 5, 10, 11)] == [0.2, 0.4, 0.6, 0.6, 0.8]
    assert mrr_at(ranks, 10) == pytest.approx((1 + 1 / 2 + 0 + 0 + 1 / 5) / 5)
    assert recall_at([1, 6, None, None], 5) == 0.25


def test_the_first_relevant_passage_counts() -> None:
    assert first_rank("abcb", lambda p: p == "b") == 2
    assert first_rank("abc", lambda p: p == "x") is None


@given(RANKS, st.integers(1, 60))
def test_bounds_and_growth(ranks: list[int | None], k: int) -> None:
    assert 0 <= mrr_at(ranks, k) <= hit_at(ranks, k) <= hit_at(ranks, k + 1) <= 1
    assert mrr_at(ranks, 1) == hit_at(ranks, 1)


@given(RANKS, st.integers(1, 60))
def test_a_miss_more_lowers_both_in_proportion(ranks: list[int | None], k: int) -> None:
    share = len(ranks) / (len(ranks) + 1)
    assert hit_at([*ranks, None], k) == pytest.approx(hit_at(ranks, k) * share)
    assert mrr_at([*ranks, None], k) == pytest.approx(mrr_at(ranks, k) * share)


@given(st.permutations([3.0, 2.0, 1.0, 0.0, 0.0]))
def test_the_best_order_has_the_best_ndcg(gains: list[float]) -> None:
    value = ndcg_at(gains, [1, 2, 3], 10)
    assert (value == pytest.approx(1)) == (gains[:3] == [3, 2, 1])


@pytest.mark.parametrize(("ranks", "k"), [([], 1), ([1], 0), ([0], 1), ([-1, 2], 5)])
@pytest.mark.parametrize("metric", [hit_at, mrr_at, recall_at])
def test_what_cannot_be_measured_is_an_error(metric, ranks: list[int | None], k: int) -> None:
    with pytest.raises(ValueError, match="at least one question"):
        metric(ranks, k)


@pytest.mark.parametrize(("relevant", "k"), [([], 5), ([0], 5), ([1], 0)])
def test_ndcg_of_nothing_is_an_error(relevant: list[float], k: int) -> None:
    with pytest.raises(ValueError, match="something must be relevant"):
        ndcg_at([1], relevant, k)
