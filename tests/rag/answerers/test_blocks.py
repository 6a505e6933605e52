"""Quotes out of lists and tables come whole: items behind what introduces them, rows under their header."""

import pytest

from index.article import Article, Span
from index.library import Library
from rag import CitedQueryEngine
from rag.answerers.blocks import made_whole
from rag.citations import DraftSentence, Source

TEXT = """Thieves came at night. They took three things:

- the Pear, by Toorn
- the Glove, by Marek. It is small.
- the Harbour, by Sand

None was found.

Pool | Adults | Children
Lido | 5.00 | 2.50
Castle | 9.00 | 4.50"""
ARTICLE = Article(article_id="a", title="Theft", text=TEXT)


def quoted(words):
    start = TEXT.index(words)
    source = Source(article=ARTICLE, span=Span(start, start + len(words)), quote=words)
    return DraftSentence(text=words, sources=(source,))


def whole(*quotes, several=False):
    drafts = made_whole([quoted(words) for words in quotes], lambda _id, _version: ARTICLE, several=several)
    return [f"{'/ ' if draft.starts_line else ''}{draft.text}" for draft in drafts]


ITEMS = ["/ - the Pear, by Toorn", "/ - the Glove, by Marek. It is small.", "/ - the Harbour, by Sand"]


def test_a_list_comes_behind_what_introduces_it_and_what_follows_on_a_new_line():
    assert whole("They took three things:", "None was found.") == [
        "They took three things:",
        *ITEMS,
        "/ None was found.",
    ]


def test_one_item_that_answers_comes_with_what_introduces_it_alone():
    assert whole("- the Glove, by Marek.") == ["They took three things:", "/ - the Glove, by Marek."]
    assert whole("- the Glove, by Marek.", several=True) == ["They took three things:", *ITEMS]


@pytest.mark.parametrize(("several", "items"), [(False, ["/ - the Glove, by Marek."]), (True, ITEMS)])
def test_what_introduces_it_brings_the_others_where_several_are_asked_for(several, items):
    assert whole("They took three things:", "- the Glove, by Marek.", several=several) == [
        "They took three things:",
        *items,
    ]


def test_rows_stand_under_their_header_which_is_told_once():
    assert whole("Castle | 9.00 | 4.50", "Lido | 5.00 | 2.50") == [
        "Pool | Adults | Children",
        "/ Castle | 9.00 | 4.50",
        "/ Lido | 5.00 | 2.50",
    ]


def test_every_item_of_a_list_is_cited(tmp_path):
    with Library.open(tmp_path, create=True) as library:
        library.add([ARTICLE])
        answer = CitedQueryEngine(library).ask("Which things did the thieves take?")
    assert [TEXT[each.start : each.end] for each in answer.citations] == [
        each.quote for each in answer.citations
    ]
    assert {"- the Pear, by Toorn", "- the Harbour, by Sand"} <= {each.quote for each in answer.citations}
    assert "They took three things [1]:\n- the Pear, by Toorn [2]." in answer.answer
