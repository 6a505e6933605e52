"""What is handed in: limits, the thread that adds it, a stop in between, failures."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import time
from contextlib import closing

import pytest

from index.errors import InputError, UsageError
from index.library import Library
from rag.settings import load_settings
from ui.web.library.adding import Adder
from ui.web.library.additions import Additions, Outcome, can_be_tried_again
from ui.web.library.pasting import checked_paste
from ui.web.library.receiving import receive

FERRY = b"Ferries late\n\nThe ferry of Sandvig was late again on Monday. The pilot blamed the fog."


@pytest.fixture
def library(tmp_path):
    with Library.open(tmp_path / "library", create=True) as opened:
        yield opened


@pytest.fixture
def additions(library):
    made = Additions(library.path)
    yield made
    made.close()


@pytest.fixture
def adder(library, additions):
    made = Adder(library, additions, load_settings())
    yield made
    made.close()


def hand_in(additions, name, data, kind="file", **settings):
    async def chunks():
        for start in range(0, len(data), 50):
            yield data[start : start + 50]

    return asyncio.run(receive(additions, load_settings(**settings), kind, name, chunks()))


def settled(additions, seconds=60):
    """The list once nothing of it waits."""
    end = time.monotonic() + seconds
    while additions.waiting()[0]:
        assert time.monotonic() < end, additions.listed()
        time.sleep(0.02)
    return {each.name: each for each in additions.listed()}


def files_left(additions):
    return [path for path in additions.folder.iterdir() if len(path.stem) == 32]


def test_files_and_texts_are_added_and_their_bytes_dropped(library, additions, adder):
    hand_in(additions, "ferry.txt", FERRY)
    hand_in(additions, "news/ferry.txt", FERRY.replace(b"Monday", b"Tuesday"))
    said = {
        "text": "A bridge is built. It is long.",
        "title": "Bridge",
        "publisher": "Mail",
        "published": "2025-01-02",
    }
    hand_in(additions, "Bridge", json.dumps(checked_paste(said)).encode(), kind="text")
    adder.start()
    done = settled(additions)
    assert [each.state for each in done.values()] == ["done"] * 3
    infos = {info.title: info for info in library.list()}
    assert {info.article_id for info in library.list() if info.title != "Bridge"} == {
        "ferry.txt",
        "news/ferry.txt",
    }
    assert (infos["Bridge"].publisher, infos["Bridge"].published.isoformat()) == ("Mail", "2025-01-02")
    assert infos["Bridge"].article_id == infos["Bridge"].version
    assert files_left(additions) == []


def test_the_same_file_again_is_unchanged_and_an_edited_one_a_new_version(library, additions, adder):
    adder.start()
    for data, status in ((FERRY, "added"), (FERRY, "unchanged"), (FERRY + b" It lifted.", "updated")):
        hand_in(additions, "ferry.txt", data)
        adder.wake()
        settled(additions)
        assert additions.listed()[0].outcomes[0].status == status
    assert len(library.catalog.version_hashes("ferry.txt")) == 2


def test_two_of_one_name_that_wait_together_are_added_one_after_the_other(library, additions, adder):
    hand_in(additions, "ferry.txt", FERRY)
    hand_in(additions, "ferry.txt", FERRY + b" It lifted.")
    adder.start()
    settled(additions)
    assert [each.outcomes[0].status for each in additions.listed()] == ["updated", "added"]


def test_what_cannot_be_read_fails_by_itself_and_says_why(library, additions, adder):
    hand_in(additions, "empty.txt", b" ")
    hand_in(additions, "ferry.txt", FERRY)
    hand_in(additions, "picture.xyz", b"\x89PNG")
    hand_in(additions, "binary.txt", bytes(range(256)) * 20)
    adder.start()
    done = settled(additions)
    assert done["ferry.txt"].state == "done"
    for name, words in (
        ("empty.txt", "empty"),
        ("picture.xyz", "files of type .xyz are not read"),
        ("binary.txt", ""),
    ):
        assert done[name].state == "failed"
        [outcome] = done[name].outcomes
        assert words in outcome.reason
        assert outcome.hint
        assert str(library.path) not in outcome.reason + outcome.hint
        assert not can_be_tried_again(done[name])
    assert [info.article_id for info in library.list()] == ["ferry.txt"]


def test_a_stopped_server_goes_on_where_it_was(library, additions):
    for number in range(30):
        hand_in(additions, f"{number}.txt", FERRY.replace(b"Monday", b"day %d" % number))
    first = Adder(library, additions, load_settings())
    first.start()
    while library.article_count() < 3:
        time.sleep(0.01)
    first.close()
    there = library.article_count()
    assert there < 30
    again = Additions(library.path)
    (again.folder / f"{'0' * 32}.part").write_bytes(b"half an upload")
    second = Adder(library, again, load_settings())
    second.start()
    done = settled(again)
    assert {each.state for each in done.values()} == {"done"}
    assert library.article_count() == 30
    assert files_left(again) == []
    second.close()


@pytest.mark.parametrize(("kind", "noted"), [("file", 1), ("page", 1), ("feed", 50)])
def test_thousands_of_articles_are_not_each_noted_anew(additions, kind, noted):
    hand_in(additions, "news.csv", FERRY, kind)
    [addition] = additions.begin(additions.next(1))
    outcomes = [Outcome(status="added", article_id=f"news.csv#{number}") for number in range(50)]
    for count in range(1, 51):
        additions.note(addition, outcomes[:count])
    assert len(additions.listed()[0].outcomes) in range(noted, 51 if kind == "feed" else 50)
    additions.finish(addition, outcomes)
    assert additions.listed()[0].outcomes == tuple(outcomes)


def test_a_second_server_leaves_the_work_to_the_first(library, additions, adder):
    adder.start()
    hand_in(additions, "a.txt", FERRY)
    adder.wake()
    settled(additions)
    other = Additions(library.path)
    second = Adder(library, other, load_settings())
    second.start()
    time.sleep(0.1)
    hand_in(other, "b.txt", FERRY)
    second.wake()
    settled(other)
    assert library.article_count() == 2
    second.close()


def test_what_a_library_cannot_take_now_is_kept_to_be_tried_again(library, additions, adder):
    folder = library.path / "lock"
    content = folder.read_bytes() if folder.exists() else b""
    folder.unlink(missing_ok=True)
    folder.mkdir()  # the lock cannot be opened
    hand_in(additions, "ferry.txt", FERRY)
    adder.start()
    [failed] = settled(additions).values()
    assert failed.state == "failed"
    assert "cannot be written" in failed.outcomes[0].reason
    assert can_be_tried_again(failed)
    folder.rmdir()
    folder.write_bytes(content)
    additions.set_back(failed.id)
    adder.wake()
    assert settled(additions)["ferry.txt"].state == "done"
    with pytest.raises(UsageError):
        additions.set_back(failed.id)


def test_what_is_too_much_is_refused_before_it_is_kept(additions):
    with pytest.raises(InputError, match="more than 80 bytes"):
        hand_in(additions, "a.txt", b"x" * 81, max_article_bytes=80)
    hand_in(additions, "a.txt", b"x" * 80)
    with pytest.raises(UsageError, match="exceed 100 bytes"):
        hand_in(additions, "b.txt", b"x" * 80, max_waiting_bytes=100)
    with pytest.raises(UsageError, match="1 files are waiting"):
        hand_in(additions, "b.txt", b"x", max_waiting_uploads=1)
    assert len(files_left(additions)) == 1
    assert additions.waiting() == (1, 80)


def test_what_is_dismissed_is_gone_with_its_bytes(additions):
    first, second = hand_in(additions, "a.txt", FERRY), hand_in(additions, "b.txt", FERRY)
    additions.dismiss_all("done")
    assert len(additions.listed()) == 2
    additions.dismiss(first)
    assert [each.id for each in additions.listed()] == [second]
    additions.begin(additions.next(5))
    additions.dismiss(second)
    assert [each.id for each in additions.listed()] == [second]
    assert len(files_left(additions)) == 1


def test_all_that_failed_is_dismissed_together_and_counts_until_then(additions, adder):
    adder.start()
    hand_in(additions, "a.txt", FERRY)
    hand_in(additions, "a.csv", b"Kopf;Inhalt\nZug;Er kam an.\n")
    hand_in(additions, "empty.txt", b"")
    adder.wake()
    assert {name: each.state for name, each in settled(additions).items()} == {
        "a.txt": "done",
        "a.csv": "failed",
        "empty.txt": "failed",
    }
    assert additions.waiting() == (0, 27), "an export that was not understood is kept"
    additions.dismiss_all("failed")
    assert [each.name for each in additions.listed()] == ["a.txt"]
    assert (additions.waiting(), files_left(additions)) == ((0, 0), [])


def test_an_export_is_read_again_with_the_columns_that_are_named(library, additions, adder):
    adder.start()
    hand_in(additions, "a.txt", FERRY)
    number = hand_in(additions, "a.csv", b"Kopf;Inhalt\nZug;Er kam an.\nKuh;\n")
    adder.wake()
    assert settled(additions)["a.csv"].state == "failed"
    additions.set_back(number, {"text": "Inhalt", "title": "Kopf"})
    adder.wake()
    read = settled(additions)["a.csv"]
    assert [each.status for each in read.outcomes] == ["added", "failed"]
    assert {info.title for info in library.list()} == {"Ferries late", "Zug"}
    assert read.fields == (("text", "Inhalt"), ("title", "Kopf")), "kept for the next try"
    additions.set_back(number)
    adder.wake()
    assert [each.status for each in settled(additions)["a.csv"].outcomes] == ["unchanged", "failed"]


def test_a_list_of_an_earlier_version_is_taken_over(library):
    (library.path / "uploads").mkdir(exist_ok=True)
    with closing(sqlite3.connect(library.path / "uploads" / "additions.sqlite3")) as connection:
        connection.execute(
            "CREATE TABLE additions (id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, name TEXT NOT"
            " NULL, file TEXT NOT NULL, size INTEGER NOT NULL, state TEXT NOT NULL, outcomes TEXT NOT NULL)"
        )
        connection.execute(
            "INSERT INTO additions (kind, name, file, size, state, outcomes)"
            " VALUES ('file', 'a.txt', '', 0, 'failed', '[]')"
        )
        connection.commit()
    with closing(Additions(library.path)) as additions:
        [old] = additions.listed()
        assert (old.name, old.fields) == ("a.txt", ())


@pytest.mark.parametrize(
    "said",
    [{"text": " "}, {}, {"text": "x", "published": "soon"}, {"text": "x", "url": "javascript:alert(1)"}],
)
def test_a_paste_without_text_or_with_a_wrong_date_or_address_is_refused(said):
    with pytest.raises(UsageError):
        checked_paste(said)
