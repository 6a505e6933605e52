"""The page in a browser: conversations that outlast the page and the server, each browser's its own."""

from __future__ import annotations

import socket
from dataclasses import replace

import pytest
from browsing import ask, marked, opened, serving, wait_for
from web_scripted import COST, COST_QUOTE, FOLLOW_UP, HARBOUR, POSTS, ScriptedLibrary, harbour_engine

from ui.web.store.file import FILE, Store

pytestmark = pytest.mark.browser


def titles(page):
    return page.locator("#conversations a").all_text_contents()


def wait_for_titles(page, *expected):
    page.wait_for_function(
        """expected => {
            const titles = [...document.querySelectorAll("#conversations a")].map(a => a.textContent);
            return JSON.stringify(titles) === JSON.stringify(expected);
        }""",
        arg=list(expected),
    )


def test_conversations_are_listed_opened_renamed_and_deleted(browser):
    with serving(harbour_engine()) as address, opened(browser, address) as page:
        assert "What you ask is kept here." in page.inner_text("#conversations")
        ask(page, COST)
        ask(page, FOLLOW_UP)
        wait_for_titles(page, COST)
        page.get_by_role("link", name="New conversation").click()
        page.wait_for_selector("#start")
        assert page.locator(".exchange").count() == 0
        ask(page, POSTS)
        wait_for_titles(page, POSTS, COST)
        page.get_by_role("link", name=COST).click()
        wait_for(page, FOLLOW_UP, "done")
        assert page.locator("#log .question").all_text_contents() == [COST]
        assert page.get_by_role("link", name=COST).get_attribute("aria-current") == "true"
        page.go_back()
        wait_for(page, POSTS, "done")

        page.get_by_role("link", name=COST).hover()
        page.get_by_role("button", name=f"Rename: {COST}").click()
        page.keyboard.type("The bill")
        page.keyboard.press("Enter")
        wait_for_titles(page, POSTS, "The bill")
        page.get_by_role("button", name=f"Delete: {POSTS}").focus()
        page.keyboard.press("Enter")
        assert POSTS in page.inner_text("dialog")
        page.get_by_role("button", name="Delete", exact=True).click()
        wait_for_titles(page, "The bill")
        page.wait_for_selector("#start")
        assert page.requests.troubles == []


def test_a_conversation_survives_reload_and_restart_and_goes_on(browser, tmp_path):
    engine = harbour_engine()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with browser.new_context() as session:
        page = session.new_page()
        for visit in range(2):
            store = Store(tmp_path / FILE)
            with serving(engine, store=store, port=port) as address:
                if visit == 0:
                    page.goto(address)
                    page.wait_for_selector(".welcome")
                    ask(page, COST)
                page.reload()
                wait_for(page, COST, "done")
                assert not page.is_visible("#start")
                page.locator("#live button.cite").click()
                assert marked(page) == [COST_QUOTE]
                page.keyboard.press("Escape")
            store.close()
        with serving(engine, store=Store(tmp_path / FILE), port=port):
            page.reload()
            wait_for(page, COST, "done")
            ask(page, FOLLOW_UP)
            assert [t.question for t in engine.asked[-1][1]] == [COST]


def test_an_old_answer_keeps_its_words_when_its_article_changed_or_went(browser):
    engine = harbour_engine()
    with serving(engine) as address, opened(browser, address) as page:
        ask(page, COST)
        new = replace(HARBOUR, text="All is different now.", version="")
        engine.library = ScriptedLibrary([new, HARBOUR])  # the first of an id is the one that is live
        page.reload()
        wait_for(page, COST, "done")
        assert "no longer stand in it" in page.inner_text("#live .since")
        page.locator("#live button.cite").click()
        assert marked(page) == [COST_QUOTE]
        page.keyboard.press("Escape")
        engine.library = ScriptedLibrary([])
        page.reload()
        wait_for(page, COST, "done")
        assert "Removed from the library since" in page.inner_text("#live .since")
        assert COST_QUOTE in page.inner_text("#live .source")
        page.locator("#live button.cite").hover()
        assert COST_QUOTE in page.inner_text("#glimpse")
        page.locator("#live button.cite").click()
        assert page.is_hidden("#reader")


def test_a_page_left_in_the_middle_keeps_its_question(browser):
    with serving(harbour_engine(pause=0.3)) as address, opened(browser, address) as page:
        page.fill("#question textarea", POSTS)
        page.keyboard.press("Enter")
        page.wait_for_selector("#live .answer")
        page.reload()
        wait_for(page, POSTS, "stopped")
        assert titles(page) == [POSTS]


def test_opening_another_conversation_ends_the_answer_on_its_way(browser):
    engine = harbour_engine()
    with serving(engine) as address, opened(browser, address) as page:
        ask(page, COST)
        page.get_by_role("link", name="New conversation").click()
        page.wait_for_selector("#start")
        engine.pause = 0.3
        page.fill("#question textarea", POSTS)
        page.keyboard.press("Enter")
        page.wait_for_selector("#live .answer")
        page.get_by_role("link", name=COST).click()
        wait_for(page, COST, "done")
        page.wait_for_timeout(700)
        assert page.inner_text("#live .question") == COST
        page.get_by_role("link", name=POSTS).click()
        wait_for(page, POSTS, "stopped")
        page.wait_for_selector("#ask")


def test_asking_again_and_editing_replace_the_last_answer(browser):
    engine = harbour_engine()
    with serving(engine) as address, opened(browser, address) as page:
        ask(page, COST)
        ask(page, FOLLOW_UP)
        page.get_by_role("button", name="Ask again").last.click()
        page.wait_for_function("document.querySelector('#live .exchange').dataset.state === 'done'")
        page.get_by_role("button", name="Edit the question").last.click()
        assert page.input_value("#question textarea") == FOLLOW_UP
        page.fill("#question textarea", POSTS)
        page.keyboard.press("Enter")
        wait_for(page, POSTS, "done")
        assert [q for q, _ in engine.asked] == [COST, FOLLOW_UP, FOLLOW_UP, POSTS]
        assert [t.question for t in engine.asked[-1][1]] == [COST]
        page.reload()
        wait_for(page, POSTS, "done")
        assert page.locator(".question").all_text_contents() == [COST, POSTS]


def test_how_a_question_was_understood_can_be_corrected(browser):
    engine = harbour_engine()
    with serving(engine) as address, opened(browser, address) as page:
        ask(page, COST)
        ask(page, FOLLOW_UP)
        page.get_by_role("button", name="Not meant? Edit").click()
        assert page.input_value("#question textarea") == engine.standalone[FOLLOW_UP]
        page.keyboard.press("Escape")
        assert page.input_value("#question textarea") == ""
        ask(page, POSTS)
        assert page.locator(".question").all_text_contents() == [COST, FOLLOW_UP, POSTS]


def test_two_browsers_have_each_their_own_conversations(browser):
    with (
        serving(harbour_engine()) as address,
        opened(browser, address) as ann,
        opened(browser, address) as bob,
    ):
        ask(ann, COST)
        ask(bob, POSTS)
        wait_for_titles(ann, COST)
        wait_for_titles(bob, POSTS)
        theirs = ann.url.partition("#")[2]
        bob.goto(f"{address}/#{theirs}")
        bob.reload()
        bob.wait_for_selector("#start")
        assert bob.locator(".exchange").count() == 0


def test_escape_in_a_dialog_closes_it_alone(browser):
    with (
        serving(harbour_engine()) as address,
        opened(browser, address, viewport={"width": 360, "height": 740}) as page,
    ):
        ask(page, COST)
        page.click("#menu")
        page.get_by_role("button", name=f"Rename: {COST}").click()
        page.wait_for_selector("dialog")
        page.keyboard.press("Escape")
        page.wait_for_selector("dialog", state="detached")
        assert page.is_visible("#conversations")
        page.keyboard.press("Escape")
        page.wait_for_selector("#conversations", state="hidden")
