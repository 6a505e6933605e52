"""Web pages: the article alone, and only what the page says of itself."""

from __future__ import annotations

from contextlib import suppress
from datetime import date

import pytest

from index.errors import InputError

PAGE = """<!DOCTYPE html><html lang="en-GB"><head>{head}<title>Harbour closed</title></head><body>
<nav><a href="/">Home</a> <a href="/sport">Sport</a></nav><article><h1>Harbour closed</h1>{byline}
<p>The minister said on Monday that the port of the capital would remain
closed until the end of the year, <b>because</b> the <a href="/i">inspectors</a> are still at work.</p>
<p>Traders in the old town had asked for an earlier date, and their association now wants to go to court.</p>
<ul><li>The first point of the list</li><li>The second point of the list</li></ul>
<table><tr><th>Quay</th><th>Ships</th></tr><tr><td>North</td><td>12</td></tr></table>
<script>track("me")</script><p>Café owners — like everyone else on the quay — must wait for the spring.</p>
</article><footer>Copyright 2019. Page printed 3 March 2021.</footer></body></html>"""
FILE_NAME = "saved-page.html"


def page(head: str = "", byline: str = "") -> str:
    return PAGE.replace("{head}", head).replace("{byline}", byline)


def test_the_article_without_its_surroundings(load) -> None:
    article = load(page())
    assert article.title == "Harbour closed"
    lines = article.text.split("\n")
    assert lines[1] == (
        "The minister said on Monday that the port of the capital would remain closed until the end of the "
        "year, because the inspectors are still at work."
    )
    assert "- The first point of the list" in lines
    assert "North | 12" in lines
    for absent in ("Home", "Sport", "track", "Copyright", "<", "---"):
        assert absent not in article.text


def test_metadata_that_the_page_states(load) -> None:
    article = load(
        page(
            '<link rel="canonical" href="https://example.com/news/harbour#x">'
            '<meta name="author" content="Ada Bell">'
            '<meta property="og:site_name" content="The Gazette">'
            '<meta property="article:published_time" content="2025-06-09T22:00:00Z">'
            '<meta property="article:modified_time" content="2025-07-01T22:00:00Z">'
        )
    )
    assert article.url == "https://example.com/news/harbour"
    assert article.author == "Ada Bell"
    assert article.publisher == "The Gazette"
    assert article.published == date(2025, 6, 9)
    assert article.language == "en"


def test_no_date_is_invented(load) -> None:
    article = load(page())
    assert article.published is None
    assert article.url is None
    assert article.author is None


@pytest.mark.parametrize(
    ("head", "byline"),
    [
        (
            '<script type="application/ld+json">{"@graph":[{"datePublished":"2025-06-09T08:00Z"}]}</script>',
            "",
        ),
        ('<meta name="DC.date.issued" content="2025/06/09">', ""),
        ("", '<time datetime="2025-06-09T10:00">yesterday</time>'),
        ("", "<time>June 9, 2025</time>"),
        ("", '<p class="date">Published on 9 June 2025</p>'),
        ("", '<span itemprop="datePublished" content="2025-06-09">9.6.</span>'),
    ],
)
def test_ways_in_which_a_page_states_its_date(load, head: str, byline: str) -> None:
    assert load(page(head, byline)).published == date(2025, 6, 9)


@pytest.mark.parametrize(
    "byline",
    [
        '<p class="date">06/09/2025</p>',
        '<p class="date">June 31, 2025</p>',
        '<time datetime="soon">3 hours ago</time>',
        '<img src="/2020/01/02/x.jpg">',
    ],
)
def test_what_is_not_a_date_for_certain_is_none(load, byline: str) -> None:
    assert load(page(byline=byline)).published is None


def test_an_address_that_names_only_the_site_is_not_the_articles(load) -> None:
    assert load(page('<link rel="canonical" href="https://example.com/">')).url is None


@pytest.mark.parametrize(
    ("encoding", "head"),
    [
        ("utf-8", ""),
        ("utf-16", ""),
        ("cp1252", '<meta charset="iso-8859-1">'),
        ("cp1252", '<meta http-equiv="Content-Type" content="text/html; charset=windows-1252">'),
    ],
)
def test_the_encoding_that_a_page_declares(load, encoding: str, head: str) -> None:
    assert "Café owners — like everyone" in load(page(head).encode(encoding)).text


def test_xhtml_with_an_encoding_declaration(load) -> None:
    assert "Café owners" in load('<?xml version="1.0" encoding="UTF-8"?>' + page()).text


@pytest.mark.parametrize(
    "data", ["<html><body></body></html>", "<html><body><script>f()</script></body></html>"]
)
def test_a_page_without_an_article(load, data: str) -> None:
    with pytest.raises(InputError, match=r"saved-page\.html.*no article"):
        load(data)


def test_a_deeply_nested_page_ends_in_an_article_or_an_error(load) -> None:
    with suppress(InputError):
        assert load("<html><body>" + "<div>" * 20_000 + "words" + "</div>" * 20_000).text == "words"


def test_nothing_is_written_to_the_terminal(load, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(InputError):
        load("<x>")
    captured = capfd.readouterr()
    assert captured.out + captured.err == ""


@pytest.mark.parametrize(
    ("head", "language"),
    [
        ("", "en"),
        ('<meta property="og:locale" content="de_DE">', "en"),
        ('<meta property="og:locale" content="de_DE"><!-- -->', "de"),
        ('<meta http-equiv="Content-Language" content="fr">', "fr"),
    ],
)
def test_the_language_that_a_page_says_it_is_in(load, head: str, language: str) -> None:
    said = page(head) if language == "en" else page(head).replace(' lang="en-GB"', "")
    assert load(said).language == language


def test_a_page_of_links_alone_is_no_article(load) -> None:
    with pytest.raises(InputError, match="no article was found"):
        load("<html><body><nav><a href='/'>Home</a></nav></body></html>")
    assert load("<html><body><p>Vell is shut.</p></body></html>").text == "Vell is shut."
