"""What the ingest and its reading processes say arrives as it was said."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from library_support import make_article

from index.article import Article
from index.entries import make_entry
from index.errors import InputError
from index.readers.reading import Reading
from index.workers.wire import Done, Ready, Request, parse_reply, parse_request, reply_line, request_line

BARE = Article(article_id="half \udcff\ud800", text="A\u2028line, \ud800 half.", title="")
FULL = make_article(
    "Brook",
    paragraphs=5,
    author="A. N. Author",
    publisher="日報",
    url="https://example.org/a",
    published=date(2024, 2, 29),
    language="en",
    source="/a/b.json#7",
    pages=(0, 40),
)


@pytest.mark.parametrize(
    "reply",
    [Ready(), Done(), Done(leaving=True), BARE, FULL, make_entry(FULL)],
    ids=lambda r: type(r).__name__,
)
def test_replies_arrive_as_they_were(reply):
    line = reply_line(reply)
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    assert parse_reply(line) == reply


def test_errors_arrive_with_their_hint():
    arrived = parse_reply(reply_line(InputError("it is 日 no\nfile", hint="save it")))
    assert isinstance(arrived, InputError)
    assert (arrived.message, arrived.hint) == ("it is 日 no\nfile", "save it")


def test_requests_arrive_as_they_were():
    reading = Reading(max_pages=3, fields=(("text", "body"), ("title", "")))
    path = Path("/tmp/\udcff name\n.txt")
    request = Request(
        path, "name.txt", reading, frozenset({"a", "b"}), Path("/tmp/0f"), "upload:name.txt", False
    )
    assert parse_request(request_line(request)) == request


@pytest.mark.parametrize("line", [b"", b"Traceback", b"{}", b"[1]", b'{"article": {"text": 1}}', b"7"])
def test_what_is_no_reply_is_refused(line):
    with pytest.raises((ValueError, KeyError, TypeError)):
        parse_reply(line)
