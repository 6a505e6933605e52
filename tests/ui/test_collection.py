"""A question about the collection, on the page and on the terminal: a list whose marks open its words."""

from datetime import date

import pytest
from html_reading import Reading

from index.article import Article
from index.library import Library
from rag import CitedQueryEngine
from ui.printing import answer_page
from ui.web.exchange import Exchange
from ui.web.exchanges import exchange_html

TIDES = Article(
    article_id="tides", title="High tides", text="The lamp stood in water.", published=date(2024, 5, 1)
)
LAMP = Article(article_id="lamp", title="The <lamp>", text="A lamp was lit. It burned all night.")


def page_of(answer, show):
    return exchange_html(
        Exchange(number=1, question=answer.question, outcome="answered", answer=answer), show
    )


@pytest.fixture
def engine(tmp_path):
    with Library.open(tmp_path / "library", create=True) as library:
        library.add([TIDES, LAMP])
        yield CitedQueryEngine(library)


def test_each_article_has_a_line_of_its_own_and_its_mark_opens_the_words(engine):
    question = "Which articles mention lamps?"
    answer = engine.ask(question)
    page = page_of(answer, engine.library.show)
    assert page.split('<div class="answer">')[1].split("</div>")[0].count("<p") == 3
    assert page.count('data-source="e1-s1"') == page.count('data-source="e1-s2"') == 2
    said = Reading(page).text
    assert "2 articles mention “lamps”[1][2]." in said
    assert "“The <lamp>”[2]." in said
    assert "Counted over the whole library" in said
    assert "The lamp stood in water." in said
    lines = answer_page(answer, {}).splitlines()
    assert lines[:3] == [
        "2 articles mention “lamps” [1][2].",
        "“High tides” (1 May 2024) [1].",
        "“The <lamp>” [2].",
    ]


def test_nothing_found_is_shown_as_a_refusal(engine):
    question = "How many articles mention whales?"
    page = page_of(engine.ask(question), engine.library.show)
    said = Reading(page).text
    assert "The articles do not say." in said
    assert "No article mentions “whales”." in said
