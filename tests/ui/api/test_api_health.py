"""`/healthz`, `/readyz` and the documentation."""

from __future__ import annotations

import re
import time

from api_serving import api_app, client_of
from starlette.testclient import TestClient
from web_scripted import harbour_engine

from index.errors import ModelFileError
from rag import CitedQueryEngine
from rag.settings import load_settings


def wait_until_ready(client):
    for _ in range(400):
        response = client.get("/readyz")
        if response.status_code == 200:
            return response
        assert response.status_code == 503
        assert "being loaded" in response.json()["error"]
        time.sleep(0.05)
    raise AssertionError("never ready")


def test_a_server_lives_at_once_and_is_ready_when_the_embedder_is_loaded(own_client):
    assert own_client.get("/healthz").json() == {"status": "ok"}
    assert wait_until_ready(own_client).json() == {"status": "ready"}


def test_a_server_that_will_never_be_ready_says_why():
    engine = harbour_engine()

    def fail():
        raise ModelFileError("the model is not the one that was pinned", hint="install it again")

    engine.warm_up = fail
    with client_of(engine) as client:
        while "being loaded" in (response := client.get("/readyz")).text:
            time.sleep(0.01)
        assert client.get("/healthz").status_code == 200
    assert response.status_code == 500
    assert response.json() == {
        "error": "the model is not the one that was pinned",
        "hint": "install it again",
    }


def test_the_documentation_names_every_route_and_loads_nothing_from_elsewhere(client):
    paths = client.get("/api/openapi.json").json()["paths"]
    assert {
        *("/api/ask", "/api/search", "/api/articles", "/api/articles/{article_id}"),
        *("/v1/models", "/v1/models/{name}", "/v1/chat/completions", "/healthz", "/readyz"),
    } == set(paths)
    page = client.get("/api/docs").text
    assert not re.search(r"""["'(](https?:)?//""", page)
    loaded = re.findall(r"""(?:src|href)="([^"]+)\"""", page)
    assert "/api/docs/static/swagger-ui-bundle.js" in loaded
    for address in loaded:
        if address != "/favicon.ico":  # the page's own
            assert client.get(address).status_code == 200
    assert '"validatorUrl": null' in page  # its badge would be fetched from elsewhere


def keys(value, within=""):
    """The names of all that a JSON value holds."""
    if isinstance(value, list):
        return keys(value[0], f"{within}[]") if value else set()
    if not isinstance(value, dict):
        return set()
    names = {f"{within}.{name}" for name in value}
    return names.union(*(keys(each, f"{within}.{name}") for name, each in value.items()))


def documented(client, method, path, status):
    responses = client.get("/api/openapi.json").json()["paths"][path][method]["responses"]
    return responses[str(status)]["content"]["application/json"]["example"]


def test_the_documentation_shows_what_really_comes(own_client):
    article = {"title": "New ferry", "text": "The new ferry carries 550 passengers.", "article_id": "a"}
    asked = {"question": "How many passengers does the new ferry carry?"}
    chat = {"model": "citewell", "messages": [{"role": "user", "content": asked["question"]}]}
    varying = (".ranks.", ".timings_ms.")
    for method, path, given, template in (
        ("post", "/api/articles", {"json": article}, None),
        ("get", "/api/articles", {}, None),
        ("get", "/api/articles/a", {}, "/api/articles/{article_id}"),
        ("post", "/api/ask", {"json": asked}, None),
        ("get", "/api/search", {"params": asked}, None),
        ("post", "/v1/chat/completions", {"json": chat}, None),
        ("get", "/v1/models", {}, None),
        ("get", "/v1/models/citewell", {}, "/v1/models/{name}"),
        ("delete", "/api/articles/a", {}, "/api/articles/{article_id}"),
        ("delete", "/api/articles/b", {}, "/api/articles/{article_id}"),
        ("post", "/api/articles", {"json": []}, None),
        ("post", "/api/ask", {"json": {}}, None),
        ("post", "/api/ask", {"content": b"x" * 1_100_000}, None),
        ("get", "/v1/models/x", {}, "/v1/models/{name}"),
        ("post", "/v1/chat/completions", {"json": {}}, None),
    ):
        response = getattr(own_client, method)(path, **given)
        shown = documented(own_client, method, template or path, response.status_code)
        real, shown = (
            {k for k in keys(v) if not any(n in k for n in varying)} for v in (response.json(), shown)
        )
        assert real == shown, (path, response.status_code)


def test_what_the_documentation_offers_to_try_is_taken(client):
    schemas = client.get("/api/openapi.json").json()["components"]["schemas"]
    for path, name in (("/api/ask", "AskRequest"), ("/v1/chat/completions", "CompletionRequest")):
        for example in schemas[name]["examples"]:
            assert client.post(path, json=example).status_code == 200


def test_an_error_that_nobody_thought_of_is_kept_vague(articles_engine, caplog):
    class Broken(CitedQueryEngine):
        def search(self, *given, **choice):
            raise ZeroDivisionError("a secret")

    engine = Broken(articles_engine.library, settings=load_settings())
    client = TestClient(api_app(engine), base_url="http://127.0.0.1")
    response = client.get("/api/search", params={"question": "x"})
    assert response.status_code == 500
    assert "secret" not in response.text
    assert "a secret" in caplog.text
