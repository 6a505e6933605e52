"""Intervals and exact tests, against scipy's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from evals.statistics import exact_p, holm, percentile, wilson


@given(st.integers(1, 300), st.data())
def test_wilson_is_what_scipy_says(trials: int, data: st.DataObject) -> None:
    successes = data.draw(st.integers(0, trials))
    expected = binomtest(successes, trials).proportion_ci(method="wilson")
    assert tuple(wilson(successes, trials)) == pytest.approx((expected.low, expected.high), abs=1e-6)


@given(st.integers(0, 120), st.integers(0, 120))
def test_the_exact_test_is_what_scipy_says(worse: int, better: int) -> None:
    expected = binomtest(worse, worse + better).pvalue if worse + better else 1.0
    assert exact_p(worse, better) == pytest.approx(expected)
    assert exact_p(worse, better) == exact_p(better, worse)


@given(st.dictionaries(st.text(max_size=3), st.floats(0, 1), max_size=8))
def test_holm_raises_every_p_and_keeps_their_order(ps: dict[str, float]) -> None:
    adjusted = holm(ps)
    assert set(adjusted) == set(ps)
    assert all(
        p <= adjusted[name] <= min(1.0, p * len(ps)) + 1e-12 or adjusted[name] >= p for name, p in ps.items()
    )
    in_order = sorted(ps, key=lambda name: ps[name])
    assert [adjusted[name] for name in in_order] == sorted(adjusted.values())
    if ps:
        assert adjusted[in_order[0]] == pytest.approx(min(1.0, ps[in_order[0]] * len(ps)))


def test_percentiles_are_values_that_were_there() -> None:
    assert [percentile([30, 10, 20], share) for share in (0.01, 0.34, 0.67, 1)] == [10, 20, 30, 30]
    assert percentile(range(1, 101), 0.95) == 95


@pytest.mark.parametrize("call", [lambda: wilson(0, 0), lambda: wilson(3, 2), lambda: percentile([], 0.5)])
def test_what_cannot_be_computed_is_an_error(call) -> None:
    with pytest.raises(ValueError, match="at least one"):
        call()
