"""The Library view over HTTP: what it shows, what it changes, and who may change anything."""

from __future__ import annotations

import time
from urllib.parse import quote

import pytest
from html_reading import Reading
from starlette.testclient import TestClient
from web_scripted import HARBOUR, PIER, harbour_engine

from index import trash
from index.article import Article
from index.library import Library
from rag.settings import load_settings
from ui.web.app import build_app

PAGE = {"x-citewell": "1"}


@pytest.fixture
def library(tmp_path):
    with Library.open(tmp_path / "library", create=True) as opened:
        opened.add([HARBOUR, PIER])
        yield opened


@pytest.fixture
def client(library):
    yield from visiting(library)


def visiting(library, **settings):
    engine = harbour_engine()
    engine.library = library
    app = build_app(engine, load_settings(library=library.path, **settings))
    with TestClient(app, base_url="http://127.0.0.1") as client:
        yield client


def listed(client, **wanted):
    answer = client.get("/library/articles", params=wanted).json()
    return Reading(answer["rows"]).text


def settled(client):
    end = time.monotonic() + 20
    while (answer := client.get("/library/additions").json())["open"]:
        assert time.monotonic() < end
        time.sleep(0.02)
    return Reading(answer["additions"]).text


def test_a_file_is_handed_in_and_is_in_the_list(client, library):
    sent = client.post(
        "/library/upload",
        params={"name": "news/fog.txt", "size": "30"},
        content=b"Fog\n\nThe fog came on Monday.",
        headers=PAGE,
    )
    assert sent.status_code == 200
    said = settled(client)
    assert "news/fog.txt" in said
    assert "added" in said
    assert "Fog" in listed(client)
    page = Reading(client.get("/library/article", params={"id": "news/fog.txt"}).text).text
    assert "news/fog.txt, uploaded" in page
    client.post("/library/dismiss", json={}, headers=PAGE)
    assert settled(client) == ""


def test_a_text_is_pasted(client, library):
    text = "The tide was high. " * 5_000  # longer than any question may be
    said = {"text": text, "title": "Tide", "publisher": "Mail", "published": "2025-03-04"}
    assert client.post("/library/paste", json=said, headers=PAGE).status_code == 200
    assert settled(client).endswith("Tideadded")
    assert "TideMail · 4 March 2025" in listed(client, search="tide high").replace("  ", " ")
    wrong = client.post("/library/paste", json={"text": "x", "published": "soon"}, headers=PAGE)
    assert (wrong.status_code, wrong.json()["message"]) == (400, "'soon' is no date")


def test_what_is_not_read_is_on_the_list_with_the_reason(client):
    for name, size, reason in (
        ("a.exe", 3, "Files of type .exe are not read."),
        ("a.txt", 10**9, "a.txt has 1,000,000,000 bytes"),
    ):
        assert client.post("/library/upload", params={"name": name, "size": size}, headers=PAGE).is_success
        assert reason in settled(client)


def test_the_columns_of_an_export_are_told_and_taken(client, library):
    sent = client.post(
        "/library/upload", params={"name": "a.csv"}, content=b"Title;Inhalt\nZug;Er kam an.\n", headers=PAGE
    )
    number = sent.json()["id"]
    assert "Name its columns" in settled(client)
    told = client.get("/library/columns", params={"addition": number}).json()
    assert told["columns"] == {"Title": "Zug", "Inhalt": "Er kam an."}
    assert told["taken"] == {"title": "Title"}
    for fields in (None, [], {"text": 3}, {"text": ""}, {"title": "Title"}, {"text": "Inhalt", "x": "y"}):
        wrong = client.post("/library/map", json={"addition": number, "fields": fields}, headers=PAGE)
        assert (wrong.status_code, bool(wrong.json()["message"])) == (400, True)
    fields = {"text": "Inhalt", "title": "Title"}
    assert client.post("/library/map", json={"addition": number, "fields": fields}, headers=PAGE).is_success
    assert "Zug added" in settled(client)
    assert client.get("/library/columns", params={"addition": number}).status_code == 400


def test_quotas_are_held_and_told(library):
    for client in visiting(library, max_article_bytes=100, max_waiting_bytes=150):
        lie = client.post(
            "/library/upload", params={"name": "a.txt", "size": "1"}, content=b"x" * 101, headers=PAGE
        )
        assert (lie.status_code, lie.json()["message"]) == (400, "it has more than 100 bytes")
        long = client.post("/library/paste", json={"text": "x" * 300}, headers=PAGE)
        assert long.status_code == 400
        assert not [path for path in (library.path / "uploads").iterdir() if len(path.stem) == 32]


def test_an_article_is_removed_and_put_back(client, library):
    before = library.list()
    assert client.post("/library/remove", json={"id": PIER.article_id}, headers=PAGE).json() == {"undo": True}
    answer = client.get("/library/articles").json()
    assert PIER.title not in Reading(answer["rows"]).text
    assert PIER.title in Reading(answer["removed"]).text
    assert client.get("/library/article", params={"id": PIER.article_id}).status_code == 404
    client.post("/library/restore", json={"id": PIER.article_id}, headers=PAGE)
    assert library.list() == before
    client.post("/library/remove", json={"id": PIER.article_id}, headers=PAGE)
    assert client.post("/library/forget", json={}, headers=PAGE).json() == {"deleted": 1}
    assert client.post("/library/restore", json={"id": PIER.article_id}, headers=PAGE).status_code == 400


def test_removed_for_good_where_nothing_is_kept(library):
    for client in visiting(library, keep_removed_days=0):
        answer = client.post("/library/remove", json={"id": PIER.article_id}, headers=PAGE)
        assert answer.json() == {"undo": False}
        assert trash.kept_aside(library) == []


def test_an_article_has_its_page_with_its_versions(client, library):
    later = Article(article_id=PIER.article_id, title=PIER.title, text=PIER.text + "\nA correction was made.")
    library.add([later])
    page = client.get("/library/article", params={"id": PIER.article_id}).text
    assert "A correction was made." in Reading(page).text
    assert "Versions" in Reading(page).text
    assert f"#library/article/{quote(PIER.article_id)}/{PIER.version}" in page
    old = Reading(
        client.get("/library/article", params={"id": PIER.article_id, "version": PIER.version}).text
    )
    assert "A correction" not in old.text
    assert "This is an earlier version" in old.text
    assert client.get("/library/article", params={"id": "no"}).status_code == 404


@pytest.mark.parametrize(
    "path", ["upload?name=a.txt", "paste", "retry", "map", "dismiss", "remove", "restore", "forget"]
)
def test_another_sites_page_changes_nothing(client, library, path):
    before = library.list()
    answer = client.post(f"/library/{path}", content=b'{"id": "pier.txt", "text": "x", "addition": 1}')
    assert answer.status_code == 403
    preflight = client.options(f"/library/{path}", headers={"origin": "https://evil.example"})
    assert "access-control-allow-origin" not in preflight.headers
    assert library.list() == before
    assert client.get("/library/additions").json()["open"] == 0


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"id": 3}', b'{"addition": "x"}', b"x" * 200_000])
def test_a_wrong_request_is_told_so(client, body):
    for path in ("remove", "restore", "retry"):
        answer = client.post(f"/library/{path}", content=body, headers=PAGE)
        assert answer.status_code in (400, 413)


def test_a_wrong_filter_is_told_so(client):
    assert client.get("/library/articles", params={"since": "soon"}).json()["message"] == "'soon' is no date"


def test_an_empty_library_says_how_to_fill_it(tmp_path):
    with Library.open(tmp_path / "empty", create=True) as library:
        for client in visiting(library):
            assert "The library is empty." in listed(client)
            assert client.get("/library/articles").json()["glance"] == ""
