"""Articles that somebody changed in the catalogue itself: what is left out of an answer for it is told."""

import sqlite3
from contextlib import closing

import pytest

from index.article import Article, Filters
from index.library import Library
from rag import CitedQueryEngine
from rag.prompts import NO_LONGER_STANDS, REFUSAL

LAMP = "The lamp was built in 1852."
OTHERS = {"b": "Birds sing in May.", "c": "Snow fell on the hills."}


@pytest.fixture
def library(tmp_path):
    with Library.open(tmp_path / "library", create=True) as opened:
        yield opened


def write_over(library, old, new):
    with closing(sqlite3.connect(library.path / "catalog.sqlite3")) as catalogue:
        catalogue.execute("UPDATE versions SET text = replace(text, ?, ?)", (old, new))
        catalogue.commit()


@pytest.mark.parametrize("filters", [Filters(), Filters(articles=("a", "b"))])
def test_a_refusal_for_words_that_no_longer_stand_does_not_speak_of_another_matter(library, filters):
    library.add(
        [Article(article_id=key, title=key, text=text) for key, text in {"a": LAMP, **OTHERS}.items()]
    )
    engine = CitedQueryEngine(library)
    assert engine.ask("When was the lamp built?", filters=filters).answerable
    write_over(library, "1852", "1999")
    answer = engine.ask("When was the lamp built?", filters=filters)
    assert (answer.answerable, answer.refusal_reason) == (False, "low_evidence")
    assert answer.answer == f"{REFUSAL} {NO_LONGER_STANDS}"


def test_an_answer_tells_of_the_quotes_that_are_left_out_of_it(library):
    copies = {"a": LAMP, "d": "In 1852 the lamp was built, and it burnt oil until 1901."}
    library.add([Article(article_id=key, title=key, text=text) for key, text in {**copies, **OTHERS}.items()])
    engine = CitedQueryEngine(library)
    whole = engine.ask("When was the lamp built?")
    assert {citation.article_id for citation in whole.citations} == {"a", "d"}
    assert not whole.notices
    write_over(library, LAMP, "The lamp was built in 1999.")
    answer = engine.ask("When was the lamp built?")
    assert [citation.article_id for citation in answer.citations] == ["d"]
    assert answer.notices == (NO_LONGER_STANDS,)
