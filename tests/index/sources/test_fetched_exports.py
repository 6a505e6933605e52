"""Exports behind an address: read as files are, and known by the address."""

from __future__ import annotations

import json

import pytest
from library_support import WordsEmbedding
from web_site import Reply

from index.article import Article
from index.library import Library
from index.readers.reading import Reading
from index.sources.collecting import Collecting
from index.sources.listing import Addresses

ELSEWHERE = "https://post.example/gull"


@pytest.fixture
def library(tmp_path):
    with Library.open(tmp_path / "library", embedder=WordsEmbedding(), create=True) as opened:
        yield opened


@pytest.fixture
def add(library, make_fetcher):
    """Adds what is at some addresses; what became of each article."""

    def added(*addresses, feed="", reading=Reading(), **limits):
        results = []
        Collecting(
            library,
            lambda: library,
            make_fetcher(retries=0, **limits),
            reading=reading,
            on_result=results.append,
        ).run(Addresses(pages=addresses, feeds=(feed,) if feed else ()))
        return results

    return added


def rows(site, **changed):
    texts = {
        "fog": "The fog came on Monday.",
        "pier": "The pier was shut.",
        "gull": "A gull cried.",
        **changed,
    }
    urls = {"fog": "", "pier": f"{site.url}/pier", "gull": ELSEWHERE}
    return [{"id": name, "title": name.title(), "text": texts[name], "url": urls[name]} for name in urls]


def csv(rows):
    lines = [",".join(rows[0]), *(",".join(row.values()) for row in rows)]
    return "\n".join(lines).encode()


@pytest.mark.parametrize(
    ("path", "kind", "write"),
    [
        ("/news.csv", "text/csv; charset=utf-8", csv),
        ("/news.csv", "text/plain", csv),
        ("/news.csv", "application/octet-stream", csv),
        ("/news", "text/csv", csv),
        ("/news.json", "application/json", lambda rows: json.dumps(rows).encode()),
        ("/wp/v2/posts?page=1", "application/json", lambda rows: json.dumps({"posts": rows}).encode()),
        ("/news.jsonl", "text/plain", lambda rows: "\n".join(map(json.dumps, rows)).encode()),
    ],
)
def test_its_rows_are_articles_and_again_only_what_changed(site, library, add, path, kind, write):
    address = site.reply(path, Reply(body=write(rows(site)), type=kind))
    results = add(address)
    assert [(each.status, each.source) for each in results] == [("added", address)] * 3
    ids = [f"{address}#fog", f"{site.url}/pier", f"{address}#gull"]
    assert [each.article_id for each in results] == ids
    assert library.show(ids[2]).url == ELSEWHERE
    assert library.show(ids[0]).source == ids[0]
    site.reply(path, Reply(body=write(rows(site, gull="A gull laughed.")), type=kind))
    assert [(each.status, each.article_id) for each in add(address)] == list(
        zip(("unchanged", "unchanged", "updated"), ids, strict=True)
    )


def test_a_row_does_not_take_the_place_of_another_sites_article(site, library, add):
    library.add([Article(article_id=ELSEWHERE, title="Gull", text="A gull slept.", url=ELSEWHERE)])
    address = site.reply("/news.csv", Reply(body=csv(rows(site)), type="text/csv"))
    assert [each.status for each in add(address)] == ["added"] * 3
    assert library.show(ELSEWHERE).text == "A gull slept."


def test_a_wrong_row_is_named_and_the_others_are_added(site, add):
    address = site.reply("/news.csv", Reply(body=csv(rows(site, pier="")), type="text/csv"))
    fog, pier, gull = add(address)
    assert (fog.status, pier.status, gull.status) == ("added", "failed", "added")
    assert pier.reason == "news.csv, line 3: the field for the text is empty"
    assert "--map text=" in pier.hint


def test_fields_of_other_names_are_read_as_they_are_mapped(site, library, add):
    address = site.reply("/x.csv", Reply(body=b"Head,Story\nFog,The fog came on Monday.\n", type="text/csv"))
    [refused] = add(address)
    assert (refused.status, refused.reason) == ("failed", "x.csv, line 1: no column holds the text")
    fields = (("text", "Story"), ("title", "Head"))
    [added] = add(address, reading=Reading(fields=fields))
    assert (added.status, library.list()[0].title) == ("added", "Fog")


def test_it_may_be_as_large_as_a_file_and_no_larger(site, add):
    data = csv(rows(site))
    address = site.reply("/news.csv", Reply(body=data, type="text/csv"))
    kept = {"max_bytes": len(data) - 1, "reading": Reading(max_export_bytes=len(data))}
    assert [each.status for each in add(address, **kept)] == ["added"] * 3
    [refused] = add(address, reading=Reading(max_export_bytes=len(data) - 1))
    assert f"more than {len(data) - 1:,} bytes" in refused.reason
    assert "CITEWELL_MAX_EXPORT_BYTES" in refused.hint


def test_its_server_says_how_it_is_encoded(site, library, add):
    data = "title;text\nSiló;El silo cayó en la tarde.\n".encode("cp1252")
    [added] = add(site.reply("/a.csv", Reply(body=data, type="text/csv; charset=windows-1252")))
    assert library.show(added.article_id).title == "Siló"


def test_it_is_read_in_a_process_that_is_ended_when_it_takes_too_long(site, add):
    many = rows(site) * 5_000
    address = site.reply("/news.csv", Reply(body=csv(many), type="text/csv"))
    [*_, last] = add(address, reading=Reading(max_reading_seconds=0.001))
    assert last.reason == "news.csv was not read within 0.001 seconds"


def test_the_item_of_a_feed_is_a_page_and_no_export(site, library, add):
    link = site.reply("/news.csv", Reply(body=csv(rows(site)), type="text/csv"))
    feed = f"<rss version='2.0'><channel><title>P</title><item><link>{link}</link></item></channel></rss>"
    [refused] = add(feed=site.reply("/feed", Reply(body=feed.encode(), type="application/rss+xml")))
    assert refused.status == "failed"
    assert "'text/csv', which is not read" in refused.reason
    assert library.list() == []


def test_a_page_about_an_export_is_a_page(site, library, add):
    [added] = add(site.page("/news.csv", "Oban"))
    assert (added.status, library.list()[0].title) == ("added", "Oban")
