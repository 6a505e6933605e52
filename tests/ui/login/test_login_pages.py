"""The login over HTTP: what it protects, how it begins and ends, and what it leaves to the API's token."""

from __future__ import annotations

import re

import pytest
from starlette.testclient import TestClient
from web_scripted import COST, harbour_engine

from rag.settings import load_settings
from ui.web.app import build_app
from ui.web.login.attempts import OF_BOTH
from ui.web.login.users import add_user, remove_user
from ui.web.store.file import Store

SECRET = "a long secret"


@pytest.fixture
def users(tmp_path):
    for name in ("ada", "bob"):
        add_user(tmp_path / "users", name, SECRET)
    return tmp_path / "users"


@pytest.fixture
def client_of(users):
    def made(store=None, **settings):
        app = build_app(harbour_engine(), load_settings(users=users, **settings), store=store)
        return TestClient(app, base_url="http://127.0.0.1", follow_redirects=False)

    return made


def log_in(client, name="ada", password=SECRET):
    return client.post("/login", data={"name": name, "password": password})


PROTECTED = (
    *("/config", "/article?id=harbour.md&version=x&start=0&end=1&check=x", "/conversations"),
    *("/conversations/x/1.md", "/library/articles", "/library/additions", "/gradio_api/info"),
    *("/gradio_api/queue/data?session_hash=x", "/gradio_api/heartbeat/x", "/api/articles", "/v1/models"),
)


def test_nothing_of_the_library_is_told_before_a_login(client_of):
    client = client_of()
    assert client.get("/").headers["location"] == "/login"
    for path in PROTECTED:
        answer = client.get(path)
        assert answer.status_code == 401, path
        assert "harbour" not in answer.text.casefold()
    for path in (
        *("/gradio_api/queue/join", "/gradio_api/call/ask", "/library/upload", "/library/remove"),
        *("/answerers", "/logout", "/api/ask", "/v1/chat/completions"),
    ):
        assert client.post(path, json={"question": COST}).status_code == 401, path
    for path in ("/login", "/healthz", "/fonts/source-sans-3-latin.woff2", "/api/docs"):
        assert client.get(path).status_code == 200, path


def test_a_login_opens_the_page_until_it_is_ended(client_of):
    client = client_of()
    begun = log_in(client)
    assert (begun.status_code, begun.headers["location"]) == (303, "/")
    cookie = begun.headers["set-cookie"]
    for part in ("HttpOnly", "SameSite=Lax", f"Max-Age={336 * 3600}", "Path=/"):
        assert part in cookie
    assert "Secure" not in cookie
    page = client.get("/")
    assert page.status_code == 200
    assert page.headers["cache-control"] == "no-store"
    assert client.get("/login").headers["location"] == "/"
    assert client.get("/conversations").headers["x-citewell-user"] == "ada"
    kept = dict(client.cookies)
    assert client.post("/logout").status_code == 204
    client.cookies.update(kept)
    assert client.get("/conversations").status_code == 401, "the server has forgotten it as well"


def test_over_https_the_cookie_is_for_https_alone(users):
    app = build_app(harbour_engine(), load_settings(users=users))
    client = TestClient(app, base_url="https://127.0.0.1", follow_redirects=False)
    assert "Secure" in log_in(client).headers["set-cookie"]


def test_a_login_ends_with_its_time_its_user_and_its_password(client_of, users, tmp_path):
    store = Store(tmp_path / "chat.sqlite3")
    short = client_of(store, login_hours=0.0001)
    log_in(short)
    store_client = client_of(store)
    log_in(store_client)
    assert store_client.get("/conversations").status_code == 200
    add_user(users, "ada", "another secret")
    assert store_client.get("/conversations").status_code == 401
    log_in(store_client, password="another secret")
    assert store_client.get("/conversations").status_code == 200
    remove_user(users, "ada")
    assert store_client.get("/conversations").status_code == 401
    assert short.get("/conversations").status_code == 401


def test_a_session_lasts_over_a_restart_and_a_forged_one_is_none(client_of, tmp_path):
    store = Store(tmp_path / "chat.sqlite3")
    client = client_of(store)
    log_in(client)
    again = client_of(Store(tmp_path / "chat.sqlite3"))
    again.cookies.update(dict(client.cookies))
    assert again.get("/conversations").status_code == 200
    [name] = dict(client.cookies)
    for value in ("", "x", '"', "ada"):
        forged = client_of(store)
        forged.cookies.set(name, value)
        assert forged.get("/conversations").status_code == 401


def test_a_wrong_login_says_no_more_than_that_and_is_bounded(client_of):
    client = client_of()
    for name in ("ada", "nobody"):
        wrong = log_in(client, name, "guess")
        assert wrong.status_code == 401
        assert "Name or password is wrong." in wrong.text
    for _ in range(OF_BOTH - 1):
        log_in(client, "ada", "guess")
    turned_away = log_in(client)
    assert turned_away.status_code == 429
    assert int(turned_away.headers["retry-after"]) > 0
    assert log_in(client, "bob").status_code == 303


def test_the_page_that_takes_a_password_runs_no_script_and_shows_a_name_as_text(client_of):
    said = log_in(client_of(), '"><script>alert(1)</script>', "x")
    assert "<script" not in said.text
    policy = said.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "form-action 'self'" in policy
    assert not re.search(r"https?://", said.text)


def test_another_site_cannot_log_anybody_in_or_out(client_of):
    client = client_of()
    for path in ("/login", "/logout"):
        foreign = client.post(
            path, data={"name": "ada", "password": SECRET}, headers={"sec-fetch-site": "cross-site"}
        )
        assert foreign.status_code == 403


def test_programs_enter_by_their_token_and_without_one_only_with_a_login(client_of):
    client = client_of(api_token="key")
    asked = {"question": COST}
    assert client.post("/api/ask", json=asked).status_code == 401
    assert client.post("/api/ask", json=asked, headers={"authorization": "Bearer key"}).status_code == 200
    assert client.get("/conversations", headers={"authorization": "Bearer key"}).status_code == 401
    log_in(client)
    assert client.post("/api/ask", json=asked).status_code == 401, "the API stays with its token"
    client = client_of()
    assert "CITEWELL_API_TOKEN" in client.post("/api/ask", json=asked).json()["hint"]
    log_in(client)
    assert client.post("/api/ask", json=asked).status_code == 200
