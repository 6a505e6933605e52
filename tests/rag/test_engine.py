"""The whole path over a real library: answers, refusals with reasons, streaming, LlamaIndex's interface."""

import asyncio
import threading
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from llama_index.core.base.base_query_engine import BaseQueryEngine

from index.article import Article, Filters
from index.errors import LibraryClosed, UsageError
from index.library import Library
from rag import CitedQueryEngine, Settings
from rag.prompts import REFUSAL
from tests.rag.conftest import FERRY, WHALES


def without_timings(answer):
    return replace(answer, timings_ms={})


def test_an_answer_quotes_the_words_that_hold_it(engine):
    answer = engine.ask("How many passengers will the new ferry carry?")
    assert answer.answerable
    first = answer.citations[0]
    assert "550 passengers" in first.quote
    assert FERRY.text[first.start : first.end] == first.quote
    assert (first.number, first.publisher, first.published) == (1, "Island Post", date(2024, 3, 1))
    assert "[1]" in answer.answer


def test_what_the_articles_leave_out_is_refused_with_the_closest_passages(engine):
    answer = engine.ask("Who won the football world cup in 1998?")
    assert not answer.answerable
    assert answer.refusal_reason in ("low_evidence", "no_evidence")
    assert answer.answer.startswith(REFUSAL)
    assert (answer.citations, answer.sentences) == ((), ())
    assert answer.passages


def test_a_sentence_with_every_word_of_the_question_is_an_answer(engine):
    answer = engine.ask("Who is Morag Bain?")
    assert answer.answerable
    assert "Council leader Morag Bain" in answer.citations[0].quote


def test_an_empty_library_says_so(tmp_path):
    with Library.open(tmp_path / "empty", create=True) as library:
        answer = CitedQueryEngine(library).ask("Anything?")
    assert (answer.answerable, answer.refusal_reason) == (False, "empty_library")


@pytest.mark.parametrize(
    "filters",
    [
        Filters(publishers=("Nature Weekly",)),
        Filters(since=date(2025, 1, 1)),
        Filters(articles=("whales",)),
        Filters(publishers=("No such paper",)),
        Filters(until=date(1990, 1, 1)),
    ],
)
def test_a_filter_that_hides_the_answer_is_named_as_the_reason(engine, filters):
    answer = engine.ask("How many passengers will the new ferry carry?", filters=filters)
    assert (answer.answerable, answer.refusal_reason) == (False, "filtered_out")


def test_filters_let_the_answer_through(engine):
    filters = Filters(publishers=("island post",), since=date(2024, 3, 1), until=date(2024, 3, 1))
    answer = engine.ask("How many passengers will the new ferry carry?", filters=filters)
    assert answer.answerable
    assert {c.article_id for c in answer.citations} == {"ferry"}
    assert {p.article_id for p in answer.passages} == {"ferry"}


def test_the_same_question_gives_the_same_answer(engine, library):
    again = CitedQueryEngine(library)
    question = "Who counted the whales?"
    assert without_timings(engine.ask(question)) == without_timings(again.ask(question))


def test_streaming_ends_with_the_same_answer(engine):
    question = "Why have the whales come back?"
    *pieces, last = engine.stream(question)
    assert "".join(pieces) == last.answer
    assert without_timings(last) == without_timings(engine.ask(question))


def test_a_follow_up_is_answered_about_the_same_subject(engine):
    history = [{"question": "Who is Idris Cole?", "answer": "Marine biologist Idris Cole counted 17 [1]."}]
    answer = engine.ask("How many animals did he count?", history)
    assert "Idris Cole" in answer.standalone_question
    assert any("17 animals" in c.quote for c in answer.citations)


def test_llama_index_gets_the_cited_spans_as_nodes(bold_engine):
    assert isinstance(bold_engine, BaseQueryEngine)
    response = bold_engine.query("Where is the ferry being built?")
    answer = response.metadata["answer"]
    assert str(response) == answer["answer"]
    assert [n.node.get_content() for n in response.source_nodes] == [c["quote"] for c in answer["citations"]]
    node = response.source_nodes[0].node
    assert FERRY.text[node.start_char_idx : node.end_char_idx] == node.get_content()


def test_a_question_awaited_does_not_hold_up_the_loop(bold_engine, monkeypatch):
    goes_on = threading.Event()
    ask = bold_engine.ask

    def ask_when_it_goes_on(question):
        assert goes_on.wait(30)
        return ask(question)

    monkeypatch.setattr(bold_engine, "ask", ask_when_it_goes_on)

    async def asked():
        answer = asyncio.create_task(bold_engine.aquery("Where is the ferry being built?"))
        await asyncio.sleep(0)
        asyncio.get_running_loop().call_soon(goes_on.set)
        return await answer

    assert "Gdansk" in asyncio.run(asked()).response


@pytest.mark.parametrize("question", ["", "   \n", "x" * 4001])
def test_empty_and_endless_questions_are_wrong_usage(engine, question):
    with pytest.raises(UsageError) as caught:
        engine.ask(question)
    assert caught.value.hint


@pytest.mark.parametrize(
    "question", ['"', "*", "AND OR NOT", "title:ferry", "(((", "-ferry", "ferry\\", "[1 TO 2]"]
)
def test_query_syntax_is_only_text(bold_engine, question):
    bold_engine.ask(question)


def test_a_history_that_is_none_is_wrong_usage(engine):
    with pytest.raises(UsageError, match="history entry 1"):
        engine.ask("Why?", [{"role": "user"}])


def test_what_two_articles_state_alike_is_one_sentence_with_two_citations(tmp_path):
    twin = Article(
        article_id="twin",
        title="Ferry ordered",
        text=(
            "A new ferry was ordered on Monday. "
            "The ship will carry 550 passengers and cost 49 million pounds."
        ),
    )
    with Library.open(tmp_path / "twins", create=True) as library:
        library.add([FERRY, twin, WHALES])
        answer = CitedQueryEngine(library).ask("How many passengers will the ship carry?")
    first = answer.sentences[0]
    assert len(first.citations) == 2
    assert {answer.citations[n - 1].article_id for n in first.citations} == {"ferry", "twin"}


def test_a_source_that_is_removed_meanwhile_is_never_cited(tmp_path):
    with Library.open(tmp_path / "gone", create=True) as library:
        library.add([FERRY, WHALES])
        engine = CitedQueryEngine(library, settings=Settings(refuse_below=0))
        library.remove("ferry")
        answer = engine.ask("How many passengers will the new ferry carry?")
    assert all(c.article_id == "whales" for c in answer.citations)


SENTENCES = st.sampled_from(
    [
        "The mayor opened the bridge in 1998.",
        "The mayor opened the bridge in 1998.",  # twice as likely: repeated sentences
        "قال الرئيس إن الجسر مفتوح. ",
        "Die Brücke kostet 3,5 Mio. Euro!",
        "👩‍👩‍👧‍👦 families crossed the bridge 🎉.",
        "Zero\u200bwidth and\u00a0no-break spaces stay.",
        "e\u0301 is not é.",
        "“We will rebuild it,” she said. “Soon.”",
        "\u202eRight to left\u202c the bridge goes.",
        "Dr. Smith vs. the U.S. bridge board.",
        "桥是开放的。市长说了。",
        "Is the bridge open?",
        "BRIDGE " * 120,
        "no full stop here the bridge",
    ]
)
BREAKS = st.sampled_from([" ", "\n", "\n\n", "\r\n", "  ", "\t", "\u2028", ""])
TEXTS = st.lists(st.tuples(SENTENCES, BREAKS), min_size=1, max_size=25).map(
    lambda parts: "".join(sentence + gap for sentence, gap in parts)
)


@pytest.fixture(scope="module")
def growing(tmp_path_factory):
    with Library.open(tmp_path_factory.mktemp("growing"), create=True) as library:
        yield library


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(TEXTS, min_size=1, max_size=3))
def test_every_citation_of_every_answer_stands_in_its_article(growing, texts):
    growing.add([Article(article_id=f"a{n}", title="The bridge", text=text) for n, text in enumerate(texts)])
    engine = CitedQueryEngine(growing, settings=Settings(refuse_below=0))
    for question in ("When did the mayor open the bridge?", "ماذا قال الرئيس؟", "families 🎉", "桥"):
        answer = engine.ask(question)
        for citation in answer.citations:
            text = growing.show(citation.article_id, citation.version).text
            assert text[citation.start : citation.end] == citation.quote
        for passage in answer.passages:
            assert growing.show(passage.article_id).text[passage.start : passage.end] == passage.text
        numbers = [n for sentence in answer.sentences for n in sentence.citations]
        assert list(dict.fromkeys(numbers)) == [c.number for c in answer.citations]
        assert all(sentence.citations for sentence in answer.sentences)


def test_a_two_megabyte_line_is_cited_to_the_character(tmp_path):
    filler = "".join(f"Sheep number {n} grazed on the hill. " for n in range(1_200))
    text = filler + "The shepherd Aino Virta counted 1,204 sheep in all. " + filler
    with Library.open(tmp_path / "long", create=True) as library:
        library.add([Article(article_id="long", title="Sheep", text=text)])
        answer = CitedQueryEngine(library).ask("How many sheep did the shepherd Aino Virta count?")
    citation = next(c for c in answer.citations if "1,204" in c.quote)
    assert text[citation.start : citation.end] == citation.quote


def test_a_row_of_a_table_is_found_by_its_header_and_quoted_with_it(tmp_path):
    table = "Car park | Spaces | An hour\nStation Yard | 85 | £1.00\nRiverside | 110 | £1.40"
    with Library.open(tmp_path / "library", create=True) as library:
        library.add(
            [Article(article_id="minutes", title="Minutes", text=f"The charges were agreed.\n{table}")]
        )
        answer = CitedQueryEngine(library).ask("How many spaces does the Station Yard have?")
    quotes = [citation.quote for citation in answer.citations]
    assert quotes[:2] == ["Car park | Spaces | An hour", "Station Yard | 85 | £1.00"]


def test_a_closed_engine_says_so(tmp_path):
    with Library.open(tmp_path, create=True) as library:
        library.add([Article(article_id="a", title="Ferry", text="The ferry carries 550 passengers.")])
    engine = CitedQueryEngine.open(tmp_path)
    assert engine.ask("How many passengers does the ferry carry?").answerable
    engine.close()
    for use in (engine.ask, engine.search, lambda question: next(engine.stream(question))):
        with pytest.raises(LibraryClosed, match="is closed"):
            use("How many passengers does the ferry carry?")
    engine.close()
