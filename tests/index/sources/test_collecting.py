"""Pages, feeds and sitemaps into a real library, from a real server."""

from __future__ import annotations

from datetime import date

import pytest
from library_support import WordsEmbedding
from web_site import Reply, Site

from index.library import Library
from index.sources.collecting import Collecting
from index.sources.listing import Addresses
from index.sources.seen import MAX_TRIES


class Runs:
    """Runs of collecting into one library, and what they said."""

    def __init__(self, library: Library, make_fetcher) -> None:
        self.library = library
        self.make_fetcher = make_fetcher
        self.notices: list[str] = []

    def __call__(self, *pages: str, feed: str = "", sitemap: str = "", limit: int = 500, **limits: object):
        """One run; its results by the last part of their address."""
        results = {}
        self.notices.clear()
        Collecting(
            self.library,
            lambda: self.library,
            self.make_fetcher(retries=0, **limits),
            limit=limit,
            on_result=lambda result: results.update({result.source.rpartition("/")[2]: result}),
            notice=self.notices.append,
        ).run(Addresses(pages=pages, feeds=(feed,) if feed else (), sitemaps=(sitemap,) if sitemap else ()))
        return results

    def titles(self) -> list[str]:
        return sorted(info.title for info in self.library.list())


@pytest.fixture
def run(tmp_path, make_fetcher):
    with Library.open(tmp_path / "library", embedder=WordsEmbedding(), create=True) as library:
        yield Runs(library, make_fetcher)


def fates(results) -> dict[str, str]:
    return {name: result.status for name, result in results.items()}


def rss(site: Site, *names: str, etag: str = "", path: str = "/feed", body: str = "") -> str:
    items = "".join(
        f"<item><title>{name}</title><link>{site.url}/{name}</link><guid>{site.url}/{name}</guid>"
        f"<pubDate>Mon, 09 Jun 2025 12:00:00 GMT</pubDate><author>Ada Bell</author>"
        f"<description>{body}</description></item>"
        for name in names
    )
    return site.reply(
        path,
        Reply(
            body=f'<rss version="2.0"><channel><title>Post</title>{items}</channel></rss>'.encode(),
            type="application/rss+xml",
            headers={"ETag": etag} if etag else {},
        ),
    )


# Pages


def test_each_page_that_fails_is_named_and_the_rest_is_added(site, run) -> None:
    good = [site.page(f"/{name}", name.title()) for name in ("oban", "mull", "iona")]
    site.reply("/empty", Reply(body=b"<html><body></body></html>"))
    site.reply("/broken", Reply(status=500))
    site.reply("/big", Reply(body=b"x" * 300_000))
    site.redirect("/circle", "/circle")
    bad = {
        **{"missing": "404", "broken": "500", "empty": "no article", "big": "more than 200,000 bytes"},
        "circle": "in a circle",
    }
    results = run(good[0], *(f"{site.url}/{name}" for name in bad), *good[1:], max_bytes=200_000)
    assert fates(results) == {
        **dict.fromkeys(("oban", "mull", "iona"), "added"),
        **dict.fromkeys(bad, "failed"),
    }
    for name, says in bad.items():
        assert f"{site.url}/{name}" in results[name].reason
        assert says in results[name].reason
    assert run.titles() == ["Iona", "Mull", "Oban"]


def test_a_page_again_is_unchanged_and_edited_updated_under_its_id(site, run) -> None:
    address = site.page("/oban", "Oban")
    assert run(address)["oban"].article_id == address
    assert fates(run(address)) == {"oban": "unchanged"}
    site.page("/oban", "Oban, edited", f'<link rel="canonical" href="{site.url}/oban-2">')
    (result,) = run(address).values()
    assert (result.article_id, result.status) == (address, "updated")


def test_two_addresses_of_one_article_are_one(site, run) -> None:
    head = f'<link rel="canonical" href="{site.url}/oban">'
    results = run(site.page("/a", "Oban", head), site.page("/b", "Oban", head))
    assert fates(results) == {"a": "added", "b": "unchanged"}
    assert f"{site.url}/a" in results["b"].note
    assert run.titles() == ["Oban"]


def test_a_library_is_made_only_for_something(site, tmp_path, fetcher) -> None:
    made = []

    def make() -> Library:
        made.append(Library.open(tmp_path / "late", embedder=WordsEmbedding(), create=True))
        return made[0]

    Collecting(None, make, fetcher).run(Addresses(pages=(site.url + "/missing",)))
    assert made == []
    feed = rss(site, "oban")
    site.page("/oban", "Oban")
    Collecting(None, make, fetcher).run(Addresses(feeds=(feed,)))
    with made[0] as library:
        assert [info.title for info in library.list()] == ["Oban"]
        Collecting(library, make, fetcher).run(Addresses(feeds=(feed,)))
    assert len(site.asked("/oban")) == 1


# Feeds


def test_only_new_items_of_a_feed_are_fetched(site, run) -> None:
    for name in ("oban", "mull", "iona"):
        site.page(f"/{name}", name)
    results = run(feed=rss(site, "mull", "oban"))
    assert fates(results) == {"mull": "added", "oban": "added"}
    info = run.library.list()[0]
    assert (info.published, info.author, info.publisher) == (date(2025, 6, 9), "Ada Bell", "Post")
    assert fates(run(feed=rss(site, "iona", "mull", "oban"))) == {"iona": "added"}
    assert run(feed=rss(site, "iona", "mull", "oban")) == {}
    assert [len(site.asked(f"/{name}")) for name in ("oban", "mull", "iona")] == [1, 1, 1]


def test_an_item_of_two_feeds_is_fetched_once(site, run) -> None:
    site.page("/oban", "Oban")
    feeds = rss(site, "oban"), rss(site, "oban", path="/other")
    for feed in feeds * 2:
        run(feed=feed)
    assert len(site.asked("/oban")) == 2  # each feed asks once
    assert run.titles() == ["Oban"]


def test_a_feed_that_has_not_changed_is_not_sent_again(site, run) -> None:
    site.page("/oban", "Oban")
    feed = rss(site, "oban", etag='"1"')
    run(feed=feed)
    run(feed=feed)
    assert [request.headers.get("if-none-match") for request in site.asked("/feed")] == [None, '"1"']
    assert run.notices == []


def test_an_item_that_was_removed_does_not_come_back(site, run) -> None:
    site.page("/oban", "Oban")
    feed = rss(site, "oban")
    run(feed=feed)
    run.library.remove(site.url + "/oban")
    assert run(feed=feed) == {}
    assert run.titles() == []


def test_the_feeds_own_text_where_the_page_cannot_be_read(site, run) -> None:
    results = run(feed=rss(site, "oban", body="&lt;p&gt;The port of Oban is closed.&lt;/p&gt;"))
    assert results["oban"].status == "added"
    assert "only the text in the feed" in results["oban"].note
    assert "404" in results["oban"].note
    article = run.library.show(site.url + "/oban")
    assert (article.text, article.title) == ("The port of Oban is closed.", "oban")


def test_a_page_that_comes_back_takes_the_place_of_the_feeds_text(site, run) -> None:
    feed = rss(site, "oban", etag='"1"', body="Closed.")
    site.reply("/oban", Reply(status=503))
    assert run(feed=feed)["oban"].status == "added"
    site.page("/oban", "Oban")
    assert run(feed=feed)["oban"].status == "updated"
    assert "550 passengers" in run.library.show(site.url + "/oban").text
    assert run(feed=feed) == {}


def test_an_item_that_fails_is_tried_a_few_times_only(site, run) -> None:
    feed = rss(site, "gone", etag='"1"')
    outcomes = [fates(run(feed=feed)) for _ in range(MAX_TRIES + 2)]
    # The library is there from the start, so each failure is counted.
    assert outcomes == [{"gone": "failed"}] * MAX_TRIES + [{}, {}]
    assert len(site.asked("/gone")) == MAX_TRIES


def test_a_server_that_is_down_for_long_loses_nothing(site, run) -> None:
    feed = rss(site, "oban")
    site.reply("/oban", Reply(status=503))
    for _ in range(MAX_TRIES + 2):
        assert fates(run(feed=feed)) == {"oban": "failed"}
    site.page("/oban", "Oban")
    assert fates(run(feed=feed)) == {"oban": "added"}


def test_items_that_a_setting_refused_are_tried_once_it_allows_them(site, run) -> None:
    inside = f"http://127.0.0.1:{site.port}"
    site.page("/oban", "Oban")
    feed = site.reply(
        "/feed",
        Reply(
            body=f'<rss version="2.0"><channel><title>Post</title><item><link>http://169.254.7.7/x</link></item>'
            f"<item><link>{inside}/oban</link></item></channel></rss>".encode()
        ),
    )
    for _ in range(MAX_TRIES + 1):
        results = run(feed=feed)
    assert "not a public address" in results["x"].reason
    assert run.titles() == ["Oban"]


def test_at_most_so_many_items_in_one_run_and_the_rest_in_the_next(site, run) -> None:
    names = [f"n{number}" for number in range(5)]
    for name in names:
        site.page(f"/{name}", name)
    feed = rss(site, *names, etag='"1"')
    assert list(run(feed=feed, limit=2)) == ["n0", "n1"]
    assert "2 of 5 new items" in run.notices[0]
    assert list(run(feed=feed, limit=2)) == ["n2", "n3"]
    assert list(run(feed=feed, limit=2)) == ["n4"]


@pytest.mark.parametrize(
    ("reply", "says"),
    [
        (Reply(status=404), "404"),
        (Reply(body=b"<html><body>Hello</body></html>"), "is no feed"),
        (Reply(body=lambda: iter(lambda: b"<item/>" * 9_000, b"")), "more than 500,000 bytes"),
    ],
    ids=["missing", "not xml", "endless"],
)
def test_a_feed_that_cannot_be_read_is_named(site, run, reply: Reply, says: str) -> None:
    feed = site.reply("/feed", reply)
    page = site.page("/oban", "Oban")
    results = run(page, feed=feed, max_bytes=500_000)
    assert fates(results) == {"feed": "failed", "oban": "added"}
    assert says in results["feed"].reason
    assert feed in results["feed"].reason


# Sitemaps


def sitemap(site: Site, *entries: tuple[str, str]) -> str:
    urls = "".join(
        f"<url><loc>{site.url}/{name}</loc><lastmod>{day}</lastmod></url>" for name, day in entries
    )
    body = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'
    return site.reply("/sitemap.xml", Reply(body=body.encode(), type="application/xml"))


def test_pages_of_a_sitemap_and_again_those_that_changed(site, run) -> None:
    for name in ("oban", "mull"):
        site.page(f"/{name}", name)
    results = run(
        sitemap=sitemap(site, ("oban", "2024-01-01"), ("mull", "2025-01-01"), ("gone", "2023-01-01"))
    )
    assert fates(results) == {"mull": "added", "oban": "added", "gone": "failed"}
    site.page("/oban", "oban, edited")
    assert fates(run(sitemap=sitemap(site, ("oban", "2025-02-02"), ("mull", "2025-01-01")))) == {
        "oban": "updated"
    }


def test_the_latest_pages_of_a_sitemap_first(site, run) -> None:
    for name in ("oban", "mull", "iona"):
        site.page(f"/{name}", name)
    address = sitemap(site, ("oban", "2023-01-01"), ("mull", "2025-01-01"), ("iona", "2024-01-01"))
    assert list(run(sitemap=address, limit=2)) == ["mull", "iona"]
    assert list(run(sitemap=address, limit=2)) == ["oban"]
