"""Pages of the web as articles: named by their own address, and dated by themselves."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from web_site import Reply, html_page

from index.errors import InputError
from index.sources.documents import Fetched
from index.sources.pages import PAGE, read_web_page

ADDRESS = "https://www.example.com/news/harbour-closed.html"


def read(data: bytes, *, url: str = ADDRESS, **said: str | None):
    said = {"content_type": "text/html", **said}
    return read_web_page(Fetched(url=url, data=data, **said), address=url)  # type: ignore[arg-type]


def canonical(address: str) -> str:
    return f'<link rel="canonical" href="{address}">'


def test_a_page_tells_what_it_is(site, fetcher) -> None:
    head = (
        '<meta name="author" content="Ada Bell"><meta property="og:site_name" content="The Gazette">'
        '<meta property="article:published_time" content="2025-06-09T22:00:00Z">'
    )
    address = site.page("/harbour?id=3&utm_source=mail", "Oban", head)
    article = read_web_page(fetcher.fetch(address, PAGE), address=address)
    assert article.title == "Oban"
    assert "550 passengers" in article.text
    assert "Imprint" not in article.text
    assert (article.author, article.publisher) == ("Ada Bell", "The Gazette")
    assert article.published == date(2025, 6, 9)
    assert article.article_id == article.url == article.source == f"{site.url}/harbour?id=3"


@pytest.mark.parametrize(
    ("stated", "taken"),
    [
        ("https://www.example.com/news/1", "https://www.example.com/news/1"),
        ("https://example.com/news/1", "https://example.com/news/1"),
        ("https://m.example.com/news/1#top", "https://m.example.com/news/1"),
        ("https://reuters.com/world/1", ADDRESS),
        ("https://example.com.evil.org/news/1", ADDRESS),
        ("https://user:pw@www.example.com/news/1", ADDRESS),
        ("https://www.example.com/", ADDRESS),
        ("javascript:alert(1)", ADDRESS),
    ],
)
def test_a_page_may_name_itself_but_not_another_sites_article(stated: str, taken: str) -> None:
    article = read(html_page("Oban", canonical(stated)))
    assert article.article_id == article.url == taken


def test_where_redirects_led_is_the_articles_address(site, fetcher) -> None:
    site.page("/now/here", "Oban")
    address = site.redirect("/old", "/now/here", 301)
    article = read_web_page(fetcher.fetch(address, PAGE), address=address)
    assert article.article_id == f"{site.url}/now/here"
    assert article.source == address


@pytest.mark.parametrize("days", [2, 400])
def test_a_date_in_the_future_is_none(days: int) -> None:
    day = date.today() + timedelta(days=days)
    head = f'<meta property="article:published_time" content="{day.isoformat()}T00:00:00Z">'
    assert read(html_page("Oban", head)).published is None


@pytest.mark.parametrize(
    ("encoding", "named", "head"),
    [
        ("utf-8", "iso-8859-1", ""),
        ("cp1251", "windows-1251", ""),
        ("cp1251", None, '<meta charset="windows-1251">'),
        ("cp1251", "utf-8", '<meta charset="windows-1251">'),
        ("cp1251", "no-such-charset", '<meta charset="windows-1251">'),
        ("utf-16", "utf-8", ""),
    ],
)
def test_the_encoding_is_told_by_server_page_or_content(encoding: str, named: str | None, head: str) -> None:
    data = html_page("Порт Обан закрыт", head).decode().encode(encoding)
    assert read(data, charset=named).title == "Порт Обан закрыт"


def test_plain_text_and_markdown_are_read_as_such() -> None:
    assert read(b"The port is <b>closed</b>.", content_type="text/plain").text == "The port is <b>closed</b>."
    article = read(b"# Port\n\nIt is *closed*.", content_type="text/markdown")
    assert (article.title, article.text) == ("Port", "Port\n\nIt is closed.")


def test_a_page_without_a_title_is_named_by_its_address() -> None:
    assert read(b"The port is closed.", content_type="text/plain").title == "harbour closed"
    assert read(b"Closed.", url="https://example.com/", content_type="text/plain").title == "example.com"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "is empty"),
        (b"<html><body></body></html>", "no article was found in the page"),
        (b"<html><body><script>app()</script><div id=root></div></body></html>", "no article was found"),
        (b"\x7fELF\x01\x00\x00" * 99, "binary"),
    ],
)
def test_a_page_without_an_article_is_named_by_its_address(data: bytes, says: str) -> None:
    with pytest.raises(InputError) as caught:
        read(data)
    assert caught.value.message.startswith(f"{ADDRESS}: ")
    assert caught.value.message.count("harbour-closed") == 1
    assert says in caught.value.message
    assert caught.value.hint


def test_a_page_of_another_kind_is_not_fetched(site, fetcher) -> None:
    with pytest.raises(InputError, match="application/zip"):
        fetcher.fetch(site.reply("/a", Reply(body=b"PK", type="application/zip")), PAGE)
