"""The page in a browser, over the engine as it ships."""

from __future__ import annotations

import pytest
from browsing import ask, opened, serving, wait_for
from web_scripted import HARBOUR, PIER

from rag.settings import load_settings

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def real_address(browser, tmp_path_factory):
    from index.library import Library

    folder = tmp_path_factory.mktemp("web") / "library"
    with Library.open(folder, create=True) as library:
        library.add([HARBOUR, PIER])
    settings = load_settings(library=folder)
    with serving(settings) as address:
        yield address


def test_the_real_engine_answers_in_the_page(browser, real_address):
    with opened(browser, real_address) as page:
        assert "2 articles" in page.inner_text(".welcome")
        ask(page, "What did the dredging of the harbour cost?")
        assert "31 million kroner" in page.inner_text("#live .answer")
        cites = page.locator("#live button.cite")
        quotes = page.locator("#live .source mark").all_text_contents()
        assert cites.count() >= 1
        for number, quote in enumerate(quotes):
            page.locator("#live .source button.open").nth(number).click()
            page.wait_for_function(
                "words => document.querySelector('#reader mark')?.textContent === words", arg=quote
            )
            assert quote in HARBOUR.text + PIER.text
        page.keyboard.press("Escape")
        ask(page, "Who won the football world cup in Qatar?", state="refused")
        assert page.requests.outside == []
        assert page.requests.troubles == []


def test_thanks_are_replied_to_and_the_conversation_goes_on_from_what_was_before(browser, real_address):
    with opened(browser, real_address) as page:
        ask(page, "Who is Jonna Brandt?")
        ask(page, "Thank you!", state="replied")
        assert "You are welcome" in page.inner_text("#live .note")
        assert page.locator("#live .refusal, #live .source, #live .actions").count() == 0
        assert "You are welcome" in page.inner_text("#said")
        page.reload()
        wait_for(page, "Thank you!", "replied")
        page.fill("#question textarea", "What did she say?")
        page.keyboard.press("Enter")
        page.wait_for_selector("#live .exchange:not(.working) .standalone")
        assert "Jonna Brandt" in page.inner_text("#live .standalone")


SHIFTS = """() => {
    window.shifts = [];
    new PerformanceObserver(list => {
        for (const each of list.getEntries()) if (!each.hadRecentInput) window.shifts.push(each.value);
    }).observe({ type: "layout-shift" });
}"""


@pytest.mark.parametrize("width", [360, 1440])
def test_nothing_moves_while_an_answer_and_its_suggestions_come(browser, real_address, width):
    with opened(browser, real_address, viewport={"width": width, "height": 800}) as page:
        page.fill("#question textarea", "What did the dredging of the harbour cost?")
        with page.expect_response(lambda response: "suggestions" in response.url):
            page.keyboard.press("Enter")
            page.wait_for_selector("#live .exchange.working")
            page.wait_for_timeout(100)  # the box has gone down to its place
            page.evaluate(SHIFTS)
        page.wait_for_selector("#live .next")
        page.wait_for_timeout(300)
        assert sum(page.evaluate("shifts")) < 0.01


def test_the_real_engine_understands_a_follow_up(browser, real_address):
    with opened(browser, real_address) as page:
        ask(page, "Who is Jonna Brandt?")
        page.fill("#question textarea", "What did she say?")
        page.keyboard.press("Enter")
        page.wait_for_selector("#live .exchange:not(.working) .standalone")
        assert "Jonna Brandt" in page.inner_text("#live .standalone")
