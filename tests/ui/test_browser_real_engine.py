"""The page in a browser, over the engine as it ships."""

from __future__ import annotations

import pytest
from browsing import ask, opened, serving
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


def test_the_real_engine_understands_a_follow_up(browser, real_address):
    with opened(browser, real_address) as page:
        ask(page, "Who is Jonna Brandt?")
        page.fill("#question textarea", "What did she say?")
        page.keyboard.press("Enter")
        page.wait_for_selector("#live .exchange:not(.working) .standalone")
        assert "Jonna Brandt" in page.inner_text("#live .standalone")
