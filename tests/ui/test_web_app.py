"""The server: what it answers, what it refuses, and how it starts and ends."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import textwrap
from pathlib import Path

import httpx
import pytest
from starlette.testclient import TestClient
from web_scripted import COST, COST_QUOTE, HARBOUR, harbour_engine

from index.article import Span
from index.errors import UsageError
from index.library import Library
from rag.settings import load_settings
from ui.web import app as web
from ui.web import server
from ui.web.links import article_link


@pytest.fixture(scope="module")
def client():
    with TestClient(
        web.build_app(harbour_engine(), load_settings(), examples=(COST,)), base_url="http://127.0.0.1"
    ) as client:
        yield client


def link():
    start = HARBOUR.text.index(COST_QUOTE)
    return "/" + article_link(HARBOUR, Span(start, start + len(COST_QUOTE)))


def test_the_page_asks_for_nothing_outside(client):
    page = client.get("/").text
    config = json.loads(re.search(r"window\.gradio_config = (\{.*?\});</script>", page, re.S).group(1))
    assert config["analytics_enabled"] is False
    assert config["footer_links"] == []
    assert not re.search(r"fonts\.googleapis|fonts\.gstatic|cdnjs", json.dumps(config))


@pytest.mark.parametrize("path", ["/", "/theme.css", "/article?id=x", "/nothing"])
def test_every_response_carries_the_policy(client, path):
    headers = client.get(path).headers
    assert "default-src 'self'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["referrer-policy"] == "same-origin"
    assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/upload",
        "/gradio_api/proxy=https://example.org/",
        "/gradio_api/file=/etc/passwd",
        "/gradio_api/vibe-edit",
        "/gradio_api/runs",
        "/gradio_api/call/begin",
        "/monitoring",
        "/docs",
        "/openapi.json",
        "/fonts/../app.py",
        "/fonts/OFL.txt",
    ],
)
def test_what_the_page_does_not_use_is_closed(client, path):
    assert client.get(path).status_code == 404
    assert client.post(path).status_code == 404


def test_the_fonts_are_served(client):
    names = re.findall(r'url\("(fonts/[^"]+)"\)', (web.files("ui.web") / "fonts.css").read_text())
    assert len(names) == 13
    for name in names:
        response = client.get("/" + name)
        assert response.status_code == 200
        assert response.content[:4] == b"wOF2"


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "192.168.0.7:7860", ""])
def test_another_name_that_leads_here_is_refused(client, host):
    assert client.get("/", headers={"host": host}).status_code == 421


@pytest.mark.parametrize("host", ["127.0.0.1:7860", "localhost:1", "LOCALHOST", "[::1]:7860"])
def test_the_names_of_this_machine_are_answered(client, host):
    assert client.get("/theme.css", headers={"host": host}).status_code == 200


def test_an_article_is_shown_by_id_and_version(client):
    response = client.get(link())
    assert response.status_code == 200
    assert f"<mark>{COST_QUOTE}</mark>" in response.text


def test_an_unknown_article_or_version_is_a_clear_message(client):
    for query in ("id=no&version=0", f"id=harbour.md&version={'0' * 64}"):
        response = client.get(f"/article?{query}&start=0&end=1&check=x")
        assert response.status_code == 404
        assert "no article" in response.text
    assert client.get("/article?id=harbour.md&version=x&start=a&end=1&check=x").status_code == 422


def test_a_request_of_thirty_megabytes_is_refused_before_it_is_read(client):
    body = json.dumps({"data": ["x" * 30_000_000], "fn_index": 0, "session_hash": "a"})
    assert client.post("/gradio_api/queue/join", content=body).status_code == 413

    def drip():
        for _ in range(300):
            yield b"x" * 100_000

    assert client.post("/gradio_api/queue/join", content=drip()).status_code == 413


def test_only_ask_is_public(client):
    info = client.get("/gradio_api/info").json()
    assert list(info["named_endpoints"]) == ["/ask"]
    assert info["unnamed_endpoints"] == {}


def call_ask(client, question):
    event = client.post("/gradio_api/call/ask", json={"data": [question]}).json()["event_id"]
    stream = client.get(f"/gradio_api/call/ask/{event}").text
    kind, data = re.search(r"event: (complete|error)\ndata: (.*)", stream).groups()
    return kind, json.loads(data)


def test_ask_answers_in_the_form_of_the_contract(client):
    kind, [answer] = call_ask(client, COST)
    assert kind == "complete"
    assert answer["citations"][0]["quote"] == COST_QUOTE
    assert answer["answerable"] is True


def test_ask_refuses_a_long_question_with_a_message(client):
    kind, error = call_ask(client, "x" * 4_001)
    assert kind == "error"
    assert "4,000 characters" in json.dumps(error)


def test_the_api_answers_beside_the_page(client):
    answer = client.post("/api/ask", json={"question": COST}).json()
    assert answer["citations"][0]["quote"] == COST_QUOTE
    messages = [{"role": "user", "content": COST}]
    completion = client.post("/v1/chat/completions", json={"model": "citewell", "messages": messages}).json()
    assert completion["citewell"]["citations"] == answer["citations"]
    assert client.get("/api/nothing").json()["error"]
    assert client.get("/api/ask").status_code == 405
    assert client.get("/healthz").status_code == 200
    assert set(client.get("/api/openapi.json").json()["paths"]) >= {"/api/ask", "/v1/models"}
    assert not any("gradio" in path for path in client.get("/api/openapi.json").json()["paths"])


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({}, ["by page and API", "--users FILE", "CITEWELL_API_TOKEN", "not encrypted"]),
        ({"api_token": "x"}, ["can read and change the library: --users FILE", "not encrypted"]),
        ({"users": "users"}, ["not encrypted"]),
        ({"host": "127.0.0.1"}, []),
    ],
)
def test_a_server_that_strangers_reach_says_so(capsys, settings, said):
    server._warn_of_strangers(load_settings(**{"host": "0.0.0.0", **settings}))
    warning = " ".join(capsys.readouterr().err.split())
    for words in ("by page and API", "--users FILE", "CITEWELL_API_TOKEN", "not encrypted"):
        assert (words in warning) is any(words in each for each in said), words
    assert all(each in warning for each in said)


def test_a_port_in_use_is_found_before_anything_is_opened():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(UsageError) as caught:
            server.serve(load_settings(port=port, library="/nowhere"))
    assert f"port {port}" in caught.value.message
    assert "--port" in caught.value.hint


@pytest.mark.parametrize("host", ["no.such.host.invalid", "203.0.113.7", "a" * 300])
def test_an_address_that_is_not_ours_is_wrong_usage(host):
    with pytest.raises(UsageError):
        server.serve(load_settings(host=host))


SERVER = """
    import sys
    sys.path.insert(0, {tests!r})
    from web_scripted import harbour_engine
    from rag.settings import load_settings
    from ui.web import server
    server.open_engine = lambda settings: harbour_engine()
    server.serve(load_settings(port={port}))
    print("ended")
"""


def test_serve_prints_its_address_once_it_listens_and_ends_on_interrupt():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    code = textwrap.dedent(SERVER).format(tests=str(Path(__file__).parent), port=port)
    server = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        line = server.stdout.readline()
        assert f"http://127.0.0.1:{port}" in line
        with (
            httpx.Client(trust_env=False) as client,
            client.stream("GET", f"http://127.0.0.1:{port}/gradio_api/heartbeat/abc") as open_stream,
        ):
            assert open_stream.status_code == 200
            server.send_signal(signal.SIGINT)
            out, err = server.communicate(timeout=15)
    finally:
        server.kill()
    assert server.returncode == 0
    assert out.strip() == "ended"
    assert err == ""


@pytest.mark.parametrize(("sign", "code"), [(signal.SIGINT, 0), (signal.SIGTERM, 143)])
def test_serve_leaves_nothing_in_the_temporary_folder_however_it_is_ended(tmp_path, sign, code):
    folder, place = tmp_path / "library", tmp_path / "temporary"
    place.mkdir()
    with Library.open(folder, create=True) as library:
        library.add([HARBOUR])
    (folder / "chat.sqlite3").mkdir()  # conversations cannot be kept: the server has a file for this run
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "ui.cli", "serve", "--library", str(folder), "--port", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, env={**os.environ, "TMPDIR": str(place)})
    try:
        assert str(port).encode() in server.stdout.readline()
        assert [path for path in place.iterdir() if (path / "chat.sqlite3").exists()]
        server.send_signal(sign)
        server.communicate(timeout=60)
    finally:
        server.kill()
    assert server.returncode == code
    assert list(place.iterdir()) == []


def test_an_app_keeps_what_it_opened_for_itself_no_longer_than_it_runs(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    app = web.build_app(harbour_engine(), load_settings())
    with TestClient(app, base_url="http://127.0.0.1") as client:
        assert client.get("/").status_code == 200
        assert len(list(tmp_path.iterdir())) == 1
    assert list(tmp_path.iterdir()) == []


def test_importing_the_rest_does_not_load_gradio():
    code = "import rag, index, ui, ui.web, sys; sys.exit('gradio' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
