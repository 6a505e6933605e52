"""An age is told of the one that was asked about, and told as of the newest article first."""

from datetime import date

import pytest

from index.article import Article
from index.library import Library
from rag import CitedQueryEngine
from rag.ages import age_asked, tells_age
from rag.question import analyse
from rag.weights import TermWeights

WEIGHTS = TermWeights(lambda stem: 1, lambda stem: False, chunks=10)


@pytest.mark.parametrize(
    ("text", "around", "tells"),
    [
        ("The singer Dora Vance, 34, sang.", "", True),
        ("Vance met Tom Ellery, 51, in Lyon.", "", False),
        ("She is 34.", "Dora Vance sings. She is 34.", True),
        ("She is 34.", "Ines Amaral sings. She is 34.", False),
        ("The singer is 34 years old.", "Dora Vance sings. The singer is 34 years old.", True),
        ("Vance has sung since 2015.", "", False),
    ],
)
def test_whose_age_it_is(text, around, tells):
    assert tells_age(analyse("How old is Dora Vance?", WEIGHTS), text, around) is tells


def test_only_the_age_of_somebody_named_is_looked_for():
    assert age_asked(analyse("How old is Dora Vance?", WEIGHTS)).name == "an age"
    assert age_asked(analyse("How old must a voter be?", WEIGHTS)) is None
    assert age_asked(analyse("How tall is Dora Vance?", WEIGHTS)) is None


def test_two_articles_that_tell_it_otherwise_are_both_quoted_the_newest_first(tmp_path):
    then = Article(
        article_id="then",
        title="Vance wins",
        published=date(2019, 6, 1),
        text="Dora Vance, a 30-year-old singer from Lyon, won first prize on Friday. The jury praised her.",
    )
    now = Article(
        article_id="now",
        title="Tour called off",
        published=date(2023, 2, 8),
        text="The singer Dora Vance, 34, has cancelled her tour. Her manager, Tom Ellery, was sorry.",
    )
    with Library.open(tmp_path, create=True) as library:
        library.add([then, now])
        engine = CitedQueryEngine(library)
        answer = engine.ask("How old is Dora Vance?")
        stranger = engine.ask("How old is Tom Ellery?")
    assert list(dict.fromkeys(each.article_id for each in answer.citations)) == ["now", "then"]
    assert not stranger.answerable
    assert "age of “Tom Ellery”" in stranger.answer
