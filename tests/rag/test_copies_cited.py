"""A story that several outlets print is one source: cited once, with the others beside it."""

from __future__ import annotations

import dataclasses
from datetime import date

import pytest

from index.article import Article, Filters
from index.library import Library
from rag import CitedQueryEngine, Settings
from rag.answer import Answer

STORY = (
    "The island council has ordered a new ferry for the Port Ellen crossing after three winters of delays. "
    "The ship will carry 550 passengers and 88 cars, and is being built in Gdansk for 43 million pounds.\n\n"
    "Council leader Morag Bain said that the old boat had broken down 31 times within a year. "
    "Fishermen told the council that the ship would draw too much water for the inner harbour, "
    "and a survey of the harbour bed is to begin in June. Timetables stay as they are until then."
)
POST = Article(
    article_id="post", title="New ferry", text=STORY, publisher="Island Post", published=date(2024, 3, 1)
)
HERALD = Article(
    article_id="herald",
    title="Ferry for Islay",
    text=f"PORT ELLEN, 3 March (Agency) — {STORY}\n\nReporting by A. Reed; editing by T. Orr.",
    publisher="Herald",
    published=date(2024, 3, 3),
)
COURIER = dataclasses.replace(HERALD, article_id="courier", publisher="Courier", published=date(2024, 2, 29))
CORRECTION = dataclasses.replace(
    POST,
    article_id="post-2",
    text=STORY.replace("carry 550 passengers", "carry 480 passengers")
    + "\n\nCorrection: an earlier version of this story gave a wrong number of passengers.",
    published=date(2024, 3, 6),
    version="",
)
WHALES = Article(
    article_id="whales",
    title="Whales return",
    text="Whales have come back to the sound. Marine biologist Idris Cole counted 17 animals in July.",
    publisher="Nature Weekly",
    published=date(2025, 8, 9),
)
QUESTION = "How many passengers will the ship carry?"


def engine_over(folder, articles):
    library = Library.open(folder / "library", create=True)
    library.add(articles)
    return CitedQueryEngine(library, settings=Settings(refuse_below=0))


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    with engine_over(tmp_path_factory.mktemp("copies"), [HERALD, POST, COURIER, WHALES]) as opened:
        yield opened


def cited(answer):
    return [citation for citation in answer.citations if "550" in citation.quote]


def test_the_first_printing_is_cited_and_the_others_beside_it(engine):
    [citation] = cited(engine.ask(QUESTION))
    assert citation.article_id == "courier"
    assert [(each.article_id, each.publisher) for each in citation.also_in] == [
        ("post", "Island Post"),
        ("herald", "Herald"),
    ]
    for each in citation.also_in:
        assert (
            engine.library.show(each.article_id, each.version).text[each.start : each.end] == citation.quote
        )


def test_copies_take_no_place_of_their_own(engine):
    answer = engine.ask(QUESTION)
    said = [passage.text for passage in answer.passages if "550 passengers" in passage.text]
    assert len(said) == 1
    assert "whales" in {passage.article_id for passage in answer.passages}
    assert len({citation.quote for citation in answer.citations}) == len(answer.citations)


@pytest.mark.parametrize(
    ("filters", "article_id", "others"),
    [
        (Filters(publishers=("Herald", "Island Post")), "post", ["herald"]),
        (Filters(articles=("herald",)), "herald", []),
        (Filters(since=date(2024, 3, 2)), "herald", []),
    ],
)
def test_where_the_first_printing_is_filtered_out_its_copy_answers(engine, filters, article_id, others):
    [citation] = cited(engine.ask(QUESTION, filters=filters))
    assert citation.article_id == article_id
    assert [each.article_id for each in citation.also_in] == others


def test_the_json_form_says_it_only_where_there_are_copies_and_is_read_back(engine):
    answer = engine.ask(QUESTION)
    said = answer.to_dict()
    citation = next(each for each in said["citations"] if "550" in each["quote"])
    assert set(citation["also_in"][0]) == {
        *("article_id", "version", "title", "publisher", "url", "published", "start", "end")
    }
    assert Answer.from_dict(said).to_dict() == said
    whales = engine.ask("How many animals did Idris Cole count?").to_dict()
    assert whales["citations"]
    assert all("also_in" not in each for each in whales["citations"] if each["article_id"] == "whales")


def test_a_story_and_its_correction_still_differ(tmp_path):
    with engine_over(tmp_path, [POST, HERALD, CORRECTION]) as engine:
        answer = engine.ask(QUESTION)
    assert "differ" in answer.answer
    assert {citation.article_id for citation in answer.citations} == {"post", "post-2"}
    [story] = [citation for citation in answer.citations if citation.article_id == "post"]
    assert [each.article_id for each in story.also_in] == ["herald"]


def test_counts_say_how_many_are_copies(engine):
    answer = engine.ask("How many articles mention Morag Bain?")
    assert answer.answer.startswith("3 articles mention “Morag Bain”; 2 of them are copies of another")
    assert "copies" not in engine.ask("How many articles mention Idris Cole?").answer
    assert (
        "There are 4 articles in the library; 2 of them" in engine.ask("How many articles do I have?").answer
    )
