"""The page's HTML: text stays text, marks come from citations, and nothing is highlighted unchecked."""

from __future__ import annotations

import gzip
import html
import json
import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from web_scripted import (
    COST,
    COST_QUOTE,
    FOLLOW_UP,
    HARBOUR,
    PIER,
    POSTS,
    POSTS_QUOTE,
    RINGS_QUOTE,
    ScriptedLibrary,
    harbour_engine,
)

from index.article import Article, Span
from rag.answer import AnswerSentence
from rag.prompts import REFUSAL, REFUSAL_REASONS
from ui.web import render

HOSTILE = Path(__file__).parents[2].parent / "shared" / "data" / "hostile"


class Reading(HTMLParser):
    """What a browser would find: the tags, their attributes, and the text inside `<mark>`."""

    def __init__(self, fragment: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.text = ""
        self.marked: list[str] = []
        self._in_mark = False
        self.feed(fragment)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes.update(name for name, _ in attrs)
        if tag == "mark":
            self._in_mark = True
            self.marked.append("")

    def handle_endtag(self, tag):
        if tag == "mark":
            self._in_mark = False

    def handle_data(self, data):
        self.text += data
        if self._in_mark:
            self.marked[-1] += data


def shown(question=COST, **changes):
    engine = harbour_engine()
    answer = replace(engine.ask(question), **changes)
    return render.answer_html(1, question, answer, engine.library.show, searched=2)


def test_sources_stand_in_order_of_their_numbers_with_their_quotes_marked():
    page = shown(POSTS)
    assert re.findall(r'<span class="number">(\d+)</span>', page) == ["1", "2", "3"]
    reading = Reading(page)
    assert reading.marked[0] == POSTS_QUOTE
    assert reading.marked[2] == RINGS_QUOTE
    assert "The Coast Gazette" in reading.text
    assert "21 July 2025" in reading.text


def test_every_mark_names_its_source():
    page = shown(POSTS)
    targets = re.findall(r'data-source="([^"]+)"', page)
    assert targets == ["e1-s1", "e1-s2", "e1-s3"]
    assert all(f'id="{target}"' in page for target in targets)


def test_a_bracketed_number_of_an_article_stays_text():
    engine = harbour_engine()
    answer = engine.ask(COST)
    sentence = AnswerSentence(text="It cost much [1][7] indeed.", citations=(1,), support="supported")
    page = render.answer_html(
        1, COST, replace(answer, sentences=(sentence,)), engine.library.show, searched=2
    )
    assert "It cost much [1][7] indeed[1]." in Reading(page).text
    assert page.count("data-source=") == 1


def test_paragraphs_of_the_answer_are_kept():
    engine = harbour_engine()
    answer = engine.ask(POSTS)
    broken = replace(answer, answer=answer.answer.replace(" Tree rings", "\n\nTree rings"))
    page = render.answer_html(1, POSTS, broken, engine.library.show, searched=2)
    assert page.split('<div class="answer">')[1].split("</div>")[0].count("<p") == 2


def test_weak_and_unsupported_sentences_say_so():
    engine = harbour_engine()
    answer = engine.ask(COST)
    for support, words in [("weak", "only in part"), ("unsupported", "do not carry this")]:
        changed = replace(answer, sentences=(replace(answer.sentences[0], support=support),))
        page = render.answer_html(1, COST, changed, engine.library.show, searched=2)
        assert f'class="{support}"' in page
        assert words in Reading(page).text


@pytest.mark.parametrize(
    "change",
    [{"start": 3}, {"quote": "Dredging cost 32 million kroner"}, {"version": "0" * 64}, {"article_id": "no"}],
)
def test_a_citation_that_does_not_hold_is_shown_as_broken_and_never_highlighted(change):
    answer = harbour_engine().ask(COST)
    page = shown(COST, citations=(replace(answer.citations[0], **change),))
    assert "<mark>" not in page
    assert "data-read" not in page
    assert "data-source" not in page
    assert "cannot be shown" in Reading(page).text


def test_a_library_that_returns_another_text_for_a_version_is_not_believed():
    other = replace(HARBOUR, text=HARBOUR.text.replace("31 million", "13 million"))  # keeps `version`
    answer = harbour_engine().ask(COST)
    page = render.answer_html(1, COST, answer, ScriptedLibrary([other]).show, searched=1)
    assert "<mark>" not in page


def test_the_standalone_question_is_shown_when_it_differs():
    assert "Understood as" not in shown(COST)
    assert "And who said so about the cost of the dredging?" in shown(FOLLOW_UP)


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("no_evidence", "Try the words that an article would use"),
        ("low_evidence", "Read the closest passages"),
        ("filtered_out", "Widen the publishers"),
        ("empty_library", "citewell add"),
    ],
)
def test_a_refusal_gives_its_reason_and_what_came_closest(reason, words):
    question = "How warm is the bay?"
    page = shown(question, refusal_reason=reason)
    reading = Reading(page)
    assert REFUSAL in reading.text
    assert REFUSAL_REASONS[reason] in reading.text
    assert words in reading.text
    assert "Forty-one oak posts have been lifted" in reading.text
    assert page.count("data-read=") == 2


def test_a_passage_that_was_edited_since_is_left_out():
    engine = harbour_engine()
    answer = engine.ask("How warm is the bay?")
    engine.library.articles[1] = replace(PIER, text="Something else.", version="")
    page = render.answer_html(1, "?", answer, engine.library.show, searched=2)
    assert page.count("data-read=") == 1


def test_an_article_is_shown_whole_with_the_words_highlighted():
    start = HARBOUR.text.index(COST_QUOTE)
    span = Span(start, start + len(COST_QUOTE))
    reading = Reading(render.article_html(HARBOUR, span, render.check_of(COST_QUOTE)))
    assert reading.marked == [COST_QUOTE]
    for line in HARBOUR.text.split("\n"):
        assert line in reading.text


@pytest.mark.parametrize("span", [Span(0, 0), Span(5, 3), Span(-9, 4), Span(0, 10**9), Span(7, 30)])
def test_words_that_fail_the_check_are_not_highlighted(span):
    page = render.article_html(HARBOUR, span, render.check_of(COST_QUOTE))
    assert "<mark>" not in page
    assert "Nothing is highlighted" in page


@given(st.text(min_size=1, max_size=300), st.data())
def test_any_words_of_any_text_are_highlighted_exactly(text, data):
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    article = Article(article_id="x", text=text, title=text)
    page = render.article_html(article, Span(start, end), render.check_of(text[start:end]))
    parts = [html.unescape(part) for part in re.findall(r"<mark>(.*?)</mark>", page, re.S)]
    visible = [line for line in text[start:end].split("\n") if line.strip()]
    assert "".join(p for p in parts if p.strip()) == "".join(visible)


@given(st.text(max_size=80))
def test_no_text_becomes_markup(text):
    assert not re.search(r"[<>\"']", render.plain(text))
    assert html.unescape(render.plain(text.replace("\r", ""))) == html.unescape(
        html.escape(text.replace("\r", ""))
    )


def test_a_lone_surrogate_can_be_sent():
    render.plain("a\ud800b").encode("utf-8")
    article = Article(article_id="\ud800", text="a\ud800b", title="\ud800")
    page = render.article_html(article, Span(0, 3), render.check_of("a\ud800b"))
    page.encode("utf-8")
    render.article_link(article, Span(0, 3)).encode("utf-8")


def test_a_long_article_opens_around_its_quote():
    line = "All work and no play makes this a long line.\n"
    words = "The needle is here."
    text = line * 12_000 + words + "\n" + line * 12_000
    article = Article(article_id="long", text=text, title="Long")
    start = text.index(words)
    page = render.article_html(article, Span(start, start + len(words)), render.check_of(words))
    assert Reading(page).marked == [words]
    assert len(page) < 2 * render.WINDOW_CHARS
    assert page.count("data-around=") == 2
    first = render.article_html(article, Span(start, start + len(words)), render.check_of(words), around=0)
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
    page = render.article_html(replace(HARBOUR, url=url), Span(0, 3), render.check_of("The"))
    reading = Reading(page)
    assert ("a" in reading.tags) is linked
    assert "script" not in reading.tags


OUR_TAGS = {
    "article",
    "div",
    "h2",
    "h3",
    "p",
    "q",
    "span",
    "button",
    "ol",
    "ul",
    "li",
    "mark",
    "time",
    "header",
    "a",
    "small",
    "bdi",
    "br",
    "pre",
    "code",
}
OUR_ATTRIBUTES = {
    "class",
    "id",
    "dir",
    "type",
    "title",
    "role",
    "href",
    "target",
    "rel",
    "datetime",
    "aria-label",
    "aria-busy",
    "aria-hidden",
    "data-state",
    "data-source",
    "data-read",
    "data-around",
}


def test_hostile_text_brings_no_element_and_no_attribute_of_its_own():
    if not HOSTILE.is_dir():
        pytest.skip("the collection of hostile texts is not on this machine")
    with gzip.open(HOSTILE / "xss_payloads_a.txt.gz", "rt", encoding="utf-8", errors="replace") as lines:
        payloads = [line.rstrip("\n") for line in lines if line.strip()]
    payloads += [p for p in json.loads((HOSTILE / "blns.json").read_text(encoding="utf-8")) if p.strip()]
    assert len(payloads) > 3_000
    for payload in payloads:
        article = Article(
            article_id=payload,
            text=f"Before. {payload} After.",
            title=payload,
            author=payload,
            publisher=payload,
            url=payload,
            published=date(2025, 1, 1),
        )
        engine = harbour_engine()
        engine.library = ScriptedLibrary([article])
        engine.script = {payload: [(payload, [payload])]}
        answer = replace(engine.ask(payload), standalone_question=payload + "?", answerer=payload)
        refusal = replace(answer, answerable=False, refusal_reason="low_evidence")
        span = Span(8, 8 + len(payload))
        for page in (
            render.answer_html(1, payload, answer, engine.library.show, searched=1),
            render.answer_html(1, payload, refusal, engine.library.show, searched=1),
            render.article_html(article, span, render.check_of(payload)),
            render.working_html(1, payload, payload),
            render.note_html(1, payload, payload, kind="failed", message=payload, hint=payload),
            render.welcome_html([article]),
        ):
            reading = Reading(page)
            assert set(reading.tags) <= OUR_TAGS, payload
            assert reading.attributes <= OUR_ATTRIBUTES, payload


def test_the_empty_page_says_what_is_in_the_library():
    line = Reading(render.welcome_html([HARBOUR, PIER])).text
    assert "2 articles from The Coast Gazette and Museum Letters" in line
    assert "9 June 2025 to 21 July 2025" in line
    assert (
        "One article, published 9 June 2025."
        in Reading(render.welcome_html([replace(HARBOUR, publisher=None)])).text
    )
    many = [replace(HARBOUR, publisher=f"P{n}", published=None) for n in range(6)]
    assert "6 articles from P0, P1, P2 and 3 more." in Reading(render.welcome_html(many)).text


def test_an_empty_library_says_how_to_fill_it():
    assert "citewell add" in render.welcome_html([])
