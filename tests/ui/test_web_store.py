"""What the page keeps: conversations, whole after a restart, and the cookie that says whose they are."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient
from web_scripted import COST, COST_QUOTE, HARBOUR, POSTS, ScriptedLibrary, drawn, harbour_engine

from index.errors import LibraryDamaged
from rag.answer import Answer
from ui.web.app import build_app
from ui.web.exchange import Exchange, Looked
from ui.web.store.conversations import Conversations
from ui.web.store.file import FILE, Store, StoreError
from ui.web.store.visitors import Visitors


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path / FILE)
    yield store
    store.close()


def answered(number=1, question=COST):
    return Exchange(
        number=number,
        question=question,
        outcome="answered",
        answer=harbour_engine().ask(question),
        looked=Looked(searched=1, held=2, filters=(("Published by X", 1),)),
    )


def test_a_conversation_is_whole_after_a_restart(store):
    kept = Conversations(store)
    for exchange in (answered(), answered(2, POSTS)):
        waiting = replace(exchange, outcome="stopped", answer=None)
        assert kept.begin("ann", "c", waiting, make=exchange.number == 1)
        assert kept.end("ann", "c", exchange)
    store.close()
    again = Conversations(Store(store.path))
    found = again.load("ann", "c")
    assert [e.to_dict() for e in found] == [answered().to_dict(), answered(2, POSTS).to_dict()]
    citation = found[0].answer.citations[0]
    assert HARBOUR.text[citation.start : citation.end] == citation.quote == COST_QUOTE
    assert (citation.version, citation.published) == (HARBOUR.version, date(2025, 6, 9))
    assert [t.title for t in again.titles("ann")] == [COST]
    assert store.path.stat().st_mode & 0o777 == 0o600


def test_nobody_sees_or_changes_what_is_not_theirs(store):
    kept = Conversations(store)
    kept.begin("ann", "c", answered(), make=True)
    assert kept.titles("bob") == []
    assert kept.load("bob", "c") is None
    assert not kept.rename("bob", "c", "mine")
    assert not kept.delete("bob", "c")
    assert not kept.end("bob", "c", answered())
    assert not kept.begin("bob", "c", answered(2))
    assert [t.title for t in kept.titles("ann")] == [COST]


def test_a_question_is_kept_before_it_is_answered_and_never_twice_under_one_number(store):
    kept = Conversations(store)
    assert kept.begin("ann", "c", answered(), make=True)
    assert not kept.begin("ann", "c", answered(1, POSTS)), "another tab has written this number"
    assert kept.begin("ann", "c", answered(1, POSTS), again=True)
    assert [e.question for e in kept.load("ann", "c")] == [POSTS]
    assert [t.title for t in kept.titles("ann")] == [POSTS]


def test_a_title_that_was_given_stays_when_the_question_is_edited(store):
    kept = Conversations(store)
    kept.begin("ann", "c", answered(), make=True)
    kept.rename("ann", "c", "Harbour")
    kept.begin("ann", "c", answered(1, POSTS), again=True)
    assert [t.title for t in kept.titles("ann")] == ["Harbour"]


def test_deleting_leaves_nothing_and_an_answer_that_comes_later_does_not_bring_it_back(store):
    kept = Conversations(store)
    kept.begin("ann", "c", answered(), make=True)
    assert kept.delete("ann", "c")
    assert not kept.end("ann", "c", answered())
    store.close()
    assert COST.encode() not in b"".join(p.read_bytes() for p in store.path.parent.iterdir())


@pytest.mark.parametrize(
    "changes", [{}, {"answerable": False, "refusal_reason": "filtered_out"}, {"id": "7"}]
)
def test_an_answer_comes_back_from_its_json_as_it_was(changes):
    answer = replace(harbour_engine().ask(POSTS), notices=("It fell back.",), dropped_markers=2, **changes)
    assert Answer.from_dict(json.loads(json.dumps(answer.to_dict()))) == answer


@settings(deadline=None)
@given(st.text())
def test_any_question_is_kept_as_it_is(question):
    exchange = Exchange(number=1, question=question, outcome="stopped")
    assert Exchange.from_dict(1, json.loads(json.dumps(exchange.to_dict()))).question == question


def test_a_file_that_is_no_store_is_said_and_left_alone(tmp_path):
    path = tmp_path / FILE
    path.write_bytes(b"something of somebody's, and no database at all " * 99)
    before = path.read_bytes()
    with pytest.raises(StoreError, match=FILE):
        Store(path)
    assert path.read_bytes() == before


def test_a_store_that_has_no_library_is_gone_when_it_is_closed(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    store = Store.beside(tmp_path / "no library")
    Conversations(store).titles("ann")
    assert store.path.exists()
    store.close()
    assert list(tmp_path.iterdir()) == []


def test_a_store_of_a_newer_citewell_is_refused(store):
    with sqlite3.connect(store.path) as connection:
        connection.execute("UPDATE state SET value = '2' WHERE key = 'format'")
    with pytest.raises(LibraryDamaged, match="newer"):
        Store(store.path)


def test_a_cookie_is_believed_only_as_it_was_made(store, tmp_path):
    visitors = Visitors(store)
    cookie = visitors.new_cookie().partition(";")[0]
    name, _, value = cookie.partition("=")
    visitor = visitors.of(cookie)
    assert visitor
    assert visitors.of(f"other=1; {cookie}") == visitor
    other, mark = value.split(".")
    for forged in (f"{other[:-1]}_.{mark}", f"{other}.", f".{mark}", other, "", "."):
        assert visitors.of(f"{name}={forged}") is None
    assert visitors.of(None) is None
    elsewhere = Visitors(Store(tmp_path / "elsewhere.sqlite3"))
    assert elsewhere.of(cookie) is None


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(store):
    with TestClient(build_app(harbour_engine(), store=store), base_url="http://127.0.0.1") as client:
        made = client.get("/").headers["set-cookie"]
        assert "HttpOnly" in made
        assert "SameSite=Lax" in made
        assert "set-cookie" not in client.get("/").headers
        assert "set-cookie" not in client.get("/theme.css").headers


def test_conversations_are_listed_renamed_and_deleted_by_their_owner_alone(store):
    kept = Conversations(store)
    app = build_app(harbour_engine(), store=store)
    with (
        TestClient(app, base_url="http://127.0.0.1") as ann,
        TestClient(app, base_url="http://127.0.0.1") as bob,
    ):
        cookies = [client.get("/").headers["set-cookie"].partition(";")[0] for client in (ann, bob)]
        owner = Visitors(store).of(cookies[0])
        kept.begin(owner, "c", answered(question="<b>Why?</b>"), make=True)
        assert "&lt;b&gt;Why?&lt;/b&gt;" in ann.get("/conversations").text
        assert "Why?" not in bob.get("/conversations").text
        assert bob.put("/conversations/c/title", json={"title": "mine"}).status_code == 404
        assert bob.delete("/conversations/c").status_code == 404
        assert ann.put("/conversations/c/title", json={"title": "  "}).status_code == 422
        assert ann.put("/conversations/c/title", json={"title": "x" * 121}).status_code == 422
        assert ann.put("/conversations/c/title", json={"title": " The\n harbour "}).status_code == 204
        assert "The harbour" in ann.get("/conversations").text
        assert ann.delete("/conversations/c").status_code == 204
        assert kept.titles(owner) == []


def test_old_answers_keep_their_words_and_tell_what_became_of_their_article():
    answer = harbour_engine().ask(COST)
    moved = replace(HARBOUR, text="New first line.\n" + HARBOUR.text, version="")
    rewritten = replace(HARBOUR, text="All is different now.", version="")

    def library(now):
        return lambda article_id, version: HARBOUR if version == HARBOUR.version else now

    assert "since" not in drawn(answer, library(HARBOUR), kept=True).replace("and since", "")
    for now, words in ((moved, "still stand in it"), (rewritten, "no longer stand in it")):
        page = drawn(answer, library(now), kept=True)
        assert words in page
        assert f"<mark>{COST_QUOTE}</mark>" in page
        assert "data-read" in page
    removed = drawn(answer, ScriptedLibrary([]).show, kept=True)
    assert "Removed from the library since" in removed
    assert f"<q>{COST_QUOTE}</q>" in removed
    assert "<mark>" not in removed
    assert "data-read" not in removed
    assert "cannot be shown" in drawn(answer, ScriptedLibrary([]).show), "a new answer is not believed"
