"""One answer over HTTP: exported, judged, made an eval case that is run, gone on from; the owner's alone."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient
from web_scripted import COST, COST_QUOTE, FOLLOW_UP, HARBOUR, POSTS, harbour_engine

from evals.cases import load_suite
from rag.answer import Turn
from rag.settings import load_settings
from ui.web.app import build_app
from ui.web.exchange import Exchange
from ui.web.store.conversations import Conversations
from ui.web.store.file import FILE, Store
from ui.web.store.visitors import Visitors


@pytest.fixture
def suite(tmp_path):
    return tmp_path / "suite.yaml"


@pytest.fixture
def clients(tmp_path, suite):
    """Ann, who has asked two questions in the conversation `c`, and Bob."""
    store = Store(tmp_path / FILE)
    engine = harbour_engine()
    app = build_app(engine, load_settings(suite=suite), store=store)
    with (
        TestClient(app, base_url="http://127.0.0.1") as ann,
        TestClient(app, base_url="http://127.0.0.1") as bob,
    ):
        cookie, _ = (client.get("/").headers["set-cookie"] for client in (ann, bob))
        owner = Visitors(store).of(cookie.partition(";")[0])
        kept = Conversations(store)
        for number, question in enumerate((COST, FOLLOW_UP, "How warm?"), start=1):
            exchange = Exchange(
                number=number, question=question, outcome="answered", answer=engine.ask(question)
            )
            kept.begin(owner, "c", exchange, make=number == 1)
        yield ann, bob
    store.close()


def test_an_answer_and_a_conversation_are_markdown(clients):
    ann, _ = clients
    whole = ann.get("/conversations/c.md")
    assert whole.headers["content-type"].startswith("text/markdown")
    named = "what-did-the-dredging-cost-and-why.md"
    assert whole.headers["content-disposition"] == f"attachment; filename*=UTF-8''{named}"
    assert COST in whole.text
    assert FOLLOW_UP in whole.text
    one = ann.get("/conversations/c/1.md").text
    assert COST_QUOTE in one
    assert FOLLOW_UP not in one


def test_a_verdict_is_kept_with_its_comment_and_may_be_changed(clients):
    ann, _ = clients
    path = "/conversations/c/1/verdict"
    assert ann.put(path, json={"verdict": "good", "comment": ""}).status_code == 204
    assert ann.put(path, json={"verdict": "bad", "comment": " Too short. "}).status_code == 204
    assert ann.get("/conversations/c/verdicts").json() == {"1": {"verdict": "bad", "comment": "Too short."}}
    assert ann.put(path, json={"verdict": "fine", "comment": ""}).status_code == 422
    assert ann.put("/conversations/c/9/verdict", json={"verdict": "good", "comment": ""}).status_code == 404


def test_a_verdict_is_taken_back_by_who_gave_it(clients):
    ann, bob = clients
    path = "/conversations/c/1/verdict"
    ann.put(path, json={"verdict": "good", "comment": "Short."})
    assert bob.delete(path).status_code == 204
    assert "1" in ann.get("/conversations/c/verdicts").json()
    assert ann.delete(path).status_code == 204
    assert ann.get("/conversations/c/verdicts").json() == {}


def test_what_is_not_ones_own_is_not_found(clients):
    _, bob = clients
    case = {"refuse": False, "facts": ["x"], "gold": []}
    assert bob.get("/conversations/c.md").status_code == 404
    assert bob.get("/conversations/c/1.md").status_code == 404
    assert bob.get("/conversations/c/verdicts").json() == {}
    assert bob.put("/conversations/c/1/verdict", json={"verdict": "good"}).status_code == 404
    assert bob.get("/conversations/c/1/suggestions").status_code == 404
    assert bob.get("/conversations/c/1/case").status_code == 404
    assert bob.post("/conversations/c/1/case", json=case).status_code == 404
    assert bob.post("/conversations/c/1/case/x/run").status_code == 404


def test_an_answer_becomes_a_case_that_is_run(clients, suite):
    ann, _ = clients
    draft = ann.get("/conversations/c/1/case").json()
    assert draft == {
        "question": COST,
        "refuse": False,
        "facts": [COST_QUOTE],
        "articles": [HARBOUR.title],
        "suite": str(suite),
    }
    edited = {"refuse": False, "facts": ["31 million kroner", " "], "gold": draft["articles"]}
    made = ann.post("/conversations/c/1/case", json=edited).json()["id"]
    case = load_suite(suite).cases[0]
    assert (case.id, case.question, [f.text for f in case.facts]) == (made, COST, ["31 million kroner"])
    assert load_suite(suite).sources[case.gold[0]] == (HARBOUR.title,)
    ran = ann.post(f"/conversations/c/1/case/{made}/run").json()
    assert ran["passed"] is True
    assert ran["verdict"].startswith("PASS")

    wrong = ann.post("/conversations/c/1/case", json={**edited, "facts": ["99 goats"]}).json()["id"]
    ran = ann.post(f"/conversations/c/1/case/{wrong}/run").json()
    assert ran["passed"] is False
    assert "99 goats" in " ".join(ran["problems"])


def test_a_case_knows_what_was_said_before_and_may_expect_a_refusal(clients, suite):
    ann, _ = clients
    ann.post("/conversations/c/2/case", json={"refuse": False, "facts": ["Brandt"], "gold": []})
    made = ann.post("/conversations/c/3/case", json={"refuse": True, "facts": [], "gold": []}).json()["id"]
    cases = load_suite(suite).cases
    assert cases[0].history == (Turn(question=COST, answer=COST_QUOTE),)
    assert cases[1].expect == "refuse"
    assert ann.post(f"/conversations/c/3/case/{made}/run").json()["passed"] is True


def test_a_case_that_is_none_or_a_suite_that_is_broken_is_told(clients, suite):
    ann, _ = clients
    empty = ann.post("/conversations/c/1/case", json={"refuse": False, "facts": [" "], "gold": []})
    assert empty.status_code == 422
    assert "facts" in empty.json()["detail"]
    suite.write_text("cases: [")
    broken = ann.post("/conversations/c/1/case", json={"refuse": True, "facts": [], "gold": []})
    assert broken.status_code == 422
    assert "suite.yaml" in broken.json()["detail"]
    assert suite.read_text() == "cases: ["


def test_only_the_last_answer_is_gone_on_from(clients):
    ann, _ = clients
    assert ann.get("/conversations/c/1/suggestions").text == ""
    assert ann.get("/conversations/c/3/suggestions").text == "", "a refusal leads nowhere"
    assert POSTS not in ann.get("/conversations/c/2/suggestions").text
