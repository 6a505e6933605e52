"""The page in a browser: answers that are stopped, fail or wait, and questions that are none."""

from __future__ import annotations

import threading
import time

import pytest
from browsing import ask, opened, serving, wait_for
from web_scripted import COST, COST_QUOTE, FOLLOW_UP, POSTS, harbour_engine

from index.errors import LibraryDamaged

pytestmark = pytest.mark.browser


def test_stop_ends_the_answer_and_keeps_what_came(browser):
    engine = harbour_engine(pause=0.12)
    with serving(engine) as address, opened(browser, address) as page:
        page.fill("#question textarea", POSTS)
        page.keyboard.press("Enter")
        page.wait_for_function("document.querySelector('#live .answer')?.textContent.includes('forty-one')")
        page.get_by_role("button", name="Stop").click()
        wait_for(page, POSTS, "stopped")
        assert "forty-one" in page.inner_text("#live .answer")
        page.wait_for_timeout(400)
        assert "Tree rings" not in page.inner_text("#live")
        assert engine.closed == 1
        engine.pause = 0
        ask(page, COST)
        assert page.locator("#log .exchange.stopped").count() == 1
        assert engine.asked[-1][1] == []


def test_stop_at_any_moment_leaves_a_page_that_can_be_asked_again(browser):
    """Frames on their way when the button is pressed must not be drawn over what it did."""
    with serving(harbour_engine(pause=0.02)) as address, opened(browser, address) as page:
        for number in range(1, 13):
            page.fill("#question textarea", POSTS)
            page.keyboard.press("Enter")
            page.wait_for_function(
                "id => document.querySelector('#live .exchange')?.id === id", arg=f"e{number}"
            )
            page.wait_for_timeout(number * 60)
            page.evaluate("document.querySelector('#stop')?.click()")
            page.wait_for_function(
                "['stopped', 'done'].includes(document.querySelector('#live .exchange').dataset.state)"
            )
            page.wait_for_selector("#ask")
            page.wait_for_timeout(150)
            assert page.get_attribute("#live .exchange", "data-state") in ("stopped", "done")
        assert page.locator(".exchange.stopped").count() >= 4


def test_a_question_stopped_while_it_waits_does_not_hold_up_the_next(browser):
    engine = harbour_engine(gate=threading.Event())
    with (
        serving(engine, concurrent_answers=1) as address,
        opened(browser, address) as first,
        opened(browser, address) as second,
    ):
        for page in (first, second):
            page.fill("#question textarea", COST)
            page.keyboard.press("Enter")
            page.wait_for_selector("#stop")
            page.wait_for_timeout(500)
        second.click("#stop")
        wait_for(second, COST, "stopped")
        second.wait_for_timeout(300)
        assert second.get_attribute("#live .exchange", "data-state") == "stopped"
        second.fill("#question textarea", POSTS)
        second.keyboard.press("Enter")
        second.wait_for_selector("#stop")
        engine.gate.set()
        wait_for(first, COST, "done")
        wait_for(second, POSTS, "done")
        assert [question for question, _ in engine.asked] == [COST, POSTS]


def test_leaving_the_page_ends_the_answer(browser):
    engine = harbour_engine(pause=0.5)
    with serving(engine) as address:
        with opened(browser, address) as page:
            page.fill("#question textarea", POSTS)
            page.keyboard.press("Enter")
            page.wait_for_selector("#live .answer")
        deadline = time.monotonic() + 6  # the whole answer would take 14 s
        while not engine.closed and time.monotonic() < deadline:
            time.sleep(0.05)
        assert engine.closed == 1


def test_an_error_shows_message_and_hint_and_never_a_traceback(browser):
    engine = harbour_engine(
        errors={
            COST: LibraryDamaged("the catalogue cannot be read", hint="run citewell doctor"),
            POSTS: ValueError("/secret/path"),
        }
    )
    with serving(engine) as address, opened(browser, address) as page:
        ask(page, COST, state="failed")
        assert "The catalogue cannot be read" in page.inner_text("#live .note")
        assert "run citewell doctor" in page.inner_text("#live .note")
        ask(page, POSTS, state="failed")
        assert "Something went wrong" in page.inner_text("#live .note")
        assert "secret" not in page.content()
        ask(page, FOLLOW_UP)


def test_a_question_of_thirty_megabytes_is_refused_politely(page, engine):
    before = len(engine.asked)
    page.focus("#question textarea")
    page.keyboard.insert_text("why " * 7_500_000)
    page.keyboard.press("Enter")
    page.wait_for_selector("#live .exchange.failed")
    page.wait_for_timeout(500)
    assert "longer than 4,000 characters" in page.inner_text("#live .note")
    assert len(page.inner_text("#live .question")) < 700
    assert len(page.input_value("#question textarea")) == 4_001
    assert len(engine.asked) == before
    ask(page, COST)


def test_an_empty_question_asks_nothing(page, engine):
    ask(page, COST)
    before = len(engine.asked)
    page.fill("#question textarea", "   ")
    page.keyboard.press("Enter")
    page.wait_for_timeout(300)
    assert COST_QUOTE.rstrip(".") in page.inner_text("#live .answer")
    assert page.locator(".exchange").count() == 1
    assert len(engine.asked) == before


def test_too_many_questions_at_once_are_told_so(browser):
    engine = harbour_engine(gate=threading.Event())
    with (
        serving(engine, concurrent_answers=1, queue_length=1) as address,
        opened(browser, address) as first,
        opened(browser, address) as second,
        opened(browser, address) as third,
    ):
        for page in (first, second, third):
            page.fill("#question textarea", COST)
            page.keyboard.press("Enter")
            page.wait_for_timeout(700)
        wait_for(third, COST, "failed")
        assert "Too many questions are waiting" in third.inner_text("#live .note")
        assert "Waiting for a free place" in second.inner_text("#live")
        engine.gate.set()
        for page in (first, second):
            wait_for(page, COST, "done")
        ask(third, COST)


def test_two_sessions_never_mix(browser):
    engine = harbour_engine(pause=0.02)
    with (
        serving(engine) as address,
        opened(browser, address) as one,
        opened(browser, address) as two,
    ):
        one.fill("#question textarea", COST)
        two.fill("#question textarea", POSTS)
        one.keyboard.press("Enter")
        two.keyboard.press("Enter")
        wait_for(one, COST, "done")
        wait_for(two, POSTS, "done")
        assert "kroner" in one.inner_text("#live .answer")
        assert "forty-one" in two.inner_text("#live .answer")
        assert "forty-one" not in one.inner_text("#live .answer")
        ask(one, FOLLOW_UP)
        assert [t.question for t in engine.asked[-1][1]] == [COST]
        assert two.locator(".exchange").count() == 1
