from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.metrics.text import find_phrase, negated, tokenize


def words(text: str) -> list[str]:
    return [t.text for t in tokenize(text)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The mercenaries’ “exit”", "mercenary's exit"),
        ("state-controlled", "state controlled"),
        ("doesn't", "does not"),
        ("cannot", "can not"),
        ("the U.S. army", "US army"),
        ("COUNTRIES", "a country"),
        ("plane — crash", "plane crash"),
        ("ﬁre", "fire"),
    ],
)
def test_the_same_words(one: str, other: str) -> None:
    assert words(one) == words(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("US", "us"), ("Prigozhin", "Utkin"), ("news", "new car"), ("killed", "not killed"), ("4%", "4")],
)
def test_different_words(one: str, other: str) -> None:
    assert words(one) != words(other)


def test_a_value_is_one_token() -> None:
    assert not find_phrase(tokenize("5"), tokenize("25"))
    assert not find_phrase(tokenize("80%"), tokenize("70-80%"))
    assert find_phrase(tokenize("four men"), tokenize("It was 4 men."))


def test_clauses_end_at_punctuation_and_at_but() -> None:
    tokens = tokenize("It does not leave, but stays; here.")
    assert [t.clause for t in tokens if t.text in ("not", "stay", "here")] == sorted(
        {t.clause for t in tokens if t.text in ("not", "stay", "here")}
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [("he left", False), ("he never left", True), ("not without help", False), ("not only here", False)],
)
def test_negation(text: str, expected: bool) -> None:
    assert negated(tokenize(text)) is expected


def test_names_are_capitals_that_are_no_function_words() -> None:
    assert [t.text for t in tokenize("The Kremlin and He Peskov said") if t.name] == ["kremlin", "peskov"]


@given(st.text())
def test_any_text_has_tokens_and_clauses_only_grow(text: str) -> None:
    tokens = tokenize(text)
    assert all(t.text for t in tokens)
    assert [t.clause for t in tokens] == sorted(t.clause for t in tokens)
