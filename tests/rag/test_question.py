"""What a question asks for."""

import pytest

from rag.question import analyse, find_names, kind_of
from rag.weights import TermWeights

LIBRARY = {"wagner": 1, "fighter": 40, "mali": 3, "2023": 5}
WEIGHTS = TermWeights(lambda stem: LIBRARY.get(stem, 0), lambda stem: stem == "prigozin", chunks=50)


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("How many fighters stayed?", "count"),
        ("What percentage voted for it?", "share"),
        ("How long did it last?", "duration"),
        ("When did the mutiny fail?", "date"),
        ("In what year was it built?", "year"),
        ("Who led the mutiny?", "person"),
        ("Which countries are concerned?", "place"),
        ("Why did they leave?", "reason"),
        ("How did he die?", "manner"),
        ("Did the mutiny succeed?", "yes_no"),
        ("What did Peskov announce?", "thing"),
        ("plane crash", "thing"),
    ],
)
def test_kinds(question, kind):
    assert kind_of(question) == kind


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("When did the Central African Republic ask?", ["Central African Republic"]),
        ("What is Dmitry Peskov's job?", ["Dmitry Peskov"]),
        ("What happened in the end?", []),
        ("WHO leads it?", []),
        ("Is Wagner still in Mali?", ["Wagner", "Mali"]),
        ("Что сказал Песков?", ["Что", "Песков"]),
    ],
)
def test_names_by_their_capitals(question, names):
    assert find_names(question) == names


def test_words_carry_their_place_and_weight():
    question = analyse("How many Wagner fighters fled in 2023?", WEIGHTS)
    assert [(w.text, w.is_name, w.is_known) for w in question.words] == [
        ("Wagner", True, True),
        ("fighters", False, True),
        ("fled", False, False),
        ("2023", False, True),
    ]
    assert all(question.text[w.start : w.end] == w.text for w in question.words)
    rare, common = question.words[0].weight, question.words[1].weight
    assert rare > common > 0
    assert question.numbers == {"2023"}
    assert question.measured == {"wagner", "fighter"}


def test_a_word_that_derives_from_one_the_library_has_is_known():
    known = {w.text: w.is_known for w in analyse("Do Malians in Niger agree?", WEIGHTS).words}
    assert known == {"Malians": True, "Niger": False, "agree": False}


def test_a_capital_that_only_opens_the_question_makes_no_name():
    (word, *_) = analyse("Fishermen: who are they?", WEIGHTS).words
    assert not word.is_name


def test_nothing_is_asked_of_nothing():
    question = analyse("???", WEIGHTS)
    assert (question.words, question.names, question.numbers) == ((), (), frozenset())


@pytest.mark.parametrize(
    ("text", "stems"),
    [
        ("What do the articles say about Port Ellen?", ["port", "ellen"]),
        ("Tell me about the ferry", ["ferri"]),
        ("What does the library know of whales?", ["whale"]),
        ("What did Cole say about the articles?", ["cole", "say", "articl"]),
        ("How many articles say that of whales?", ["articl", "say", "whale"]),
    ],
)
def test_words_that_only_put_the_question_need_not_be_in_an_article(text, stems, library):
    assert [word.stem for word in analyse(text, TermWeights.of(library)).words] == stems


def test_what_the_articles_say_about_something_is_answered_where_they_speak_of_it(engine):
    assert engine.ask("What do the articles say about Gdansk?").answerable
    assert engine.ask("What do the articles say about herring?").answerable
    assert not engine.ask("What do the articles say about football?").answerable
