"""A refusal: its reason, what to do about it, and the passages that came closest."""

from __future__ import annotations

from dataclasses import replace

import pytest
from html_reading import Reading
from web_scripted import PIER, harbour_engine, shown

from rag.prompts import REFUSAL, REFUSAL_REASONS
from ui.web.exchanges import answer_html


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
    page = answer_html(1, "?", answer, engine.library.show, searched=2)
    assert page.count("data-read=") == 1
