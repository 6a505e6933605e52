"""Suggested questions: about what the articles name, and only those that the articles answer."""

from __future__ import annotations

from dataclasses import replace

import pytest
from web_scripted import BRANDT_QUOTE, HARBOUR, PIER, POSTS, POSTS_QUOTE, RINGS_QUOTE, harbour_engine

from rag.answer import Passage
from rag.settings import load_settings
from ui.web.exchange import Exchange
from ui.web.subjects import questions_about, subjects
from ui.web.suggestions import Suggestions


def test_names_that_more_texts_have_come_first_and_what_was_spoken_of_is_left_out():
    texts = ["A ship left Sandvig for Rosted on Monday.", "Rosted is a port, said Jonna Brandt.", "In May."]
    assert [question for question, _ in questions_about(texts, "What of Sandvig?")] == [
        "What do the articles say about Rosted?",
        "What did Jonna Brandt say?",
    ]


def test_adjectives_fragments_and_headlines_are_no_subjects():
    texts = [
        "Moscow Promises African Leaders More Help",
        "The African leaders met Russian officers in Mali, said Dmitry Peskov.",
        "Peskov told Malian reporters that the Africa Corps stays in Mali. Dredging went on. Iran is far.",
        "African soldiers, Malian and French ones left the Africa Corps.",
    ]
    assert subjects(texts) == ["Mali", "Africa Corps", "Dmitry Peskov"]


def test_a_question_that_is_answered_beside_its_subject_is_not_offered():
    engine = harbour_engine()
    first = HARBOUR.text.split("\n")[0]
    engine.script["What did Jonna Brandt say?"] = [(first, [first])]
    assert Suggestions(engine).to_begin() == ()


def test_a_question_that_would_be_refused_is_not_offered():
    engine = harbour_engine()
    assert Suggestions(engine).to_begin() == (), "its script has none of them"
    engine.script["What did Jonna Brandt say?"] = [(BRANDT_QUOTE, [BRANDT_QUOTE])]
    assert Suggestions(engine).to_begin() == ("What did Jonna Brandt say?",)


def test_they_are_made_once_for_a_library_and_anew_when_it_changes():
    engine = harbour_engine()
    asked = []
    answer = engine._answer
    engine._answer = lambda question: (asked.append(question), answer(question))[1]
    suggestions = Suggestions(engine)
    suggestions.to_begin()
    before = len(asked)
    suggestions.to_begin()
    assert len(asked) == before > 0
    engine.library.articles.pop()
    suggestions.to_begin()
    assert len(asked) > before


def test_what_came_near_by_chance_leads_nowhere():
    """Only passages of the articles that the answer cites are gone on from."""
    engine = harbour_engine()
    engine.script["What did Jonna Brandt say?"] = [(BRANDT_QUOTE, [BRANDT_QUOTE])]
    answer = replace(engine.ask(POSTS), citations=(engine._cite(RINGS_QUOTE, 1),))
    near = Passage(article_id="harbour.md", start=0, end=1, text=HARBOUR.text, score=0.1, ranks={"text": 1})
    asked = Exchange(number=1, question=POSTS, outcome="answered", answer=replace(answer, passages=(near,)))
    assert Suggestions(engine).to_go_on([asked]) == ()
    cited = replace(asked.answer, citations=(*answer.citations, engine._cite(POSTS_QUOTE, 2)))
    assert Suggestions(engine).to_go_on([replace(asked, answer=cited)]) == ("What did Jonna Brandt say?",)


def test_a_count_is_gone_on_from_by_the_words_it_counted():
    engine = harbour_engine()
    engine.script["What did Jonna Brandt say?"] = [(BRANDT_QUOTE, [BRANDT_QUOTE])]
    quote = HARBOUR.text.split("\n")[2]
    counted = replace(engine.ask(POSTS), citations=(engine._cite(quote, 1),), passages=())
    asked = Exchange(number=1, question=POSTS, outcome="answered", answer=counted)
    assert Suggestions(engine).to_go_on([asked]) == ("What did Jonna Brandt say?",)


@pytest.fixture(scope="module")
def real(tmp_path_factory):
    from index.library import Library
    from rag import CitedQueryEngine

    folder = tmp_path_factory.mktemp("suggest") / "library"
    with Library.open(folder, create=True) as library:
        library.add([HARBOUR, PIER])
    with CitedQueryEngine.open(folder, settings=load_settings(library=folder)) as engine:
        yield engine


def test_the_real_engine_answers_what_is_suggested_with_words_not_cited_yet(real):
    suggestions = Suggestions(real)
    begin = suggestions.to_begin()
    assert 1 <= len(begin) <= 3
    assert all(real.ask(question).answerable for question in begin)
    answer = real.ask("What did the dredging of the harbour cost?")
    asked = Exchange(number=1, question=answer.question, outcome="answered", answer=answer)
    cited = {(c.article_id, c.start) for c in answer.citations}
    for question in suggestions.to_go_on([asked]):
        given = real.ask(question)
        assert given.answerable
        assert {(c.article_id, c.start) for c in given.citations} - cited
