"""Files that are sent, on the page and to the API: one article for one name, the same limits and errors."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest
from html_reading import Reading
from starlette.testclient import TestClient
from web_scripted import harbour_engine

from index.errors import InputError
from index.library import Library
from rag.settings import load_settings
from ui.uploads import FOLDER, safe_name, staging, sweep
from ui.web.app import build_app
from ui.web.library.additions import Additions
from ui.web.store.file import Store

FOG = b"Fog over Sandvig\n\nThe fog came on Monday, and the ferry of Sandvig stayed in port."
ROWS = b"id,headline,story\n7,Fog,The fog came on Monday.\n8,Pier,The pier was closed on Tuesday.\n"
NAMED = ROWS.replace(b"story", b"text")


class Sender:
    """Sends files one way and tells what became of each article: status, id, reason, hint."""

    def __init__(self, client, library, way):
        self.client, self.library, self._way = client, library, way

    def __call__(self, name, data):
        return self._by_page(name, data) if self._way == "page" else self._by_api(name, data)

    def _by_api(self, name, data):
        answer = self.client.post("/api/articles", files=[("file", (name, data))])
        return [
            (r["status"], r["article_id"], r["reason"] or "", r["hint"]) for r in answer.json()["results"]
        ]

    def _by_page(self, name, data):
        answer = self.client.post(
            "/library/upload",
            params={"name": name, "size": len(data)},
            content=data,
            headers={"x-citewell": "1"},
        )
        if "id" not in (said := answer.json()):
            return [("failed", None, said["message"], said["hint"])]
        end = time.monotonic() + 60
        while self.client.get("/library/additions").json()["open"]:
            assert time.monotonic() < end
            time.sleep(0.02)
        additions = Additions(self.library.path)
        [mine] = [each for each in additions.listed() if each.id == said["id"]]
        additions.close()
        return [(each.status, each.article_id, each.reason, each.hint) for each in mine.outcomes]


@pytest.fixture
def library(tmp_path):
    with Library.open(tmp_path / "library", create=True) as opened:
        yield opened


def senders(library, **settings):
    """Both ways to the same library."""
    engine = harbour_engine()
    engine.library = library
    store = Store.beside(library.path)
    app = build_app(engine, load_settings(library=library.path, **settings), store=store)
    with TestClient(app, base_url="http://127.0.0.1") as client:
        yield [Sender(client, library, way) for way in ("page", "api")]
    store.close()


@pytest.fixture
def both(library):
    yield from senders(library)


def statuses(results):
    return [result[0] for result in results]


@pytest.mark.parametrize("first", [0, 1])
def test_a_name_that_is_sent_again_either_way_is_the_same_article(both, library, first):
    one, other = both[first], both[1 - first]
    assert one("news/fog.txt", FOG) == [("added", "news/fog.txt", "", "")]
    assert other("news/fog.txt", FOG) == [("unchanged", "news/fog.txt", "", "")]
    assert statuses(other("news/fog.txt", FOG + b" It lifted at noon.")) == ["updated"]
    assert statuses(one("../news/fog.txt", FOG)) == ["updated"]
    [info] = library.list()
    assert (info.article_id, info.source) == ("news/fog.txt", "upload:news/fog.txt")
    assert len(library.catalog.version_hashes("news/fog.txt")) == 2


def test_two_files_of_one_name_in_one_request_are_told_apart_by_their_sender(both, library):
    _, by_api = both
    files = [("file", ("fog.txt", FOG)), ("file", ("fog.txt", FOG + b" It lifted."))]
    [added, refused] = by_api.client.post("/api/articles", files=files).json()["results"]
    assert (added["status"], refused["status"]) == ("added", "failed")
    assert "another name" in refused["hint"]
    assert library.show("fog.txt").text.endswith("stayed in port.")


def test_a_file_that_states_its_address_later_stays_the_same_article(both, library):
    by_page, by_api = both
    by_page("fog.md", FOG)
    stated = b"---\nurl: https://example.org/fog\n---\n" + FOG
    assert by_api("fog.md", stated) == [("updated", "fog.md", "", "")]
    assert by_page("other.md", stated.replace(b"Monday", b"Tuesday"))[0][1] == "https://example.org/fog"


def test_the_rows_of_an_export_are_articles_whichever_way_it_is_sent(both, library):
    by_page, by_api = both
    assert [(r[0], r[1]) for r in by_api("news.csv", NAMED)] == [
        ("added", "news.csv#7"),
        ("added", "news.csv#8"),
    ]
    changed = NAMED.replace(b"Tuesday", b"Wednesday") + b"9,Gull,\n"
    assert statuses(by_page("news.csv", changed)) == ["unchanged", "updated", "failed"]
    assert {info.source for info in library.list()} == {"upload:news.csv#7", "upload:news.csv#8"}


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("picture.xyz", b"\x89PNG"),
        ("empty.txt", b" "),
        ("long.txt", b"word " * 300),
        ("long.csv", b"text\n" + b"word " * 500),
        ("broken.pdf", b"%PDF-1.7 and nothing more"),
        ("news/rows.csv", ROWS),
        ("..", b"x"),
        ("n" * 3_000 + ".txt", FOG),
    ],
)
def test_what_cannot_be_read_is_named_in_the_same_words(library, name, data):
    for by_page, by_api in senders(library, max_article_bytes=1_000, max_export_bytes=2_000):
        [(status, _, reason, hint)] = by_page(name, data)
        assert status == "failed"
        assert reason.lstrip("'").startswith(name[:100])
        assert hint
        assert str(library.path) not in reason + hint
        assert by_api(name, data) == [("failed", None, reason, hint)]
    assert library.list() == []


def test_a_program_says_what_the_fields_of_its_export_are_called(both, library):
    _, by_api = both
    files = [("file", ("news.csv", ROWS))]
    refused = by_api.client.post("/api/articles", files=files)
    assert "map text=" in refused.json()["hint"]
    wrong = by_api.client.post("/api/articles", params={"map": "body=story"}, files=files)
    assert (wrong.status_code, "the fields are: text" in wrong.json()["hint"]) == (400, True)
    answer = by_api.client.post("/api/articles", params={"map": "text=story,title="}, files=files)
    assert answer.json()["summary"]["added"] == 2
    assert [info.title for info in library.list()] == [
        "The fog came on Monday.",
        "The pier was closed on Tuesday.",
    ]


def test_an_export_may_be_larger_than_an_article(library):
    rows = NAMED + b"9,Gull," + b"The gull cried. " * 50 + b"\n"
    for sent in senders(library, max_article_bytes=900, max_export_bytes=2_000):
        assert statuses(sent[0]("a.csv", rows)) == statuses(sent[1]("b.csv", rows)) == ["added"] * 3


def test_files_are_read_in_processes_that_are_ended_when_they_take_too_long(library):
    for sent in senders(library, max_reading_seconds=0.001):
        for send in sent:
            [(status, _, reason, hint)] = send("long.txt", FOG * 20_000)
            assert (status, reason) == ("failed", "long.txt was not read within 0.001 seconds")
            assert "CITEWELL_MAX_READING_SECONDS" in hint


def test_a_copy_is_told_to_whoever_sends_it(both):
    story = FOG * 4  # long enough to be known again
    by_page, by_api = both
    by_api("fog.txt", story)
    [result] = by_api.client.post("/api/articles", files=[("file", ("again.txt", story))]).json()["results"]
    assert (result["status"], result["copy_of"]) == ("added", "fog.txt")
    by_page("third.txt", story)
    said = Reading(by_page.client.get("/library/additions").json()["additions"])
    assert "added, a copy of Fog over Sandvig" in said.text


def test_nothing_of_what_was_sent_is_left(both, library):
    for send in both:
        send("fog.txt", FOG)
        send("empty.txt", b" ")
    assert [path for path in (library.path / FOLDER).iterdir() if len(path.stem) == 32] == []


def test_a_request_of_too_many_bytes_is_turned_away_on_the_way(library):
    def pieces():
        yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'
        for _ in range(20):
            yield b"word " * 20_000

    form = {"content-type": "multipart/form-data; boundary=x"}
    for _, by_api in senders(library, max_export_bytes=2_000, max_article_bytes=1_000):
        answer = by_api.client.post("/api/articles", content=pieces(), headers=form)
        assert (answer.status_code, answer.json()["hint"]) == (413, "the limit is 1,002,000 bytes")


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd.txt", "etc/passwd.txt"),
        ("/etc/passwd.txt", "etc/passwd.txt"),
        ("..\\..\\x.txt", "x.txt"),
        ("a\0b.txt", "ab.txt"),
        ("./.secret/a.md", "secret/a.md"),
    ],
)
def test_a_name_leads_nowhere_else(name, safe):
    assert safe_name(name) == safe


@pytest.mark.parametrize("name", ["", "...", "/", " / ", "\0"])
def test_a_name_of_nothing_is_refused(name):
    with pytest.raises(InputError, match="is no name of a file"):
        safe_name(name)


def test_what_is_being_sent_is_not_swept_away(tmp_path):
    """A server that begins to work cleans up, while another one or its own page takes a file in."""
    folder = tmp_path / FOLDER
    with staging(folder) as file:
        left, known = folder / f"{'0' * 32}.part", folder / ("1" * 32)
        left.write_bytes(b"half an upload")
        known.write_bytes(b"one that waits")
        sweeping = threading.Thread(target=sweep, args=(folder, {known.name}.__contains__))
        sweeping.start()
        sweeping.join()
        assert Path(file.name).exists()
        assert not left.exists()
        assert known.exists()
    assert [path.name for path in folder.iterdir()] == [known.name]
