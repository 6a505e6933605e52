"""The user of the load benchmark does what the page's script does: asks, is answered, and has it kept."""

from __future__ import annotations

import html
import sys
from pathlib import Path

import httpx
import pytest

from evals.benchmarks.page_user import PageUser

UI_TESTS = Path(__file__).parents[2] / "ui"


@pytest.fixture
def ui(monkeypatch):
    monkeypatch.syspath_prepend(str(UI_TESTS))
    import browsing
    import web_scripted

    yield browsing, web_scripted
    for name in ("browsing", "web_scripted"):
        sys.modules.pop(name, None)


def test_a_question_is_answered_as_in_the_page_and_kept(ui):
    browsing, scripted = ui
    engine = scripted.harbour_engine()
    with browsing.serving(engine) as address, httpx.Client(base_url=address, trust_env=False) as client:
        user = PageUser(client)
        for question in (scripted.COST, scripted.POSTS, "How warm is Brandt's “bay” <in> May?"):
            assert user.ask(question) == "answered"
        kept = client.get("/conversations").text
        for question in (scripted.COST, scripted.POSTS, "How warm is Brandt's “bay” <in> May?"):
            assert html.escape(question) in kept, "each is a conversation of its own"
    assert [history for _, history in engine.asked] == [[], [], []]


def test_what_fails_is_not_counted_as_answered(ui):
    browsing, scripted = ui
    engine = scripted.harbour_engine(errors={scripted.COST: ZeroDivisionError("broken")})
    with browsing.serving(engine) as address, httpx.Client(base_url=address, trust_env=False) as client:
        assert PageUser(client).ask(scripted.COST) == "failed"
