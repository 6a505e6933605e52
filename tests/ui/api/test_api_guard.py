"""Who may ask the API, with how much, and what a page of another site cannot do."""

from __future__ import annotations

import json

import pytest
from api_serving import client_of
from web_scripted import COST

from rag.settings import load_settings
from ui.api.admission import refusal

TOKEN = "a token of some length"
MESSAGES = {"model": "citewell", "messages": [{"role": "user", "content": COST}]}


@pytest.fixture(scope="module")
def guarded(articles_engine):
    with client_of(articles_engine, api_token=TOKEN) as client:
        yield client


def requests(client, **headers):
    yield client.post("/api/ask", json={"question": COST}, headers=headers)
    yield client.get("/api/search", params={"question": COST}, headers=headers)
    yield client.get("/api/articles", headers=headers)
    yield client.post("/v1/chat/completions", json=MESSAGES, headers=headers)
    yield client.get("/v1/models", headers=headers)


@pytest.mark.parametrize("given", [None, "", "Bearer", "Bearer wrong", f"Basic {TOKEN}", TOKEN, "Bearer é"])
def test_without_the_token_nothing_is_answered(guarded, given):
    headers = {} if given is None else {"authorization": given.encode()}
    for response in requests(guarded, **headers):
        assert response.status_code == 401
        assert response.headers["www-authenticate"] == "Bearer"
        error = response.json()["error"]
        assert (error if isinstance(error, str) else error["message"]).startswith(
            "the token is missing or wrong"
        )
    unread = guarded.delete("/api/articles/harbour.md", headers=headers)
    assert unread.status_code == 401


@pytest.mark.parametrize("scheme", ["Bearer", "bearer"])
def test_with_it_everything_is(guarded, scheme):
    for response in requests(guarded, authorization=f"{scheme} {TOKEN}"):
        assert response.status_code == 200


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/api/docs", "/api/openapi.json"])
def test_health_and_documentation_need_no_token(guarded, path):
    assert guarded.get(path).status_code in (200, 503)


@pytest.mark.parametrize(
    ("path", "guarded"),
    [
        ("/gradio_api/call/ask", True),
        ("/gradio_api/call/ask/e1", True),
        ("/gradio_api/call/ask/e\n1", True),
        ("/gradio_api/call/v2/ask", True),
        ("/gradio_api/run/ask", True),
        ("/gradio_api/api/ask", True),
        ("/gradio_api/queue/join", False),
        ("/gradio_api/run/predict", False),
        ("/", False),
        ("/article", False),
    ],
)
def test_the_endpoint_of_the_page_for_programs_wants_it_too_and_the_page_does_not(path, guarded):
    settings = load_settings(api_token=TOKEN)
    assert (refusal("POST", path, {}, settings) is not None) is guarded
    assert refusal("POST", path, {b"authorization": f"Bearer {TOKEN}".encode()}, settings) is None


def test_the_token_is_shown_nowhere(guarded):
    settings = guarded.app.state.service.settings
    assert TOKEN not in repr(settings) + str(settings.model_dump()) + guarded.get("/api/openapi.json").text


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_page_of_another_site_cannot_have_the_browser_change_anything(client, site):
    headers = {"sec-fetch-site": site}
    form = client.post("/api/articles", files={"file": ("x.txt", b"A lie.")}, headers=headers)
    assert form.status_code == 403
    assert client.post("/api/ask", json={"question": COST}, headers=headers).status_code == 403
    assert client.delete("/api/articles/harbour.md", headers=headers).status_code == 403
    assert client.get("/api/articles", headers=headers).headers.get("access-control-allow-origin") is None


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "http://192.168.1.5", "http://192.168.1.5:80", "null"]
)
def test_nor_where_the_browser_says_only_which_page_it_was(origin):
    host = {b"host": b"192.168.1.5:7860"}
    settings = load_settings()
    for path in ("/api/articles", "/login", "/library/upload"):
        refused = refusal("POST", path, {**host, b"origin": origin.encode()}, settings)
        assert refused is not None
        assert refused.status == 403
        assert refusal("POST", path, {**host, b"origin": b"http://192.168.1.5:7860"}, settings) is None


def test_the_own_page_and_programs_may_ask(client):
    for headers in ({"sec-fetch-site": "same-origin"}, {"origin": "http://127.0.0.1"}, {}):
        assert client.post("/api/ask", json={"question": COST}, headers=headers).status_code == 200


def test_json_in_disguise_is_not_taken(client):
    body = json.dumps({"question": COST})
    assert client.post("/api/ask", content=body, headers={"content-type": "text/plain"}).status_code == 422


@pytest.mark.parametrize("path", ["/api/ask", "/v1/chat/completions", "/api/articles"])
def test_a_body_without_end_is_refused_in_the_shape_of_the_interface(client, path):
    def drip():
        for _ in range(250):
            yield b"x" * 100_000

    for content in (drip(), b"x" * 25_000_000):
        response = client.post(path, content=content)
        assert response.status_code == 413
        error = response.json()["error"]
        assert "too long" in (error if isinstance(error, str) else error["message"])


def test_another_name_that_leads_here_is_refused(client):
    response = client.post("/api/ask", json={"question": COST}, headers={"host": "evil.example"})
    assert response.status_code == 421
    assert set(response.json()) == {"error", "hint"}


def test_every_answer_carries_the_policy(client):
    for path in ("/api/docs", "/api/articles", "/v1/models", "/healthz", "/api/nothing"):
        assert "default-src 'self'" in client.get(path).headers["content-security-policy"]
