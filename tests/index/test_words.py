"""Words of a library that another one is a misspelling of."""

from __future__ import annotations

import pytest

from index.article import Article
from index.words import is_slip


@pytest.fixture
def words(library):
    library.add(
        [
            Article(article_id="a", title="The Prigozhin affair", text="Utkin fell. The ferry was late."),
            Article(article_id="b", title="Ferries", text="A ferry and a fern. Málaga has a ferry."),
        ]
    )
    return library.words()


@pytest.mark.parametrize(
    ("misspelt", "meant"),
    [
        ("Prigozin", "Prigozhin"),
        ("prigozhinn", "Prigozhin"),
        ("Prigozhni", "Prigozhin"),
        ("Utkyn", "Utkin"),
        ("ferrry", "ferry"),
        ("ferrey", "ferry"),
        ("Malga", "Málaga"),
    ],
)
def test_one_slip_is_found_as_the_library_writes_it(words, misspelt, meant):
    assert words.misspelt(misspelt)[0] == meant


@pytest.mark.parametrize("word", ["Prigzin", "ferry", "xylophone", "the", "", "Malaga"])
def test_what_is_no_slip_is_left(words, word):
    assert words.misspelt(word) == ()


def test_the_word_that_most_chunks_hold_comes_first(words):
    assert words.misspelt("ferr")[:2] == ("ferry", "fern")


def test_an_empty_library_knows_no_word(tmp_path, library):
    words = library.words()
    assert words.misspelt("Prigozin") == ()
    assert words.attainable("ferry") == 0
    assert not words.holds("ferry")


@pytest.mark.parametrize("other", ["ferr", "ferryy", "fferry", "xerry", "ferrx", "fery", "frery"])
def test_slips_go_both_ways(other):
    assert is_slip("ferry", other)
    assert is_slip(other, "ferry")


@pytest.mark.parametrize("other", ["ferry", "fe", "refry", "ferries", "yrref", ""])
def test_more_than_a_slip_is_none(other):
    assert not is_slip("ferry", other)
