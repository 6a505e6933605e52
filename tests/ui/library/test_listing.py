"""Which articles the list shows and in which order, and the library at a glance."""

from __future__ import annotations

import re
from datetime import date, timedelta
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from html_reading import Reading

from index.article import Article, Filters
from index.errors import UsageError
from index.library import Library
from ui.web.library.glance import glance_html, timeline, timeline_svg
from ui.web.library.links import article_fragment
from ui.web.library.listing import PAGE_SIZE, Request, find, request_from
from ui.web.library.rows import language_options, list_html, publisher_options
from ui.web.library.view import filters_from
from ui.web.scope import scope_html

ARTICLES = [
    Article(
        article_id="a",
        title="Ferry late",
        text="Fog held it up.",
        publisher="Mail",
        published=date(2024, 5, 1),
        language="en",
    ),
    Article(
        article_id="b",
        title="bridge",
        text="The ferry is gone.",
        publisher="mail",
        published=date(2025, 1, 2),
        language="en-GB",
    ),
    Article(
        article_id="c",
        title="Ärger am Hafen",
        text="Nebel.",
        publisher="Bote",
        published=date(2023, 1, 2),
        language="de",
    ),
    Article(article_id="d", title="No date", text="Fog and a ferry, once more."),
]


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    with Library.open(tmp_path_factory.mktemp("listing") / "library", create=True) as opened:
        opened.add(ARTICLES)
        yield opened


def ids(library, **wanted):
    listing, found = find(library, Request(**wanted))
    assert [info.article_id for info in found][:PAGE_SIZE] == [info.article_id for info in listing.shown]
    return "".join(info.article_id for info in listing.shown)


@pytest.mark.parametrize(
    ("sort", "order"),
    [("published", "bacd"), ("oldest", "cabd"), ("title", "badc"), ("publisher", "cbad")],
)
def test_order_puts_what_is_lacking_last(library, sort, order):
    assert ids(library, sort=sort) == order


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("ferry", "bad"),
        ("FERRY fog", "ad"),
        ("ferr", "bad"),
        ("am hafen", "c"),
        ("ärger", "c"),
        ("x" * 200, ""),
        ("(.*)", ""),
        ("the", ""),
    ],
)
def test_search_looks_in_titles_and_texts(library, search, found):
    assert ids(library, search=search, sort="title") == found


def test_filters_and_search_together(library):
    assert ids(library, publisher="MAIL", sort="title") == "ba"
    assert ids(library, since=date(2024, 1, 1), until=date(2024, 12, 31)) == "a"
    assert ids(library, search="ferry", since=date(2024, 6, 1)) == "b"


def test_a_page_beyond_the_last_is_the_last(tmp_path):
    with Library.open(tmp_path / "library", create=True) as library:
        library.add([Article(article_id=f"{n:03}", title=f"T{n:03}", text="It rained.") for n in range(60)])
        listing, _ = find(library, Request(sort="title", page=99))
        assert (listing.request.page, listing.pages, listing.matching) == (3, 3, 60)
        assert [info.article_id for info in listing.shown] == [f"{n:03}" for n in range(50, 60)]
        shown = Reading(list_html(listing, []))
        assert "Page 3 of 3" in shown.text
        assert "Ask only" not in shown.text


def test_a_request_is_read_from_an_address():
    wanted = request_from({"search": "  a  b ", "sort": "title", "since": "2024-01-02", "page": "7"})
    assert wanted == Request(search="a b", sort="title", since=date(2024, 1, 2), page=7)
    assert request_from({"page": "-1"}).page == 1
    for wrong in ({"sort": "size"}, {"since": "soon"}, {"until": "2024-13-01"}):
        with pytest.raises(UsageError):
            request_from(wrong)


def test_what_a_search_found_can_be_asked_alone(library):
    listing, found = find(library, Request(search="fog"))
    html = list_html(listing, [info.article_id for info in found])
    assert "Ask only these 2" in Reading(html).text
    assert "Ask only these" in Reading(list_html(find(library, Request(publisher="Mail"))[0], [])).text
    nothing, _ = find(library, Request(search="zebra"))
    assert "No article fits" in Reading(list_html(nothing, [])).text


def test_publishers_are_offered_with_their_counts(library):
    options = publisher_options(library.list(), "Gone & away")
    assert re.findall(r">([^<]+)</option>", options) == [
        "All publishers",
        "Bote (1)",
        "Gone &amp; away (0)",
        "Mail (1)",
        "mail (1)",
    ]


def test_languages_are_offered_by_name_where_there_are_several(library):
    options = language_options(library.list(), "de")
    assert re.findall(r">([^<]+)</option>", options) == ["All languages", "English (2)", "German (1)"]
    assert '<option value="de" selected>' in options
    assert language_options(library.list(Filters(languages=("en",))), "") == ""
    assert language_options([], "fr").endswith('<option value="fr" selected>French (0)</option>')


def test_a_language_narrows_the_list_and_then_the_questions(library):
    assert ids(library, language=request_from({"language": "EN-us"}).language) == "ba"
    chosen = filters_from({"languages": ["de", "no language", 7]})
    assert chosen == Filters(languages=("de",))
    html = scope_html(library, chosen)
    assert "Asking 1 of 4 articles" in Reading(html).text
    assert "In German" in Reading(html).text
    assert 'data-drop="languages"' in html


def test_the_glance_counts_and_names_the_oldest_and_the_newest(library):
    said = Reading(glance_html(library.list())).text
    assert "articles4publishers2passages4" in said
    assert "Oldest: Ärger am Hafen, 2 January 2023" in said
    assert "Newest: bridge, 2 January 2025" in said
    assert "1 article without a date" in said
    assert glance_html([]) == ""


@pytest.mark.parametrize(
    ("first", "days", "unit", "bars"),
    [
        (date(2024, 2, 28), 2, "day", 3),
        (date(2024, 12, 15), 0, "day", 1),
        (date(2024, 1, 31), 366, "month", 13),
        (date(1990, 6, 1), 365 * 30, "year", 31),
        (date(1700, 6, 1), 365 * 300, "decade", 31),
        (date(1, 1, 1), 3_652_058, "decade", 1000),
    ],
)
def test_the_timeline_covers_every_day_once(first, days, unit, bars):
    last = first + timedelta(days=days)
    found_unit, found = timeline([first, last, last])
    assert (found_unit, len(found)) == (unit, bars)
    assert sum(bar.count for bar in found) == 3
    assert found[0].since <= first <= found[0].until
    assert found[-1].since <= last <= found[-1].until
    for one, following in pairwise(found):
        assert following.since == one.until + timedelta(days=1)


def test_the_timeline_is_a_picture_that_says_what_it_shows():
    unit, bars = timeline([date(2024, 1, 5), date(2024, 6, 5), date(2024, 6, 6)])
    picture = ElementTree.fromstring(timeline_svg(unit, bars))
    assert picture.get("role") == "img"
    assert picture.get("aria-label") == (
        "3 articles by month, January 2024 to June 2024; most in June 2024: 2"
    )
    heights = [float(bar[2].get("height")) for bar in picture]
    assert heights == [50, 0, 0, 0, 0, 100]
    assert picture[0][0].text == "January 2024: 1 article"


def test_an_id_in_an_address_is_nothing_but_text():
    assert article_fragment("a/b\" onload=x ?#%'<ü\ud800") == (
        "#library/article/a%2Fb%22%20onload%3Dx%20%3F%23%25%27%3C%C3%BC%3F"
    )


@pytest.mark.parametrize(
    ("said", "filters"),
    [
        ({"articles": ["a", 3, "b"], "publishers": "Mail"}, Filters(articles=("a", "b"))),
        ({"publishers": ["Mail"], "until": "2024-02-30"}, Filters(publishers=("Mail",))),
        ({"since": "2024-02-03"}, Filters(since=date(2024, 2, 3))),
        ({}, None),
        (None, None),
        ([1], None),
        ({"articles": ["x" * 5_000] * 900}, Filters(articles=("x" * 2_048,) * 500)),
    ],
)
def test_filters_are_read_from_what_a_browser_says(said, filters):
    assert filters_from(said) == filters
