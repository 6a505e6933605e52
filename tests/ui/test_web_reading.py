"""An article to read: whole, or around its quote; highlighted where the words are those that were cited."""

from __future__ import annotations

import html
import re
from dataclasses import replace

import pytest
from html_reading import Reading
from hypothesis import given
from hypothesis import strategies as st
from web_scripted import COST_QUOTE, HARBOUR

from index.article import Article, Span
from ui.web.links import check_of
from ui.web.reading import WINDOW_CHARS, article_html


def test_an_article_is_shown_whole_with_the_words_highlighted():
    start = HARBOUR.text.index(COST_QUOTE)
    span = Span(start, start + len(COST_QUOTE))
    reading = Reading(article_html(HARBOUR, span, check_of(COST_QUOTE)))
    assert reading.marked == [COST_QUOTE]
    for line in HARBOUR.text.split("\n"):
        assert line in reading.text


@pytest.mark.parametrize("span", [Span(0, 0), Span(5, 3), Span(-9, 4), Span(0, 10**9), Span(7, 30)])
def test_words_that_fail_the_check_are_not_highlighted(span):
    page = article_html(HARBOUR, span, check_of(COST_QUOTE))
    assert "<mark>" not in page
    assert "Nothing is highlighted" in page


@given(st.text(min_size=1, max_size=300), st.data())
def test_any_words_of_any_text_are_highlighted_exactly(text, data):
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    article = Article(article_id="x", text=text, title=text)
    page = article_html(article, Span(start, end), check_of(text[start:end]))
    parts = [html.unescape(part) for part in re.findall(r"<mark>(.*?)</mark>", page, re.S)]
    visible = [line for line in text[start:end].split("\n") if line.strip()]
    assert "".join(p for p in parts if p.strip()) == "".join(visible)


def test_a_long_article_opens_around_its_quote():
    line = "All work and no play makes this a long line.\n"
    words = "The needle is here."
    text = line * 12_000 + words + "\n" + line * 12_000
    article = Article(article_id="long", text=text, title="Long")
    start = text.index(words)
    page = article_html(article, Span(start, start + len(words)), check_of(words))
    assert Reading(page).marked == [words]
    assert len(page) < 2 * WINDOW_CHARS
    assert page.count("data-around=") == 2
    first = article_html(article, Span(start, start + len(words)), check_of(words), around=0)
    assert first.count("data-around=") == 1


@pytest.mark.parametrize(
    ("url", "linked"),
    [
        ('https://example.org/a?b=1&c="><script>', True),
        ("javascript:alert(1)", False),
        ("JaVaScRiPt:alert(1)", False),
        ("data:text/html,<script>alert(1)</script>", False),
        ("//evil.example/x", False),
        ("http://[bad", False),
        (None, False),
    ],
)
def test_only_web_addresses_become_links(url, linked):
    page = article_html(replace(HARBOUR, url=url), Span(0, 3), check_of("The"))
    reading = Reading(page)
    assert ("a" in reading.tags) is linked
    assert "script" not in reading.tags
