"""The page in a browser: what is asked, and the answer or the refusal that comes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from browsing import ask, marked, opened, serving, wait_for
from web_scripted import (
    COST,
    COST_QUOTE,
    FOLLOW_UP,
    HARBOUR,
    PIER,
    POSTS,
    POSTS_QUOTE,
    POSTS_TOO_QUOTE,
    RINGS_QUOTE,
    ScriptedEngine,
    ScriptedLibrary,
    harbour_engine,
)

pytestmark = pytest.mark.browser


def test_the_empty_page_tells_what_is_there_and_offers_questions(page):
    assert "2 articles from The Coast Gazette and Museum Letters" in page.inner_text(".welcome")
    page.get_by_role("button", name=COST).click()
    wait_for(page, COST, "done")
    assert not page.is_visible("#start")


def test_an_answer_with_its_sources_beside_it(page):
    ask(page, POSTS)
    assert page.locator("#live button.cite").all_text_contents() == ["[1]", "[2]", "[3]"]
    assert page.locator("#live .source .number").all_text_contents() == ["1", "2", "3"]
    assert page.locator("#live .source mark").all_text_contents() == [
        POSTS_QUOTE,
        POSTS_TOO_QUOTE,
        RINGS_QUOTE,
    ]
    answer, sources = (page.locator(s).bounding_box() for s in ("#live .answer", "#live ol.sources"))
    assert sources["x"] > answer["x"] + answer["width"]


def test_a_follow_up_shows_how_it_was_understood_and_keeps_the_conversation(page, engine):
    ask(page, COST)
    ask(page, FOLLOW_UP)
    assert "And who said so about the cost of the dredging?" in page.inner_text("#live .standalone")
    assert page.locator("#log .question").all_text_contents() == [COST]
    asked, history = engine.asked[-1]
    assert asked == FOLLOW_UP
    assert [(turn.question, turn.answer) for turn in history] == [(COST, COST_QUOTE)]
    page.locator("#log button.cite").click()
    assert marked(page) == [COST_QUOTE]


def test_a_refusal_is_a_card_with_ways_on(page):
    question = "How warm is the water in August?"
    ask(page, question, state="refused")
    card = page.inner_text("#live .refusal")
    assert "The articles do not say." in card
    assert "Searched 2 articles" in card
    assert question in card
    page.locator("#live .passage button").nth(1).click()
    assert marked(page) == [PIER.text.split("\n")[0]]


def test_an_empty_library_says_how_to_add_articles(browser):
    with serving(ScriptedEngine(ScriptedLibrary([]))) as address, opened(browser, address) as page:
        assert "citewell add" in page.inner_text(".welcome")
        ask(page, "Anything?", state="refused")
        assert "citewell add" in page.inner_text("#live .refusal")


def test_the_page_does_not_jump_while_an_answer_comes(browser):
    with serving(harbour_engine(pause=0.1)) as address, opened(browser, address) as page:
        page.fill("#question textarea", POSTS)
        page.keyboard.press("Enter")
        page.wait_for_selector("#live .answer")
        places = set()
        while page.get_attribute("#live .exchange", "data-state") == "working":
            places.add(
                page.evaluate(
                    "[...document.querySelectorAll('#live .question, #ask-row')]"
                    ".map(e => Math.round(e.getBoundingClientRect().top)).join()"
                )
            )
            page.wait_for_timeout(40)
        assert len(places) == 1


def test_a_citation_that_no_longer_holds_opens_nothing(browser):
    engine = harbour_engine()
    honest = engine._cite
    engine._cite = lambda quote, number: replace(honest(quote, number), start=3)
    with serving(engine) as address, opened(browser, address) as page:
        ask(page, COST)
        assert page.locator("#live button.cite, #live mark").count() == 0
        assert "cannot be shown" in page.inner_text("#live .source")
        assert HARBOUR.title in page.inner_text("#live .source")
