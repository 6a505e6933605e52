"""The page in a browser: what is done with an answer, from copying it to making it an eval case."""

from __future__ import annotations

import pytest
from browsing import ask, opened, serving, wait_for
from web_scripted import COST, COST_QUOTE, FOLLOW_UP, POSTS, harbour_engine

from evals.cases import load_suite

pytestmark = pytest.mark.browser


def test_an_answer_is_copied_and_saved_with_its_citations(browser):
    with (
        serving(harbour_engine()) as address,
        opened(browser, address, permissions=["clipboard-read", "clipboard-write"]) as page,
    ):
        ask(page, COST)
        page.get_by_role("button", name="Copy").click()
        page.get_by_role("button", name="Copied").wait_for()
        copied = page.evaluate("navigator.clipboard.readText()")
        assert "[1]" in copied
        assert f"> {COST_QUOTE}" in copied
        with page.expect_download() as download:
            page.get_by_role("button", name="Save", exact=True).click()
        assert download.value.path().read_text() == copied
        assert download.value.suggested_filename == "what-did-the-dredging-cost-and-why.md"
        ask(page, POSTS)
        with page.expect_download() as download:
            page.get_by_role("button", name="Save this conversation").click()
        whole = download.value.path().read_text()
        assert COST in whole
        assert POSTS in whole


def test_a_verdict_with_its_reason_is_kept(browser):
    with serving(harbour_engine()) as address, opened(browser, address) as page:
        ask(page, COST)
        page.get_by_role("button", name="Bad").click()
        page.get_by_label("Why? You may leave this empty.").fill("It says too little.")
        page.get_by_role("button", name="Keep").click()
        page.wait_for_selector("dialog", state="detached")
        page.reload()
        wait_for(page, COST, "done")
        page.wait_for_selector('#live [data-act="bad"][aria-pressed="true"]')
        conversation = page.url.partition("#ask/")[2]
        said = f"{address}/conversations/{conversation}/verdicts"
        assert page.request.get(said).json() == {"1": {"verdict": "bad", "comment": "It says too little."}}
        page.get_by_role("button", name="Good").click()  # another verdict, and the words are still there
        page.wait_for_selector('#live [data-act="good"][aria-pressed="true"]')
        assert page.get_by_label("Why? You may leave this empty.").input_value() == "It says too little."
        page.keyboard.press("Escape")
        assert page.request.get(said).json() == {"1": {"verdict": "good", "comment": "It says too little."}}
        page.get_by_role("button", name="Good").click()
        page.get_by_role("button", name="Take it back").click()
        page.wait_for_selector("dialog", state="detached")
        assert page.locator("#live [aria-pressed=true]").count() == 0
        assert page.request.get(said).json() == {}


def test_an_answer_becomes_an_eval_case_and_its_verdict_is_shown(browser, tmp_path):
    suite = tmp_path / "suite.yaml"
    with serving(harbour_engine(), suite=suite) as address, opened(browser, address) as page:
        ask(page, COST)
        page.get_by_role("button", name="Make an eval case").click()
        facts = page.get_by_label("What a right answer states, a fact on each line")
        assert facts.input_value() == COST_QUOTE
        facts.fill("31 million kroner\n99 goats")
        page.get_by_role("button", name="Add and run it").dblclick()
        page.wait_for_selector("dialog .ran.fail")
        assert "99 goats" in page.inner_text("dialog")
        page.get_by_role("button", name="Close", exact=True).click()
        (case,) = load_suite(suite).cases  # two clicks made one
        assert [fact.text for fact in case.facts] == ["31 million kroner", "99 goats"]
        suite.write_text("cases: [")
        page.get_by_role("button", name="Make an eval case").click()
        page.get_by_role("button", name="Add and run it").click()
        page.wait_for_selector("dialog .problem:not(:empty)")
        assert "suite.yaml" in page.inner_text("dialog .problem")
        page.keyboard.press("Escape")
        page.wait_for_selector("dialog", state="detached")
        assert suite.read_text() == "cases: ["


def test_suggested_questions_are_asked_with_a_click(browser):
    engine = harbour_engine()
    suggested = "What did Jonna Brandt say?"
    engine.script[suggested] = engine.script[FOLLOW_UP]
    with serving(engine) as address, opened(browser, address) as page:
        page.locator(".examples button", has_text=suggested).click()
        wait_for(page, suggested, "done")
