from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.checking.values import clean, find_values


def keys(text: str) -> list[str]:
    return [v.key for v in find_values(clean(text))]


def covers(text: str, wanted: str) -> bool:
    (value,) = find_values(clean(wanted))
    return any(v.covers(value) for v in find_values(clean(text)))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1.5 million", "1,500,000"),
        ("four", "4"),
        ("twenty-one", "21"),
        ("two hundred and five thousand", "205,000"),
        ("a hundred", "100"),
        ("Dec 12 2023", "12 December 2023"),
        ("Dec. 12, 2023", "2023-12-12"),
        ("the 12th of December, 2023", "12 Dec 2023"),
        ("June 2023", "in June of 2023"),
        ("70-80%", "70 to 80 percent"),
        ("70–80 %", "between 70 and 80 per cent"),
        ("70%-80%", "70-80 percent"),
        ("$1.5 million", "1.5 million US dollars"),
        ("$5-10bn", "5 to 10 billion dollars"),
        ("€20", "20 euros"),
        ("10k", "ten thousand"),
        ("1\u202f500\u202f000", "1.5 million"),
        ("２５", "25"),
    ],
)
def test_two_ways_to_write_one_value(one: str, other: str) -> None:
    assert keys(one) == keys(other) != []


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("25", "5"),
        ("4%", "4"),
        ("4", "4%"),
        ("1.5", "5"),
        ("1,500", "500"),
        ("1.5 million", "1.5"),
        ("70-80%", "70%"),
        ("70-80%", "80%"),
        ("June 2023", "12 June 2023"),
        ("12 June 2023", "12 July 2023"),
        ("June 2023", "June 2024"),
        ("$5", "€5"),
        ("-5", "5"),
        ("G20", "20"),
        ("COVID-19", "19"),
        ("the 1990s", "1990"),
        ("no one came", "1"),
        ("10:30", "30"),
    ],
)
def test_near_values_are_different(text: str, wanted: str) -> None:
    assert not covers(text, wanted)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("12 June 2023", "June 2023"),
        ("12 June 2023", "2023"),
        ("June 2023", "2023"),
        ("12 June 2023", "12 June"),
        ("$4", "4"),
        ("mid-2023", "2023"),
        ("one man", "1"),
    ],
)
def test_the_exact_states_the_less_exact(text: str, wanted: str) -> None:
    assert covers(text, wanted)


@pytest.mark.parametrize(
    "text", ["may I march on", "no one", "one another", "Jan said", "", "-", "%", "$", "and", "3rd"]
)
def test_words_that_are_no_values(text: str) -> None:
    assert keys(text) == []


_WORDS = st.sampled_from(["", "about ", "some ", "it was "])


@given(st.integers(0, 10**12), _WORDS)
def test_grouping_does_not_change_a_number(number: int, before: str) -> None:
    assert keys(f"{before}{number:,} people") == keys(f"{before}{number} people")


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_a_number_is_covered_only_by_itself(one: int, other: int) -> None:
    assert covers(f"it counts {one} in all", str(other)) == (one == other)


@given(
    st.decimals("0.1", "999.9", places=1), st.sampled_from([("thousand", 3), ("million", 6), ("billion", 9)])
)
def test_a_scale_multiplies(amount: Decimal, scale: tuple[str, int]) -> None:
    assert keys(f"{amount} {scale[0]}") == keys(f"{amount.scaleb(scale[1]):f}")


@given(st.dates(min_value=date(1000, 1, 1), max_value=date(2999, 12, 31)))
def test_a_date_reads_the_same_in_every_form(day: date) -> None:
    month = day.strftime("%B")
    forms = [
        f"{day.day} {month} {day.year}",
        f"{month} {day.day}, {day.year}",
        f"{day.day} {month[:3]} {day.year}",
    ]
    assert [keys(form) for form in forms] == [[day.isoformat()]] * 3
    assert keys(day.isoformat()) == [day.isoformat()]


@given(st.text())
def test_any_text_has_values_in_order_and_apart(text: str) -> None:
    cleaned = clean(text)
    values = find_values(cleaned)
    assert all(0 <= v.start < v.end <= len(cleaned) for v in values)
    assert all(a.end <= b.start for a, b in pairwise(values))
