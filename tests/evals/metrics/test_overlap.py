from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.metrics.overlap import token_f1
from evals.metrics.text import tokenize

WORDS = st.lists(
    st.sampled_from(["mill", "bridge", "Ann", "1902", "burned", "12 June 2023"]), max_size=8
).map(" ".join)


def test_by_hand() -> None:
    assert token_f1("the mill burned down in 1914", "The mill burned.") == pytest.approx(2 * 2 / (5 + 2))
    assert token_f1("four men", "4 men") == 1
    assert token_f1("", "mill") == token_f1("mill", "") == token_f1("mill", "bridge") == 0


@given(WORDS, WORDS)
def test_it_is_symmetric_and_one_only_for_the_same_words(one: str, other: str) -> None:
    value = token_f1(one, other)
    assert value == token_f1(other, one)
    same = sorted(t.text for t in tokenize(one)) == sorted(t.text for t in tokenize(other))
    assert (value == 1) == (same and bool(tokenize(one)))
