"""A refusal: its reason, what to do about it, and the passages that came closest."""

from __future__ import annotations

from dataclasses import replace

import pytest
from html_reading import Reading
from web_scripted import PIER, drawn, harbour_engine, shown

from index.article import Article
from rag.answer import Passage
from rag.prompts import COURTESIES, REFUSAL, REFUSAL_REASONS
from ui.web.passages import closest_passages


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


def test_a_reply_to_a_courtesy_is_no_refusal():
    page = shown("thanks", answer=COURTESIES["thanks"], passages=())
    assert 'data-state="replied"' in page
    assert COURTESIES["thanks"] in Reading(page).text
    assert "earched" not in Reading(page).text
    assert "data-act" not in page


def test_a_passage_that_was_edited_since_is_left_out():
    engine = harbour_engine()
    answer = engine.ask("How warm is the bay?")
    engine.library.articles[1] = replace(PIER, text="Something else.", version="")
    page = drawn(answer, engine.library.show, question="?")
    assert page.count("data-read=") == 1


def test_headings_and_credit_lines_are_not_among_the_closest_passages():
    credit, fact = "Source: The Coast Gazette and agencies", "The bay is 12 degrees warm in May."
    heading = "What divers find there"
    text = "\n".join([credit, heading, fact])
    article = Article(article_id="bay", text=text, title="The bay")
    parts = [(text.index(part), part) for part in (credit, f"{heading}\n{fact}", heading)]
    passages = [
        Passage(article_id="bay", start=start, end=start + len(part), text=part, score=0.1, ranks={"text": 1})
        for start, part in parts
    ]
    shown = Reading(closest_passages(passages, lambda article_id, version: article))
    assert shown.text.count("The bay") == 2  # its title once, and the fact once
    assert f"{heading} {fact}" in shown.text
    assert "agencies" not in shown.text
    assert closest_passages([passages[0], passages[2]], lambda article_id, version: article) == ""
