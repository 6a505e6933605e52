"""Addresses that are handed in: fetched and added one by one, each failure with its reason, nothing lost."""

from __future__ import annotations

import threading
import time

import pytest
from test_library_adding import FERRY, files_left, hand_in, settled
from web_site import Reply, Site

from index.errors import InputError, UsageError
from index.library import Library
from rag.settings import load_settings
from ui.web.library.adding import Adder
from ui.web.library.additions import Additions, can_be_tried_again
from ui.web.library.receiving import addresses_in

FEED = "<rss version='2.0'><channel><title>Island Post</title>{items}</channel></rss>"
ITEM = "<item><title>{name}</title><link>{link}</link><guid>{link}</guid></item>"


@pytest.fixture
def site():
    with Site() as site:
        yield site


@pytest.fixture
def library(tmp_path):
    with Library.open(tmp_path / "library", create=True) as opened:
        yield opened


def adder_of(library, additions, **settings):
    chosen = load_settings(
        **{"fetch_private": True, "fetch_delay_seconds": 0, "fetch_retries": 0, **settings}
    )
    return Adder(library, additions, chosen)


@pytest.fixture
def additions(library):
    made = Additions(library.path)
    yield made
    made.close()


@pytest.fixture
def adder(library, additions):
    made = adder_of(library, additions)
    yield made
    made.close()


def give(additions, kind, *addresses):
    for address in addresses:
        hand_in(additions, address, address.encode(), kind)


def feed_of(site, *names):
    items = "".join(ITEM.format(name=name, link=site.page(f"/{name}", f"The {name} ferry")) for name in names)
    return site.reply("/feed", Reply(body=FEED.format(items=items).encode(), type="application/rss+xml"))


def test_an_export_behind_an_address_is_many_articles(site, library, additions, adder):
    rows = "title,text\n" + "".join(f"Fog {n},The fog came on day {n}.\n" for n in range(40))
    address = site.reply("/news.csv", Reply(body=rows.encode(), type="text/csv"))
    give(additions, "page", address)
    adder.start()
    [done] = settled(additions).values()
    assert done.state == "done"
    assert [each.status for each in done.outcomes] == ["added"] * 40
    assert library.article_count() == 40


def test_pages_are_added_and_what_cannot_be_had_says_why_and_can_be_tried_again(
    site, library, additions, adder
):
    there, missing = site.page("/a", "A new ferry"), f"{site.url}/nothing"
    give(additions, "page", missing, there)
    adder.start()
    done = settled(additions)
    assert [info.title for info in library.list()] == ["A new ferry"]
    assert done[there].outcomes[0].article_id == there
    failed = done[missing]
    assert "404" in failed.outcomes[0].reason
    assert missing in failed.outcomes[0].reason
    assert can_be_tried_again(failed)
    site.page("/nothing", "It is there now")
    additions.set_back(failed.id)
    adder.wake()
    assert settled(additions)[missing].state == "done"
    end = time.monotonic() + 10
    while files_left(additions) and time.monotonic() < end:  # dropped once what became of them is written
        time.sleep(0.01)
    assert files_left(additions) == []


def test_a_feed_gives_an_outcome_for_each_article_and_later_what_is_new(site, library, additions, adder):
    feed = feed_of(site, "red", "blue")
    site.reply("/blue", Reply(status=500))
    give(additions, "feed", feed)
    adder.start()
    [first] = settled(additions).values()
    assert sorted(each.status for each in first.outcomes) == ["added", "failed"]
    site.page("/blue", "The blue ferry")
    additions.set_back(first.id)
    adder.wake()
    [again] = settled(additions).values()
    assert [each.status for each in again.outcomes] == ["added"]
    give(additions, "feed", feed)
    adder.wake()
    settled(additions)
    newest = additions.listed()[0]
    assert [each.status for each in newest.outcomes] == ["noted"]
    assert newest.state == "done"
    assert sorted(info.title for info in library.list()) == ["The blue ferry", "The red ferry"]


def test_what_is_no_feed_and_what_lies_in_a_private_network_is_refused(site, library, additions):
    give(additions, "feed", site.page("/a", "A page"))
    careful = adder_of(library, additions, fetch_private=False)
    give(additions, "page", site.page("/b", "A page"))
    careful.start()
    done = settled(additions)
    careful.close()
    assert library.article_count() == 0
    assert all(each.state == "failed" and each.outcomes[0].hint for each in done.values())
    assert site.requests == [], "nobody was asked"


def test_files_do_not_wait_for_what_is_fetched_and_a_stopped_feed_keeps_what_it_brought(
    site, library, additions, adder
):
    gate = threading.Event()

    def slow():
        gate.wait(20)
        yield b"<html></html>"

    feed = feed_of(site, "red", "blue", "green")
    site.reply("/blue", Reply(body=slow))
    give(additions, "feed", feed)
    adder.start()
    while not any(request.path == "/blue" for request in site.requests):
        time.sleep(0.01)
    hand_in(additions, "ferry.txt", FERRY)
    adder.wake()
    while not library.article_count():
        time.sleep(0.01)
    [working] = [each for each in additions.listed() if each.kind == "feed"]
    assert adder.how_far(working) == "fetching: 1 of 3"
    adder.stop(working.id)
    gate.set()
    stopped = settled(additions)[feed]
    assert "it was stopped" in [each.reason for each in stopped.outcomes]
    assert can_be_tried_again(stopped)
    assert not any(request.path == "/green" for request in site.requests)


def test_a_server_that_ends_takes_up_what_waited(site, library, additions):
    pages = [site.page(f"/{n}", f"Ferry number {n}") for n in range(6)]
    give(additions, "page", *pages)
    first = adder_of(library, additions)
    first.start()
    while not library.article_count():
        time.sleep(0.01)
    first.close()
    assert library.article_count() < 6
    again = Additions(library.path)
    second = adder_of(library, again)
    second.start()
    assert {each.state for each in settled(again).values()} == {"done"}
    second.close()
    assert library.article_count() == 6


def test_addresses_are_taken_line_by_line_or_not_at_all():
    assert addresses_in(" https://a.example/x \n\nhttps://b.example\nhttps://b.example") == [
        "https://a.example/x",
        "https://b.example",
    ]
    for wrong in ("notes.txt", "https://a.example\nfile:///etc/passwd", "https://me:secret@a.example"):
        with pytest.raises(InputError):
            addresses_in(wrong)
    with pytest.raises(UsageError):
        addresses_in(" \n ")
    with pytest.raises(UsageError, match="201 addresses"):
        addresses_in("\n".join(f"https://a.example/{n}" for n in range(201)))
