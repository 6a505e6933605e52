"""`/api/ask` and `/api/search`: the contract, the events, and every way to ask wrongly."""

from __future__ import annotations

import json

import pytest
from web_scripted import COST, HARBOUR, PIER

CONTRACT = {
    *("id", "question", "standalone_question", "answerable", "refusal_reason", "answer", "sentences"),
    *("citations", "passages", "confidence", "answerer", "timings_ms"),
}
TEXTS = {article.article_id: article.text for article in (HARBOUR, PIER)}


def events(response):
    """Name and data of each server-sent event."""
    assert response.headers["content-type"].startswith("text/event-stream")
    found = []
    for block in response.text.strip().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.split("\n"))
        found.append((fields["event"], json.loads(fields["data"])))
    return found


def ask(client, **body):
    return client.post("/api/ask", json={"question": COST, **body})


def test_an_answer_has_the_form_of_the_contract_and_quotes_what_the_article_says(client):
    answer = ask(client, id="a-7").json()
    assert set(answer) == CONTRACT
    assert answer["id"] == "a-7"
    assert answer["answerable"] is True
    assert "31 million kroner" in answer["answer"]
    for citation in answer["citations"]:
        assert TEXTS[citation["article_id"]][citation["start"] : citation["end"]] == citation["quote"]
    assert answer["answer"].count("[1]") >= 1


def test_a_refusal_is_an_answer(client):
    response = ask(client, question="Who won the chess olympiad of 1988?")
    assert response.status_code == 200
    assert response.json()["refusal_reason"] in ("low_evidence", "no_evidence")


@pytest.mark.parametrize("how", [{"params": {"stream": 1}}, {"headers": {"accept": "text/event-stream"}}])
def test_events_bring_the_sources_then_the_text_then_the_answer(client, how):
    found = events(client.post("/api/ask", json={"question": COST, "id": 3}, **how))
    names = [name for name, _ in found]
    assert names[0] == "sources"
    assert names[-1] == "answer"
    assert set(names[1:-1]) == {"text"}
    sources, answer = found[0][1], found[-1][1]
    assert sources["passages"] == answer["passages"]
    assert "".join(data["text"] for name, data in found if name == "text") == answer["answer"]
    assert set(answer) == CONTRACT
    assert answer["id"] == 3


def test_history_tells_what_a_follow_up_means(client):
    answer = ask(
        client,
        question="What did she say?",
        history=[{"question": "Who heads the port authority?", "answer": "Jonna Brandt [1]."}],
    ).json()
    assert answer["question"] == "What did she say?"
    assert "Jonna Brandt" in answer["standalone_question"]


@pytest.mark.parametrize(
    "choice",
    [
        {"publisher": "museum letters"},
        {"publisher": ["Museum Letters", "Nobody"]},
        {"since": "2025-07-01"},
        {"article": PIER.article_id},
    ],
)
def test_filters_say_which_articles_may_answer(client, choice):
    answer = ask(client, question="How many posts were lifted?", **choice).json()
    assert {passage["article_id"] for passage in answer["passages"]} == {PIER.article_id}
    params = {"question": "How many posts were lifted?", **choice}
    found = client.get("/api/search", params=params).json()["passages"]
    assert {passage["article_id"] for passage in found} == {PIER.article_id}


def test_what_filters_leave_out_is_said(client):
    answer = ask(client, until="2020-01-01").json()
    assert answer["refusal_reason"] == "filtered_out"


def test_top_k_is_how_many_passages_are_read(client):
    assert len(ask(client, top_k=1).json()["passages"]) == 1
    found = client.get("/api/search", params={"question": COST, "top_k": 1}).json()
    assert set(found) == {"question", "passages"}
    assert len(found["passages"]) == 1


def test_an_answerer_may_be_named_of_those_that_are_offered(client):
    assert ask(client, llm="verbatim").json()["answerer"] == "verbatim"
    refused = ask(client, llm="openai:gpt-x")
    assert refused.status_code == 400
    assert "'openai:gpt-x'" in refused.json()["error"]
    assert "verbatim" in refused.json()["hint"]


@pytest.mark.parametrize(
    ("body", "status", "told"),
    [
        ({"question": "  "}, 400, "empty"),
        ({"question": "x" * 4_001}, 400, "4,000"),
        ({"question": COST, "article": "nope.md"}, 400, "'nope.md'"),
        ({"question": COST, "since": "2025-13-01"}, 422, "since"),
        ({"question": COST, "language": "english"}, 422, "two letters"),
        ({"question": COST, "since": 1749427200}, 422, "2025-06-09"),
        ({"question": COST, "since": "2025-06-09", "until": "2025-06-08"}, 422, "after"),
        ({"question": COST, "top_k": 101}, 422, "top_k"),
        ({"question": COST, "history": [{"answer": "x"}]}, 422, "history.0.question"),
        ({"question": COST, "publishers": "x"}, 422, "publishers"),
        ({"question": 7}, 422, "question"),
        ({}, 422, "question"),
        ([], 422, "request"),
    ],
)
@pytest.mark.parametrize("path", ["/api/ask", "/api/ask?stream=1"])
def test_a_wrong_request_is_told_what_is_wrong(client, path, body, status, told):
    response = client.post(path, json=body)
    assert response.status_code == status, response.text
    assert set(response.json()) == {"error", "hint"}
    assert told in response.json()["error"]
    assert response.json()["hint"]


@pytest.mark.parametrize("content", [b"{nope", b"\xff\xfe", b""])
def test_what_is_no_json_is_said_to_be_none(client, content):
    response = client.post("/api/ask", content=content, headers={"content-type": "application/json"})
    assert response.status_code in (400, 422)
    assert set(response.json()) == {"error", "hint"}


def test_half_a_character_is_replaced_not_stumbled_over(client):
    content = b'{"question": "What did the dredging cost \\ud800?", "id": "\\udfff", "publisher": "\\ud800"}'
    response = client.post("/api/ask", content=content, headers={"content-type": "application/json"})
    assert response.status_code == 200
    assert (response.json()["id"], response.json()["refusal_reason"]) == ("\ufffd", "filtered_out")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/ask", 405),
        ("DELETE", "/api/search", 405),
        ("GET", "/api/nothing", 404),
        ("GET", "/api/", 404),
    ],
)
def test_what_is_not_there_is_json_too(client, method, path, status):
    response = client.request(method, path)
    assert response.status_code == status
    assert set(response.json()) == {"error", "hint"}
