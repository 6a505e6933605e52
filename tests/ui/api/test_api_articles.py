"""`/api/articles`: list, show, add, upload, remove."""

from __future__ import annotations

import threading
from urllib.parse import quote

import pytest
from api_serving import client_of
from web_scripted import HARBOUR, PIER

from index.folder import LOCK_FILE
from index.lock import WriterLock

FERRY = {
    "title": "New ferry",
    "text": "The new ferry carries 550 passengers.",
    "url": "https://example.org/ferry?from=a&to=b#top",
    "publisher": "Island Post",
    "published": "2024-03-01",
}


def address(article_id):
    return "/api/articles/" + quote(article_id, safe="")


def test_the_list_is_paged_and_filtered(client):
    everything = client.get("/api/articles").json()
    assert [a["article_id"] for a in everything["articles"]] == [HARBOUR.article_id, PIER.article_id]
    assert everything["articles"][0]["published"] == "2025-06-09"
    assert "text" not in everything["articles"][0]
    second = client.get("/api/articles", params={"offset": 1, "limit": 1}).json()
    assert [a["article_id"] for a in second["articles"]] == [PIER.article_id]
    assert second["total"] == 2
    some = client.get("/api/articles", params={"publisher": "Museum Letters"}).json()
    assert (some["total"], some["articles"][0]["article_id"]) == (1, PIER.article_id)
    assert client.get("/api/articles", params={"limit": 0}).status_code == 422


def test_an_article_is_shown_with_its_text_and_versions(client):
    shown = client.get(address(HARBOUR.article_id)).json()
    assert shown["text"] == HARBOUR.text
    assert shown["versions"] == [HARBOUR.version]


@pytest.mark.parametrize(
    "path", ["/api/articles/nope", f"/api/articles/{PIER.article_id}?version={'0' * 64}"]
)
def test_an_article_or_version_that_is_not_there_is_404(client, path):
    response = client.get(path)
    assert response.status_code == 404
    assert set(response.json()) == {"error", "hint"}


def test_an_article_goes_in_changes_and_goes_out(own_client):
    first = own_client.post("/api/articles", json=FERRY)
    assert first.status_code == 200
    [result] = first.json()["results"]
    assert (result["status"], result["article_id"]) == ("added", FERRY["url"])
    asked = own_client.post("/api/ask", json={"question": "How many passengers does the new ferry carry?"})
    assert asked.json()["citations"][0]["quote"] == FERRY["text"]
    assert own_client.post("/api/articles", json=FERRY).json()["summary"]["unchanged"] == 1
    changed = {**FERRY, "text": "The new ferry carries 600 passengers."}
    assert own_client.post("/api/articles", json=[changed]).json()["summary"]["updated"] == 1
    shown = own_client.get(address(FERRY["url"])).json()
    assert len(shown["versions"]) == 2
    before = own_client.get(address(FERRY["url"]), params={"version": shown["versions"][0]}).json()
    assert before["text"] == FERRY["text"]
    removed = own_client.delete(address(FERRY["url"]))
    assert removed.json() == {"article_id": FERRY["url"], "status": "removed"}
    assert own_client.delete(address(FERRY["url"])).status_code == 404
    assert own_client.get("/api/articles").json()["total"] == 0


def upload(client, *files):
    return client.post("/api/articles", files=[("file", file) for file in files])


def test_files_are_read_by_the_readers_and_each_is_settled_by_itself(own_client):
    ferry = b"---\ntitle: New ferry\npublished: 2024-03-01\n---\nThe new ferry carries 550 passengers.\n"
    page = (
        b"<html><head><title>Bridge</title></head><body><p>The bridge is 300 metres long.</p></body></html>"
    )
    response = upload(own_client, ("../../ferry.md", ferry), ("bridge.html", page), ("x.xyz", b"?"))
    assert response.status_code == 200
    said = response.json()
    assert said["summary"] == {"added": 2, "updated": 0, "unchanged": 0, "failed": 1}
    failed = next(r for r in said["results"] if r["status"] == "failed")
    assert failed["source"] == "x.xyz"
    assert failed["reason"].startswith("x.xyz: ")
    shown = own_client.get("/api/articles/ferry.md").json()
    assert (shown["title"], shown["published"], shown["source"]) == (
        "New ferry",
        "2024-03-01",
        "upload:ferry.md",
    )
    assert upload(own_client, ("ferry.md", ferry)).json()["summary"]["unchanged"] == 1


@pytest.mark.parametrize(
    "file", [("x.xyz", b"?"), ("empty.txt", b""), ("..", b"x"), ("a" * 3_000 + ".txt", b"x")]
)
def test_where_no_file_could_be_read_the_request_failed(own_client, file):
    response = upload(own_client, file)
    assert response.status_code == 422
    assert response.json()["error"]
    assert response.json()["summary"]["failed"] == 1
    assert "/tmp" not in response.text
    assert own_client.get("/api/articles").json()["total"] == 0


@pytest.mark.parametrize(
    ("body", "status", "told"),
    [
        ({"title": "x"}, 422, "text"),
        ([FERRY, {"text": "x"}], 422, "1.title"),
        ({**FERRY, "published": "yesterday"}, 422, "published"),
        ({**FERRY, "autor": "x"}, 422, "autor"),
        ({**FERRY, "text": " "}, 422, "has no text"),
        ({**FERRY, "article_id": "a\nb"}, 422, "article_id: Value error, it holds a line break"),
        ({**FERRY, "url": "javascript:alert(1)"}, 422, "url: "),
        ({**FERRY, "published": "2999-01-01"}, 422, "has not come yet"),
        ({**FERRY, "language": "klingon"}, 422, "language: "),
        (7, 422, "the request"),
        ([], 400, "no article"),
    ],
)
def test_a_wrong_article_is_told_what_is_wrong(own_client, body, status, told):
    response = own_client.post("/api/articles", json=body)
    assert response.status_code == status, response.text
    assert told in response.json()["error"]
    assert own_client.get("/api/articles").json()["total"] == 0


@pytest.mark.parametrize("place", ["params", "data"])
def test_the_fields_of_an_export_are_named_beside_it(own_client, place):
    export = ("zug.csv", b"Kopf;Inhalt\nZug;Er kam um neun an.\n")
    unnamed = upload(own_client, export)
    assert (unnamed.status_code, unnamed.json()["summary"]["failed"]) == (422, 1)
    fields = {"map": ["text=Inhalt", "title=Kopf"]}
    answer = own_client.post("/api/articles", files=[("file", export)], **{place: fields})
    assert answer.json()["summary"]["added"] == 1
    [found] = own_client.get("/api/articles").json()["articles"]
    assert found["title"] == "Zug"
    wrong = own_client.post("/api/articles", files=[("file", export)], **{place: {"map": "x"}})
    assert (wrong.status_code, "FIELD=NAME" in wrong.json()["error"]) == (400, True)


def test_a_form_without_a_file_is_wrong(own_client):
    assert own_client.post("/api/articles", files={"x": (None, "y")}).status_code == 400


def test_a_change_while_another_writes_is_turned_away_and_may_be_tried_again(own_client, own_engine):
    other = WriterLock(own_engine.library.path / LOCK_FILE)
    assert other.try_acquire()
    try:
        for response in (
            own_client.post("/api/articles", json=FERRY),
            upload(own_client, ("x.txt", b"Words.")),
            own_client.delete("/api/articles/x"),
        ):
            assert response.status_code == 503
            assert int(response.headers["retry-after"]) > 0
            assert "is being changed" in response.json()["error"]
    finally:
        other.release()
    assert own_client.post("/api/articles", json=FERRY).status_code == 200


def test_many_readers_and_a_writer_see_whole_articles_only(own_client):
    own_client.post("/api/articles", json=FERRY)
    wrong = []

    def ask():
        for _ in range(5):
            answer = own_client.post(
                "/api/ask", json={"question": "How many passengers does the new ferry carry?"}
            )
            text = answer.json()["answer"]
            if answer.status_code != 200 or not ("550" in text or "600" in text):
                wrong.append(text)

    readers = [threading.Thread(target=ask) for _ in range(3)]
    for reader in readers:
        reader.start()
    for passengers in ("600", "550", "600"):
        changed = {**FERRY, "text": f"The new ferry carries {passengers} passengers."}
        assert own_client.post("/api/articles", json=changed).status_code == 200
    for reader in readers:
        reader.join()
    assert wrong == []


def test_a_file_that_is_too_large_is_refused(own_engine):
    with client_of(own_engine, max_article_bytes=100) as client:
        response = upload(client, ("long.txt", b"word " * 100))
        assert response.status_code == 422
        assert "the limit is 100" in response.json()["error"]
        assert client.post("/api/articles", content=b"x" * 1_100_000).status_code == 413
