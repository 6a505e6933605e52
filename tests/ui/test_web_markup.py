"""Text stays text: nothing that an article, a question or a message holds becomes markup of the page."""

from __future__ import annotations

import gzip
import html
import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from html_reading import Reading
from hypothesis import given
from hypothesis import strategies as st
from web_scripted import ScriptedLibrary, drawn, harbour_engine

from index.article import Article, Filters, Span
from ui.web.actions import suggestions_html
from ui.web.exchange import Exchange
from ui.web.exchanges import exchange_html, working_html
from ui.web.frame import conversation_list
from ui.web.links import article_link, check_of
from ui.web.markup import plain
from ui.web.reading import article_html
from ui.web.scope import scope_html
from ui.web.store.conversations import Title
from ui.web.welcome import welcome_html

HOSTILE = Path(__file__).parents[2].parent / "shared" / "data" / "hostile"
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
    "details",
    "summary",
    "b",
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
    "data-answerer",
    "aria-hidden",
    "aria-pressed",
    "data-state",
    "data-drop",
    "data-source",
    "data-read",
    "data-around",
    "data-act",
    "data-conversation",
    "data-id",
    "data-number",
    "data-question",
    "tabindex",
}


@given(st.text(max_size=80))
def test_no_text_becomes_markup(text):
    assert not re.search(r"[<>\"']", plain(text))
    said = re.sub("[\r\u202d\u202e]", "", text)
    assert html.unescape(plain(text.replace("\r", ""))) == html.unescape(html.escape(said))


def test_a_lone_surrogate_can_be_sent():
    plain("a\ud800b").encode("utf-8")
    article = Article(article_id="\ud800", text="a\ud800b", title="\ud800")
    page = article_html(article, Span(0, 3), check_of("a\ud800b"))
    page.encode("utf-8")
    article_link(article, Span(0, 3)).encode("utf-8")


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
        failure = Exchange(
            number=1, question=payload, outcome="failed", text=payload, message=payload, hint=payload
        )
        span = Span(8, 8 + len(payload))
        for page in (
            drawn(answer, engine.library.show, question=payload),
            drawn(answer, ScriptedLibrary([]).show, question=payload, kept=True),
            drawn(refusal, engine.library.show, question=payload),
            article_html(article, span, check_of(payload)),
            working_html(1, payload, payload),
            exchange_html(failure, engine.library.show),
            welcome_html([article], [payload]),
            suggestions_html([payload]),
            conversation_list([Title("a", payload)]),
            scope_html(engine.library, Filters(publishers=(payload,), articles=(payload,))),
        ):
            reading = Reading(page)
            assert set(reading.tags) <= OUR_TAGS, payload
            assert reading.attributes <= OUR_ATTRIBUTES, payload
