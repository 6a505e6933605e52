"""Feeds and sitemaps: what they list, and what is none."""

from __future__ import annotations

import gzip
import time
from datetime import date

import pytest

from index.sources.documents import Fetched
from index.sources.errors import FetchError
from index.sources.feeds import own_article, read_feed
from index.sources.sitemaps import read_sitemap

ADDRESS = "https://example.com/feed"

RSS = """<?xml version="1.0" encoding="{encoding}"?><rss version="2.0"
 xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>
<title>Island Post</title><link>https://example.com/</link><language>en-gb</language>{items}</channel></rss>"""
ITEM = """<item><title>{title}</title><link>{link}</link><guid isPermaLink="false">{title}</guid>
<pubDate>{date}</pubDate><dc:creator>Ada Bell</dc:creator>
<description>&lt;p&gt;In short.&lt;/p&gt;</description>
<content:encoded><![CDATA[<p>The <b>port</b> is closed.</p><p>It opens in <i>May</i>.</p>
<script>track()</script>]]></content:encoded></item>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Island Post</title><id>urn:1</id>
<entry><title type="html">Ferries &amp;amp; ports</title><id>urn:2</id><link href="/news/2?utm_medium=feed"/>
<published>2025-06-09T23:30:00+02:00</published><updated>2025-06-10T08:00:00Z</updated>
<author><name>Ada Bell</name></author><summary>Closed.</summary></entry></feed>"""


def item(title: str = "Port", link: str = "https://example.com/port", day: str = "") -> str:
    return ITEM.format(title=title, link=link, date=day or "Mon, 09 Jun 2025 23:30:00 +0200")


def rss(*items: str, encoding: str = "utf-8") -> bytes:
    return RSS.format(items="".join(items), encoding=encoding).encode(encoding)


def feed(data: bytes, **said: str):
    return read_feed(Fetched(url=ADDRESS, data=data, **said), address=ADDRESS)  # type: ignore[arg-type]


def test_an_rss_item() -> None:
    (found,) = feed(rss(item())).items
    assert (found.key, found.address, found.title) == ("Port", "https://example.com/port", "Port")
    assert (found.author, found.publisher, found.language) == ("Ada Bell", "Island Post", "en")
    assert found.published == date(
        2025, 6, 9
    )  # as written there: it is the 9th in UTC and where it was written


def test_an_atom_entry() -> None:
    listing = feed(ATOM.encode(), etag='"1"', modified="then")
    (found,) = listing.items
    assert (listing.etag, listing.modified, listing.notices) == ('"1"', "then", ())
    assert (found.key, found.address) == ("urn:2", "https://example.com/news/2?utm_medium=feed")
    assert (found.title, found.published) == ("Ferries & ports", date(2025, 6, 9))
    assert found.updated == "2025-06-10T08:00:00Z"


def test_the_text_that_a_feed_has_itself() -> None:
    (found,) = feed(rss(item())).items
    article = own_article(found, feed=ADDRESS)
    assert article is not None
    assert article.text == "The port is closed.\n\nIt opens in May."
    assert article.article_id == article.url == "https://example.com/port"


def test_items_without_an_address_are_told_apart_by_their_feed() -> None:
    (found,) = feed(
        rss("<item><guid isPermaLink='false'>1</guid><description>Words.</description></item>")
    ).items
    article = own_article(found, feed=ADDRESS)
    assert article is not None
    assert (article.article_id, article.url, article.title) == (f"{ADDRESS}#1", None, "Words.")


def test_a_feed_is_not_the_publisher_of_what_it_links_to() -> None:
    (found,) = feed(rss(item(link="https://other.org/a"))).items
    assert found.publisher is None


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("Mon, 09 Jun 2025 00:30:00 +0900", date(2025, 6, 9)),
        ("2025-06-09T00:30:00+09:00", date(2025, 6, 9)),
        ("9 June 2025", date(2025, 6, 9)),
        ("Fri, 09 Jun 2090 00:30:00 GMT", None),
        ("yesterday", None),
        ("Mon, 39 Jun 2025 00:30:00 GMT", None),
    ],
)
def test_dates_of_items(written: str, day: date | None) -> None:
    (found,) = feed(rss(item(day=written))).items
    assert found.published == day


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "windows-1251"])
@pytest.mark.parametrize("named", [None, "utf-8", "us-ascii", "no-such-charset"])
def test_encodings(encoding: str, named: str | None) -> None:
    (found,) = feed(rss(item(title="Порт"), encoding=encoding), content_type="text/xml", charset=named).items
    assert found.title == "Порт"


def test_a_feed_that_does_not_name_its_encoding() -> None:
    (found,) = feed(rss(item(title="Порт")).partition(b"?>")[2]).items
    assert found.title == "Порт"


def test_a_feed_that_is_cut_short_gives_what_can_be_read() -> None:
    whole = rss(item("One", "https://example.com/1"), item("Two", "https://example.com/2"))
    listing = feed(whole[: whole.index(b"Two") + 200])
    assert [found.title for found in listing.items][:1] == ["One"]
    assert "not well-formed" in listing.notices[0]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not xml at all",
        b"\x00\xff" * 99,
        b"<a><b></a>",
        b'{"items": []}',
        b"<html><body>Hello</body></html>",
    ],
)
def test_what_is_no_feed(data: bytes) -> None:
    with pytest.raises(FetchError, match="is no feed") as caught:
        feed(data)
    assert ADDRESS in caught.value.message
    assert caught.value.hint


def test_a_page_that_names_its_feed() -> None:
    page = b'<html><head><link rel="alternate" type="application/rss+xml" href="/rss.xml"></head></html>'
    with pytest.raises(FetchError) as caught:
        feed(page)
    assert "https://example.com/rss.xml" in caught.value.hint


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_not_blown_up_and_files_not_read(tmp_path, encoding: str) -> None:
    (tmp_path / "secret").write_text("hush")
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    doctype = f'<!DOCTYPE r [<!ENTITY l0 "ha">{laughs}<!ENTITY f SYSTEM "file://{tmp_path}/secret">]>'
    hostile = item(title="&l11; &f;").join(RSS.format(encoding=encoding, items="|").split("|"))
    started = time.monotonic()
    listing = feed(hostile.replace("?><rss", f"?>{doctype}<rss").encode(encoding))
    assert time.monotonic() - started < 5
    assert "hush" not in str(listing)
    assert len(str(listing)) < 10_000


def test_ten_thousand_items_are_bounded() -> None:
    short = "<item><link>https://example.com/{n}</link></item>"
    listing = feed(rss(*(short.format(n=n) for n in range(10_000))))
    assert [found.address for found in listing.items[:2]] == [
        "https://example.com/0",
        "https://example.com/1",
    ]
    assert len(listing.items) == 2_000
    assert listing.notices == (f"{ADDRESS} has 10,000 items: the first 2,000 are read",)


# Sitemaps

MAP = "https://example.com/sitemap.xml"


def urlset(*entries: tuple[str, str]) -> bytes:
    urls = "".join(f"<url><loc>{loc}</loc><lastmod>{day}</lastmod></url>" for loc, day in entries)
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'.encode()


def index_of(*entries: tuple[str, str]) -> bytes:
    files = "".join(f"<sitemap><loc>{loc}</loc><lastmod>{day}</lastmod></sitemap>" for loc, day in entries)
    return (
        f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{files}</sitemapindex>'.encode()
    )


def sitemap(files: dict[str, bytes], *, enough: int = 1_000, asked: list[str] | None = None):
    def fetch(address: str) -> Fetched:
        if asked is not None:
            asked.append(address)
        if address not in files:
            raise FetchError(f"{address}: there is no such page (404)")
        return Fetched(url=address, data=files[address])

    return read_sitemap(MAP, fetch, enough=lambda items: len(items) >= enough)


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_sitemap_lists_pages_the_latest_first(pack) -> None:
    listing = sitemap(
        {
            MAP: pack(
                urlset(
                    ("https://example.com/a", "2024-01-01"), ("https://example.com/b?utm_id=1", "2025-01-01")
                )
            )
        }
    )
    assert [(found.address, found.key, found.updated) for found in listing.items] == [
        ("https://example.com/b?utm_id=1", "https://example.com/b", "2025-01-01"),
        ("https://example.com/a", "https://example.com/a", "2024-01-01"),
    ]


def test_an_index_is_followed_and_what_fails_in_it_is_named() -> None:
    one, two, gone = (f"https://example.com/{name}.xml" for name in ("one", "two", "gone"))
    listing = sitemap(
        {
            MAP: index_of((one, ""), (gone, ""), (MAP, ""), (two, "")),
            one: urlset(("https://example.com/1", "")),
            two: urlset(("https://example.com/2", ""), ("https://example.com/1", "")),
        }
    )
    assert [found.address for found in listing.items] == ["https://example.com/1", "https://example.com/2"]
    assert listing.notices == (f"{gone}: there is no such page (404)",)


def test_an_index_is_read_newest_first_until_there_is_enough() -> None:
    asked: list[str] = []
    old, new = "https://example.com/old.xml", "https://example.com/new.xml"
    files = {
        MAP: index_of((old, "2020-01-01"), (new, "2025-01-01")),
        new: urlset(("https://example.com/1", "")),
    }
    sitemap(files, enough=1, asked=asked)
    assert asked == [MAP, new]


def test_an_index_of_thousands_is_bounded() -> None:
    files = {f"https://example.com/{n}.xml": urlset((f"https://example.com/{n}", "")) for n in range(200)}
    asked: list[str] = []
    listing = sitemap({MAP: index_of(*((name, "") for name in files)), **files}, asked=asked)
    assert len(asked) == 50
    assert "more than 50 sitemaps" in listing.notices[0]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "is no sitemap"),
        (b"not xml", "is no sitemap"),
        (b"<urlset><url>", "is no sitemap"),
        (b"<rss/>", "<rss>"),
        (b"<html><body/></html>", "<html>"),
        (gzip.compress(urlset())[:-9], "is no gzip file"),
        (gzip.compress(bytes(60_000_000)), "more than 52,428,800 bytes"),
    ],
)
def test_what_is_no_sitemap(data: bytes, says: str) -> None:
    with pytest.raises(FetchError) as caught:
        sitemap({MAP: data})
    assert caught.value.message.startswith(MAP)
    assert says in caught.value.message


def test_a_sitemap_reads_no_files_and_takes_no_other_addresses(tmp_path) -> None:
    (tmp_path / "secret").write_text("https://example.com/hush")
    data = urlset(
        ("&f;", ""), ("file:///etc/passwd", ""), ("javascript:x()", ""), ("https://example.com/a", "")
    )
    doctype = f'<!DOCTYPE urlset [<!ENTITY f SYSTEM "file://{tmp_path}/secret">]>'
    listing = sitemap({MAP: doctype.encode() + data})
    assert [found.address for found in listing.items] == ["https://example.com/a"]
