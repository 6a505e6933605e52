"""Which passages a refusal shows, and how much of each; the command line's page with them."""

from __future__ import annotations

import time

import pytest

from rag.answer import Answer, Passage
from ui.closest import excerpt, says_something
from ui.printing import answer_page


@pytest.mark.parametrize(
    "text",
    [
        "Background",
        "Source: Reuters.",
        "(Sources: AP, AFP)",
        "Photo by: Ines Falk / The Gazette.",
        "Image credit: NASA.",
        "Read more:",
        "Comments (0)",
        "The harbour reopens",
        "",
    ],
)
def test_headings_and_credits_say_nothing(text):
    assert not says_something(text, title="The harbour reopens")


@pytest.mark.parametrize(
    "text",
    [
        "Background\nHe left in 2023.",
        "Source: Reuters. The port is closed.",
        "Sources: the list was leaked by two officials who had seen it in the ministry.",
        "港口在十月重新开放。",
        "ท่าเรือจะเปิดอีกครั้งในเดือนตุลาคม " * 10,
    ],
)
def test_a_statement_says_something(text):
    assert says_something(text)


def test_long_lines_cost_no_time():
    started = time.perf_counter()
    says_something("Source: " + "x" * 280)
    says_something("Source: " + "x " * 140)
    assert time.perf_counter() - started < 1


def test_an_excerpt_of_text_without_spaces_is_cut_where_it_must():
    assert excerpt("港" * 400) == "港" * 300 + " …"
    assert excerpt("word " * 100) == ("word " * 60).strip() + " …"


def refusal(*texts):
    passages = [
        Passage(article_id="a", start=0, end=len(text), text=text, score=0.1, ranks={"text": 1})
        for text in texts
    ]
    return Answer(
        question="Why?",
        standalone_question="Why?",
        answerable=False,
        refusal_reason="low_evidence",
        answer="The articles do not say.",
        sentences=(),
        citations=(),
        passages=tuple(passages),
        confidence=0.1,
        answerer="verbatim",
    )


def test_the_command_line_shows_the_three_nearest_that_say_something():
    facts = [f"Fact {n} is written down here." for n in range(4)]
    page = answer_page(refusal("Source: Reuters", facts[0], "Heading", *facts[1:]), {"a": "Title"})
    assert "Reuters" not in page
    assert [fact in page for fact in facts] == [True, True, True, False]
    assert "Closest" not in answer_page(refusal("Source: Reuters"), {})
