from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.checking.support import support
from rag.checking.units import UNITS, is_among, unit_after
from rag.checking.values import find_values


@given(st.integers(2, 999), st.sampled_from(sorted(UNITS)), st.sampled_from([" ", "-"]))
def test_a_unit_is_read_behind_its_number(number: int, word: str, gap: str) -> None:
    text = f"it is {number}{gap}{word}, they say"
    (value,) = find_values(text)
    if value.kind == "number":  # "5 m" may be money's millions elsewhere
        assert unit_after(text, value) == UNITS[word]


@pytest.mark.parametrize(
    ("sentence", "level"),
    [
        ("Two months later both men died.", "supported"),
        ("Two weeks later both men died.", "unsupported"),
        ("Both men died after two.", "supported"),
    ],
)
def test_a_sentence_with_another_unit_is_not_supported(sentence: str, level: str) -> None:
    assert support(sentence, ["Two months later both men died, the two of them."]).level == level


def test_a_reason_names_the_unit() -> None:
    (reason,) = support("It is 46 miles long.", ["It is 46 metres long."]).reasons
    assert reason == "the quote does not have the number 46 mile"


def test_a_unit_that_is_not_said_may_be_any() -> None:
    assert is_among("", ["metre"])
    assert is_among("metre", ["", ""])
    assert not is_among("metre", ["foot", ""])
    assert not is_among("", [])
