"""A finished answer: its sentences in order, each with the marks that name its sources."""

from __future__ import annotations

import re
from dataclasses import replace

from html_reading import Reading
from web_scripted import COST, FOLLOW_UP, POSTS, drawn, harbour_engine, shown

from rag.answer import AnswerSentence


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
    for support, words in [("weak", "only in part"), ("unsupported", "do not carry this")]:
        changed = replace(answer, sentences=(replace(answer.sentences[0], support=support),))
        page = drawn(changed, engine.library.show, question=COST)
        assert f'class="{support}"' in page
        assert words in Reading(page).text


def test_the_standalone_question_is_shown_when_it_differs():
    assert "Understood as" not in shown(COST)
    assert "And who said so about the cost of the dredging?" in shown(FOLLOW_UP)
