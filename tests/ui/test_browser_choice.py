"""The choice of who answers, in a browser."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
from browsing import ask, opened, serving, wait_for
from web_scripted import COST, POSTS, harbour_engine

pytestmark = pytest.mark.browser


def written_by(name, **changes):
    engine = harbour_engine(**changes)
    answer = engine._answer
    engine._answer = lambda question: replace(answer(question), answerer=name)
    return engine


def test_who_answers_is_chosen_said_and_kept_with_browser_and_conversation(browser):
    engines = {"verbatim": harbour_engine(), "local": written_by("local")}
    with serving(engines) as address, opened(browser, address) as page:
        ask(page, COST)
        assert "quoted exactly" in page.inner_text("#live .colophon")
        page.select_option("#answerer", "local")
        ask(page, POSTS)
        assert "Written by Local model" in page.inner_text("#live .colophon")
        assert [question for question, _ in engines["local"].asked] == [POSTS]
        page.select_option("#answerer", "verbatim")
        page.get_by_role("link", name="New conversation").click()
        page.wait_for_selector("#start")
        ask(page, COST)
        assert "quoted exactly" in page.inner_text("#live .colophon")
        page.click("#conversations li:last-child a")
        wait_for(page, POSTS, "done")
        assert page.input_value("#answerer") == "local", "the conversation's own"
        page.get_by_role("link", name="New conversation").click()
        page.wait_for_selector("#start")
        page.wait_for_function("document.getElementById('answerer').value === 'verbatim'")
        page.select_option("#answerer", "local")
        page.reload()
        page.wait_for_function("document.getElementById('answerer')?.value === 'local'")
        assert page.requests.outside == page.requests.troubles == []


def test_a_model_that_is_loaded_holds_nobody_up(browser):
    gate = threading.Event()
    slow = written_by("local", gate=gate)
    slow.warm_up = lambda: gate.wait(60)
    with (
        serving({"verbatim": harbour_engine(), "local": slow}) as address,
        opened(browser, address) as page,
        opened(browser, address) as other,
    ):
        page.select_option("#answerer", "local")
        page.wait_for_selector("#answerer-note >> text=The model is being loaded")
        page.fill("#question textarea", COST)
        page.keyboard.press("Enter")
        wait_for(page, COST, "working")
        ask(other, POSTS)
        page.click("#stop")
        wait_for(page, COST, "stopped")
        page.select_option("#answerer", "verbatim")
        assert page.inner_text("#answerer-note") == ""
        ask(page, COST)
        page.select_option("#answerer", "local")
        gate.set()
        page.wait_for_function("document.getElementById('answerer-note').className === 'ready'")
        ask(page, POSTS)
        assert "Written by Local model" in page.inner_text("#live .colophon")


def test_a_model_that_cannot_be_loaded_says_why(browser):
    from index.errors import ModelFileError

    def fail():
        raise ModelFileError("the model is damaged", hint="install it again")

    broken = harbour_engine()
    broken.warm_up = fail
    with (
        serving({"verbatim": harbour_engine(), "local": broken}) as address,
        opened(browser, address) as page,
    ):
        page.select_option("#answerer", "local")
        page.wait_for_selector("#answerer-note.failed")
        assert page.inner_text("#answerer-note") == "the model is damaged: install it again"
