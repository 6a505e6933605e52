"""Questions in the library's own spelling: what is respelt, what is told, and what is left alone."""

from __future__ import annotations

import pytest

from index.article import Article
from index.library import Library
from rag import CitedQueryEngine
from rag.spelling import quotations, respelt

HARBOUR = Article(
    article_id="harbour",
    title="Aid for the coast",
    text=(
        "The mayor of Málaga, Ana Prieto, opened the harbour. It holds 1200 boats and cost 1,250,000 euros.\n"
        "A cease-fire held for three days near Prigozhin's camp. An e-mail of the council said so.\n"
        "Dmitry Utkin came by the oilfield road in 1987. NATO sent nobody, and no prison was opened.\n"
        "The council counted 9,000 visitors in May and 9000 in June. Revolution was in the air."
    ),
)
NFD = Article(
    article_id="nfd",
    title="The other coast",
    text="The harbour of Ca\u0301diz was built by Lu\u0301cia Vera.",
)


@pytest.fixture(scope="module")
def coast(tmp_path_factory):
    with Library.open(tmp_path_factory.mktemp("coast"), create=True) as opened:
        opened.add([HARBOUR, NFD])
        yield opened


@pytest.mark.parametrize(
    ("asked", "searched"),
    [
        ("Where is Prigozin's camp?", "Where is Prigozhin's camp?"),
        ("where is prigozhinn's camp?", "where is Prigozhin's camp?"),
        ("Who saw Utkn?", "Who saw Utkin?"),
        ("What did Lucia Veraa build?", "What did Lucia Vera build?"),
        ("What did the Prigozins want?", "What did the Prigozhin want?"),
        ("Who opened the harbuor?", "Who opened the harbour?"),
    ],
)
def test_a_misspelling_is_mended_and_told(coast, asked, searched):
    found = respelt(asked, coast)
    assert found.text == searched
    assert len(found.notices) == 1
    assert "is in no article" in found.notices[0]


@pytest.mark.parametrize(
    ("asked", "searched"),
    [
        ("How long did the ceasefire hold?", "How long did the cease-fire hold?"),
        ("What did the email say?", "What did the e-mail say?"),
        ("Where is the oil-field road?", "Where is the oilfield road?"),
        ("Does it hold 1,200 boats?", "Does it hold 1200 boats?"),
        ("What cost 1250000 euros?", "What cost 1,250,000 euros?"),
        ("What cost 1 250 000 euros?", "What cost 1 250 000 euros?"),  # the same words already
        ("Who is the mayor of Ma\u0301laga?", "Who is the mayor of Málaga?"),
        ("Who is the mayor of Má\u00adlaga?", "Who is the mayor of Málaga?"),
    ],
)
def test_another_way_of_writing_is_no_misspelling(coast, asked, searched):
    found = respelt(asked, coast)
    assert (found.text, found.notices) == (searched, ())


@pytest.mark.parametrize(
    "asked",
    [
        "Who is the mayor of Malaga?",
        "Who wrote about Kafka?",
        "What are poisons?",
        "Did NASA come?",  # one letter from NATO, and a name of its own
        "What happened in 1200?",
        "Was “Prigozin” said?",
        "Wer öffnete den Hafen?",
        "",
    ],
)
def test_what_is_no_misspelling_is_left(coast, asked):
    assert respelt(asked, coast).text == asked


def test_both_ways_of_writing_are_looked_for(coast):
    assert respelt("When did 9000 come?", coast).variants == ("9,000",)
    assert respelt("When did 9,000 come?", coast).variants == ("9000",)


def test_nothing_is_known_of_an_empty_library(tmp_path):
    with Library.open(tmp_path / "library", create=True) as empty:
        assert respelt("Where is Prigozin's 1,200 cease-fire?", empty).text.startswith("Where is Prigozin's")


def test_a_question_of_unknown_words_only_is_looked_up_for_its_first(coast):
    unknown = [f"qx{chr(97 + n % 26)}{chr(97 + n // 26)}zwv" for n in range(400)]
    asked = " ".join([*unknown, "Prigozin", "x" * 3_000, "half \ud800"])
    assert respelt(asked, coast).text == asked.replace("\ud800", "?")
    assert respelt(f"Prigozin {asked}", coast).text.startswith("Prigozhin")
    assert CitedQueryEngine(coast).ask(f"“half \ud800 of it” {asked}"[:4_000]).answerable is False


@pytest.mark.parametrize(
    ("question", "quoted"),
    [
        ('Who said "a new era"?', ("a new era",)),
        ("Who said “a new era” and „no end“?", ("a new era", "no end")),
        ("Qui a dit « une ère » ?", ("une ère",)),
        ('Is it a 5" or a 6" pipe?', ()),
        ('Who said "?', ()),
        ('"plane crash"', ("plane crash",)),
        ("“Who is Ana Prieto?” ", ()),
        ("Who asked “Who is Ana?”", ("Who is Ana?",)),
        ('Who said "…"?', ()),
        ("What’s Ana's 'harbour'?", ()),
    ],
)
def test_quotations(question, quoted):
    assert quotations(question) == quoted


@pytest.mark.parametrize(
    ("question", "quote"),
    [
        ("Who is the mayor of Malaga?", "Ana Prieto"),
        ("who is the mayor of malaga?", "Ana Prieto"),
        ("Who is Málaga's mayor?", "Ana Prieto"),
        ("Where is Prigozin's camp?", "near Prigozhin's camp"),
        ("How long did the ceasefire hold?", "three days"),
        ("How long did the cease fire hold?", "three days"),
        ("How many boats does the harbour hold, 1,200?", "1200 boats"),
        ("Who built the harbour of Cádiz?", "Lu\u0301cia Vera"),
        ("Who built the harbour of Cadiz?", "Lu\u0301cia Vera"),
    ],
)
def test_exact_things_are_answered(coast, question, quote):
    answer = CitedQueryEngine(coast).ask(question)
    assert answer.answerable
    assert quote in answer.citations[0].quote


def test_the_answer_says_what_was_taken_for_what(coast):
    answer = CitedQueryEngine(coast).ask("Where is Prigozin's camp?")
    assert answer.notices == ("“Prigozin” is in no article; “Prigozhin” was taken for it.",)
    assert answer.question == "Where is Prigozin's camp?"
    assert answer.standalone_question == "Where is Prigozhin's camp?"
    assert answer.to_dict()["notices"] == list(answer.notices)
