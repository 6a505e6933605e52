"""Markdown of answers: references in order, each with its words, and nothing of an article becomes markup."""

from __future__ import annotations

import re
from dataclasses import replace

from markdown_it import MarkdownIt
from web_scripted import COST, COST_QUOTE, FOLLOW_UP, POSTS, harbour_engine

from ui.web.exchange import Exchange, Looked
from ui.web.export import conversation_markdown, exchange_markdown


def exchange(question, number=1, **changes):
    answer = replace(harbour_engine().ask(question), **changes)
    return Exchange(number=number, question=question, outcome="answered", answer=answer)


def test_an_answer_has_its_references_in_order_each_with_its_quote():
    text = exchange_markdown(exchange(POSTS))
    assert re.findall(r"^(\d)\. \*", text, re.MULTILINE) == ["1", "2", "3"]
    assert "museum [1][2]. Tree rings" in text
    for citation in exchange(POSTS).answer.citations:
        assert f"   > {citation.quote}" in text
    assert "The Coast Gazette, 9 June 2025, <https://example.org/harbour>" in text


def test_a_conversation_holds_every_question_also_those_without_an_answer():
    refusal = exchange("How warm?", 2)
    stopped = Exchange(number=3, question="And then?", outcome="stopped", text="So far")
    text = conversation_markdown("The *bill*", [exchange(COST), refusal, stopped])
    assert text.startswith("# The \\*bill\\*\n")
    assert [line for line in text.splitlines() if line.startswith("## ")] == [
        f"## {COST}",
        "## How warm?",
        "## And then?",
    ]
    assert "The articles do not say." in text
    assert "So far" in text


def test_a_list_has_a_line_for_each_of_its_entries_also_when_it_was_kept():
    answer = exchange(POSTS).answer
    first, second = answer.sentences
    listed = replace(answer, answer=f"{first.text} [1].\n{second.text} [3].")
    kept = Exchange.from_dict(
        1, Exchange(number=1, question=POSTS, outcome="answered", answer=listed).to_dict()
    )
    paragraphs = MarkdownIt("commonmark").render(exchange_markdown(kept)).split("<ol>")[0]
    assert paragraphs.count("<p>") == 2


def test_what_is_doubted_says_why_and_a_page_is_named():
    answer = exchange(COST).answer
    weak = replace(answer.sentences[0], support="weak", reasons=("the quote does not have the number 32",))
    citation = replace(answer.citations[0], page=4)
    text = exchange_markdown(exchange(COST, sentences=(weak,), citations=(citation,)))
    assert "(supported only in part: the quote does not have the number 32)" in text
    assert "9 June 2025, p. 4, <https" in text


def test_what_the_question_was_taken_for_and_put_to_stands_above_the_answer():
    asked = exchange(FOLLOW_UP)
    assert "Understood as: And who said so about the cost of the dredging?\n" in exchange_markdown(asked)
    limited = replace(asked, looked=Looked(searched=1, held=2, filters=(("Published by *AFP*", 1),)))
    assert "Asked of 1 of 2 articles: Published by \\*AFP\\*\n" in exchange_markdown(limited)
    assert "Understood" not in exchange_markdown(exchange(COST))


def test_hostile_words_stay_words():
    trap = "![x](http://198.51.100.7/x.png) <img src=x onerror=alert(1)> [a](javascript:alert(2)) `*_ # |"
    answer = harbour_engine().ask(COST)
    citation = replace(answer.citations[0], title=trap, publisher=trap, url="javascript:alert(3)", quote=trap)
    text = exchange_markdown(
        exchange(COST, citations=(citation,), sentences=(replace(answer.sentences[0], text=trap),))
    )
    html = MarkdownIt("commonmark", {"html": True}).render(text)
    assert not re.search(r"<(img|a|code|script)\b", html)
    assert html.count("javascript:alert(2)") == 4, "title, publisher, quote and sentence, as text"
    assert COST_QUOTE not in html
