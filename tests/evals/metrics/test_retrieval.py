from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.metrics.retrieval import first_rank, hit_at, mrr_at

RANKS = st.lists(st.none() | st.integers(1, 50), min_size=1)


def test_by_hand() -> None:
    ranks = [1, 2, None, 11, 5]
    assert [hit_at(ranks, k) for k in (1, 2, 5, 10, 11)] == [0.2, 0.4, 0.6, 0.6, 0.8]
    assert mrr_at(ranks, 10) == pytest.approx((1 + 1 / 2 + 0 + 0 + 1 / 5) / 5)


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


@pytest.mark.parametrize(("ranks", "k"), [([], 1), ([1], 0), ([0], 1), ([-1, 2], 5)])
def test_what_cannot_be_measured_is_an_error(ranks: list[int | None], k: int) -> None:
    with pytest.raises(ValueError, match="at least one question"):
        hit_at(ranks, k)
    with pytest.raises(ValueError, match="at least one question"):
        mrr_at(ranks, k)
