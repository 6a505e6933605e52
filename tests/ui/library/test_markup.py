"""Whatever an article calls itself, the Library view shows it as text."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from html_reading import Reading

from index.article import Article
from index.library import Library
from index.trash import Removed
from ui.web.library.additions import Addition, Outcome
from ui.web.library.article_page import article_page_html
from ui.web.library.glance import glance_html
from ui.web.library.listing import Request, find
from ui.web.library.progress import additions_html, removed_html
from ui.web.library.rows import TITLE_SHOWN, list_html, publisher_options

PAYLOADS = [
    "<script>alert(1)</script>",
    "<img src=http://198.51.100.7/x onerror=alert(1)>",
    "${alert(1)} {{alert(1)}}",
    "\"><svg onload=alert(1)> ' onfocus='alert(1)",
    "javascript:alert(1)",
    "&lt;b&gt;",
]
TAGS = {
    *("a", "article", "aside", "b", "bdi", "button", "dd", "details", "div", "dl", "dt", "figcaption"),
    *("figure", "g", "h2", "h3", "header", "input", "li", "nav", "ol", "option", "p", "progress", "rect"),
    *("span", "summary", "svg", "time", "title", "ul"),
}


def all_of_it(library, payload):
    infos = library.list()
    listing, found = find(library, Request(search=""))
    addition = Addition(
        id=1,
        kind="file",
        name=payload,
        file="",
        size=0,
        state="failed",
        outcomes=(Outcome(status="failed", reason=payload, hint=payload),),
    )
    removed = Removed(
        article_id=payload, title=payload, publisher=payload, published=None, removed_at=datetime.now(UTC)
    )
    yield list_html(listing, [info.article_id for info in found])
    yield publisher_options(infos, payload)
    yield glance_html(infos)
    yield article_page_html(library, payload)
    yield additions_html([addition], lambda each: payload, lambda article_id: payload)
    brought = Outcome(status="added", article_id=payload, copy_of=payload)
    for outcomes in ((brought,), (brought, brought)):
        done = replace(addition, state="done", outcomes=outcomes)
        yield additions_html([done], lambda each: payload, lambda article_id: payload)
    yield removed_html([removed], 7)


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    with Library.open(tmp_path_factory.mktemp("markup") / "library", create=True) as opened:
        opened.add(
            [
                Article(
                    article_id=payload,
                    title=payload,
                    text=f"Said {payload} and more.",
                    author=payload,
                    publisher=payload,
                    url=payload,
                    language=payload,
                    source=payload,
                    published=date(2024, 1, 1 + number),
                )
                for number, payload in enumerate(PAYLOADS)
            ]
        )
        yield opened


@pytest.mark.parametrize("payload", PAYLOADS)
def test_hostile_articles_are_nothing_but_text(library, payload):
    for html in all_of_it(library, payload):
        reading = Reading(html)
        assert set(reading.tags) <= TAGS, html
        assert not {name for name in reading.attributes if name.startswith("on") or name == "src"}
        assert 'href="javascript:' not in html
    assert f"Said {payload} and more." in Reading(article_page_html(library, payload)).text
    assert payload in Reading(list_html(find(library, Request())[0], [])).text


def test_a_title_of_ten_thousand_characters_is_cut_in_the_list_and_whole_on_its_page(tmp_path):
    title = "long " * 2_000
    with Library.open(tmp_path / "library", create=True) as library:
        library.add([Article(article_id="a", title=title, text="It rained.")])
        shown = Reading(list_html(find(library, Request())[0], [])).text
        assert len(shown) < TITLE_SHOWN + 100
        assert title in Reading(article_page_html(library, "a")).text
