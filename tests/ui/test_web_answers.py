"""A finished answer: its sentences in order, each with the marks that name its sources."""

from __future__ import annotations

import re
from dataclasses import replace

from html_reading import Reading
from web_scripted import COST, FOLLOW_UP, POSTS, drawn, harbour_engine, shown

from rag.answer import AnswerSentence
from ui.web.answers import colophon
from ui.web.exchange import Looked


def test_every_mark_names_its_source():
    page = shown(POSTS)
    targets = re.findall(r'data-source="([^"]+)"', page)
    assert targets == ["e1-s1", "e1-s2", "e1-s3"]
    assert all(f'id="{target}"' in page for target in targets)


def test_a_bracketed_number_of_an_article_is_no_marker():
    engine = harbour_engine()
    answer = engine.ask(COST)
    sentence = AnswerSentence(text="It cost much [1][7] indeed.", citations=(1,), support="supported")
    page = drawn(replace(answer, sentences=(sentence,)), engine.library.show, question=COST)
    assert "It cost much (1)(7) indeed[1]." in Reading(page).text
    assert page.count("data-source=") == 1


def test_paragraphs_of_the_answer_are_kept():
    engine = harbour_engine()
    answer = engine.ask(POSTS)
    broken = replace(answer, answer=answer.answer.replace(" Tree rings", "\n\nTree rings"))
    page = drawn(broken, engine.library.show, question=POSTS)
    assert page.split('<div class="answer">')[1].split("</div>")[0].count("<p") == 2


def test_weak_and_unsupported_sentences_say_so():
    engine = harbour_engine()
    answer = engine.ask(COST)
    for support, words in [("weak", "supported only in part: "), ("unsupported", "not supported: ")]:
        reasons = ("the quote does not have the number 31",)
        changed = replace(answer, sentences=(replace(answer.sentences[0], support=support, reasons=reasons),))
        page = drawn(changed, engine.library.show, question=COST)
        assert f'class="{support}"' in page
        assert f"({words}{reasons[0]})" in Reading(page).text
        underlined = "".join(re.findall(r'<span class="words">([^<]*)</span>', page))
        assert underlined == answer.sentences[0].text.rstrip("."), "to its last word"


def test_a_count_says_what_was_counted():
    answer = replace(harbour_engine().ask(COST), answerer="catalogue")
    assert "over the whole library" in colophon(answer, Looked(searched=2, held=2))
    limited = Looked(searched=1, held=2, filters=(("Published by AFP", 1),))
    assert "over the articles that pass the filters" in colophon(answer, limited)


def test_the_standalone_question_is_shown_when_it_differs():
    assert "Understood as" not in shown(COST)
    assert "And who said so about the cost of the dredging?" in shown(FOLLOW_UP)
