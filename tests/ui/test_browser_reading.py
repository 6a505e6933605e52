"""The page in a browser: from a mark to the words in their article, by mouse and by keyboard."""

from __future__ import annotations

import pytest
from browsing import ask, in_view, marked, opened, serving, wait_for
from web_scripted import (
    COST,
    COST_QUOTE,
    HARBOUR,
    PIER,
    POSTS,
    POSTS_TOO_QUOTE,
    RINGS_QUOTE,
    ScriptedEngine,
    ScriptedLibrary,
)

from index.article import Article

pytestmark = pytest.mark.browser


def test_a_mark_opens_the_article_at_its_words(page):
    ask(page, POSTS)
    page.locator("#live button.cite").nth(2).click()
    assert marked(page) == [RINGS_QUOTE]
    assert in_view(page, "#reader mark")
    assert page.inner_text("#reader .headline") == PIER.title
    for line in PIER.text.split("\n"):
        assert line in page.inner_text("#reader .text")
    page.click("#reader .previous")
    page.wait_for_function(
        "q => document.querySelector('#reader mark').textContent === q", arg=POSTS_TOO_QUOTE
    )
    page.keyboard.press("Escape")
    assert page.is_hidden("#reader")


def test_a_source_opens_its_article(page):
    ask(page, COST)
    page.click("#live .source .context")
    assert marked(page) == [COST_QUOTE]
    assert page.get_attribute("#reader a", "rel") == "noopener noreferrer nofollow"
    page.click("#reader .close")
    assert page.is_hidden("#reader")


def test_the_reader_scrolls_to_words_deep_in_a_long_article(browser):
    words = "The needle is here."
    text = "\n".join([f"Line {n} of a long report." for n in range(6_000)] + [words] + ["Tail."] * 500)
    article = Article(article_id="long", text=text, title="A long report")
    engine = ScriptedEngine(ScriptedLibrary([article]), {"Where?": [(words, [words])]})
    with serving(engine) as address, opened(browser, address) as page:
        ask(page, "Where?")
        page.click("#live button.cite")
        assert marked(page) == [words]
        assert in_view(page, "#reader mark")


def test_hovering_or_focusing_a_mark_shows_the_quote(page):
    ask(page, COST)
    page.hover("#live button.cite")
    page.wait_for_selector("#glimpse:not([hidden])")
    assert COST_QUOTE in page.inner_text("#glimpse")
    assert page.inner_text("#glimpse .title") == HARBOUR.title
    assert page.inner_text("#glimpse .byline") == "The Coast Gazette · 9 June 2025"
    page.mouse.move(5, 5)
    page.wait_for_selector("#glimpse", state="hidden")


def test_all_of_it_works_with_the_keyboard_alone(page):
    page.focus("#question textarea")
    page.keyboard.type(COST)
    page.keyboard.press("Enter")
    wait_for(page, COST, "done")
    for _ in range(12):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement.matches('button.cite')"):
            break
    assert page.evaluate("document.activeElement.matches('button.cite')")
    assert page.is_visible("#glimpse")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    page.keyboard.press("Enter")
    assert marked(page) == [COST_QUOTE]
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.matches('button.cite')")


def test_focus_that_goes_to_a_mark_out_of_sight_shows_its_quote_beside_it(browser):
    texts = [f"Sentence {n} of a long report, with words to fill its line." for n in range(60)]
    article = Article(article_id="long", text="\n".join(texts), title="A long report")
    engine = ScriptedEngine(ScriptedLibrary([article]), {"What?": [(text, [text]) for text in texts]})
    with serving(engine) as address, opened(browser, address) as page:
        ask(page, "What?")
        page.locator("#live .actions button").first.focus()
        page.evaluate("scrollTo(0, 0)")
        page.keyboard.press("Shift+Tab")
        page.wait_for_timeout(300)
        mark, glimpse = (page.locator(s).bounding_box() for s in ("button.cite:focus", "#glimpse"))
        assert texts[-1] in page.inner_text("#glimpse")
        assert abs(mark["y"] - glimpse["y"]) < 200


@pytest.mark.parametrize("width", [360, 1440])
def test_a_quote_is_shown_whole_in_the_list_and_in_the_glimpse(browser, width):
    quote = " ".join(f"word{n}" for n in range(55)) + "."  # 380 characters
    article = Article(article_id="a", text=f"{'Before it. ' * 20}{quote}{' After it.' * 20}", title="A title")
    engine = ScriptedEngine(ScriptedLibrary([article]), {"What?": [(quote, [quote])]})
    with (
        serving(engine) as address,
        opened(browser, address, viewport={"width": width, "height": 800}) as page,
    ):
        ask(page, "What?")
        box, words = (page.locator(f"#live .source {s}").bounding_box() for s in (".context", "mark"))
        assert words["y"] + words["height"] <= box["y"] + box["height"] + 2
        page.hover("#live button.cite")
        page.wait_for_selector("#glimpse:not([hidden])")
        cut = "e => e.scrollHeight - e.clientHeight"
        assert page.locator("#glimpse .words").evaluate(cut) <= 0
        glimpse = page.locator("#glimpse").bounding_box()
        assert glimpse["x"] >= 0
        assert glimpse["x"] + glimpse["width"] <= width


def test_an_article_that_covers_the_page_keeps_the_keyboard(browser, address):
    with opened(browser, address, viewport={"width": 360, "height": 740}) as page:
        ask(page, COST)
        page.click("#live button.cite")
        assert marked(page) == [COST_QUOTE]
        for _ in range(8):
            page.keyboard.press("Tab")
            assert page.evaluate("document.activeElement.closest('gradio-app') === null")
        page.keyboard.press("Escape")
        assert page.is_hidden("#reader")
        assert page.evaluate("document.activeElement.matches('button.cite')")
