"""Questions about the collection: exact counts, quotes that stand, refusals that say what was counted."""

from datetime import date

import pytest
from scripted_llm import ScriptedLLM

from index.article import Article, Filters
from index.library import Library
from rag import CitedQueryEngine
from rag.prompts import REFUSAL


def story(number, text, *, title=None, publisher="Reuters", published=None, author=None):
    return Article(
        article_id=f"a{number:02}",
        title=title or f"Story {number}",
        text=text,
        publisher=publisher,
        published=published,
        author=author,
    )


ARTICLES = [
    story(
        1,
        "The market was quiet.\nWagner’s men left Mali in May. The Wagner Group denied it.",
        published=date(2024, 3, 9),
        author="Maria Silva",
    ),
    story(2, "Two drones fell near Bamako, in Mali.", publisher="The Guardian", published=date(2025, 6, 9)),
    story(3, "A Wagnerian tenor sang in Bayreuth.", published=date(2023, 1, 2)),
    story(4, "The Mali empire was rich. A drone hummed.", publisher=None),
    story(5, "The council met on Monday.", title="What Wagner did next", publisher="AP"),
    *(story(n, f"Herring {n} was sold at the quay.", published=date(2020, 1, n - 9)) for n in range(10, 24)),
]
TEXTS = {article.article_id: article.text for article in ARTICLES}


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    with Library.open(tmp_path_factory.mktemp("collection"), create=True) as opened:
        opened.add(ARTICLES)
        yield opened


@pytest.fixture(scope="module")
def engine(library):
    return CitedQueryEngine(library)


def cited(answer):
    for citation in answer.citations:
        assert TEXTS[citation.article_id][citation.start : citation.end] == citation.quote
    assert all(sentence.citations for sentence in answer.sentences)
    return [citation.article_id for citation in answer.citations]


def test_mentions_are_counted_by_the_word_and_cited_by_the_sentence(engine):
    answer = engine.ask("How many articles mention Wagner?")
    assert answer.answer == "2 articles mention “Wagner” [1][2]."
    assert cited(answer) == ["a01", "a05"]  # not the Wagnerian; the second for its title
    assert [c.quote for c in answer.citations] == [
        "Wagner’s men left Mali in May.",
        "The council met on Monday.",
    ]
    assert (answer.answerable, answer.confidence, answer.answerer) == (True, 1.0, "catalogue")


def test_a_plural_counts_and_a_quoted_word_does_not(engine):
    assert cited(engine.ask("How many articles mention drones?")) == ["a02", "a04"]
    assert cited(engine.ask('How many articles mention "drones"?')) == ["a02"]


def test_a_follow_up_lists_them_with_their_period(engine):
    history = [{"question": "how many articles mention Mali?", "answer": "3 articles mention “Mali”."}]
    answer = engine.ask("which ones, from when to when?", history)
    assert cited(answer) == ["a02", "a01", "a04"]
    assert answer.answer.split("\n") == [
        "3 articles mention “Mali” [1][2][3].",
        "“Story 2” (The Guardian, 9 June 2025) [1].",
        "“Story 1” (Reuters, 9 March 2024) [2].",
        "“Story 4” [3]. They were published from 9 March 2024 to 9 June 2025; 1 has no date [2][1].",
    ]
    assert answer.standalone_question.startswith(
        "Which are the articles that mention Mali; from when to when"
    )


def test_a_pronoun_is_filled_in_first(engine):
    answer = engine.ask("How many articles mention it?", [{"question": "Who founded the Wagner Group?"}])
    assert cited(answer) == ["a01"]
    assert "“Wagner Group”" in answer.answer


def test_the_newest_is_named_and_quoted(engine):
    answer = engine.ask("what is the newest on Mali?")
    assert answer.answer == (
        "The newest article that mentions “Mali” is “Story 2” (The Guardian, 9 June 2025) [1]. "
        "Two drones fell near Bamako, in Mali [1]."
    )
    assert cited(engine.ask("What is the oldest article?")) == ["a10"]


def test_a_long_list_is_bounded_and_says_how_many_more(engine):
    answer = engine.ask("How many articles are there?")
    assert (
        "There are 19 articles in the library; the 10 newest are given here, and there are 9 more"
        in answer.answer
    )
    assert len(cited(answer)) == 10
    assert len(engine.ask("Which articles mention herring?").sentences) == 11


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("what do I have from the Guardian?", ["a02"]),
        ("What do I have from Guardian about Mali?", ["a02"]),
        ("Which articles by Maria Silva mention Mali?", ["a01"]),
        ("which articles are from March 2024?", ["a01"]),
        ("Which articles about Mali were published since 2025?", ["a02"]),
        ("Which articles mention both Wagner and Mali?", ["a01", "a01"]),
        ("Which articles mention Bayreuth or Bamako?", ["a02", "a03"]),
        ("Which articles mention drones in Mali?", ["a02"]),
    ],
)
def test_publishers_authors_dates_and_words_narrow_together(engine, question, found):
    if found == ["a01", "a01"]:  # one sentence has both names
        found = ["a01"]
    assert cited(engine.ask(question)) == found


def test_who_wrote_and_who_published(engine):
    assert (
        "They are by Maria Silva (1 article); 2 articles name no author"
        in engine.ask("Who wrote about Mali?").answer
    )
    publishers = engine.ask("Which publishers do I have?")
    assert (
        "3 publishers: Reuters (16 articles), AP (1 article) and The Guardian (1 article)"
        in publishers.answer
    )
    assert len(cited(publishers)) == 3


def test_filters_are_kept_to(engine):
    only = Filters(publishers=("the guardian",))
    answer = engine.ask("How many articles mention Mali?", filters=only)
    assert answer.answer == "One article that passes the filters mentions “Mali” [1]."
    refused = engine.ask("How many articles mention Wagner?", filters=only)
    assert (refused.answerable, refused.refusal_reason) == (False, "filtered_out")
    narrow = Filters(since=date(2025, 1, 1))
    assert cited(engine.ask("What do I have from Reuters since 2020?", filters=narrow)) == []
    assert cited(engine.ask("How many articles are there?", filters=Filters(articles=("a03",)))) == ["a03"]


def test_nothing_found_is_a_refusal_that_names_what_was_counted(engine, tmp_path):
    answer = engine.ask("How many articles mention zeppelins?")
    assert answer.answer == f"{REFUSAL} No article mentions “zeppelins”."
    assert (answer.answerable, answer.refusal_reason, answer.citations) == (False, "no_evidence", ())
    assert answer.confidence == 0
    assert answer.passages
    assert "No article from Nowhere Times." in engine.ask("What do I have from Nowhere Times?").answer
    with Library.open(tmp_path / "empty", create=True) as library:
        empty = CitedQueryEngine(library).ask("How many articles are there?")
    assert empty.refusal_reason == "empty_library"


def test_who_wrote_goes_to_the_articles_where_the_catalogue_knows_no_writer(tmp_path):
    with Library.open(tmp_path / "plain", create=True) as library:
        library.add(story(1, "Thucydides wrote about the plague of Athens.", publisher=None))
        answer = CitedQueryEngine(library).ask("Who wrote about the plague?")
    assert answer.answerer == "verbatim"


def test_it_streams_what_it_says_and_asks_no_model(library):
    llm = ScriptedLLM()
    engine = CitedQueryEngine(library, llm=llm)
    history = [{"question": "how many articles mention Mali?"}]
    *pieces, answer = engine.stream("which ones?", history)
    assert "".join(pieces) == answer.answer
    assert len(pieces) == len(answer.sentences) == 4
    assert (answer.answerer, llm.asked) == ("catalogue", [])
    assert answer.to_dict()["sentences"][1] == {
        "text": "“Story 2” (The Guardian, 9 June 2025)",
        "citations": [1],
        "support": "supported",
    }


def test_an_edited_or_removed_article_no_longer_counts(tmp_path):
    with Library.open(tmp_path / "changing", create=True) as library:
        library.add([story(1, "Otters swim here."), story(2, "Otters sleep here.")])
        engine = CitedQueryEngine(library)
        assert len(engine.ask("How many articles mention otters?").citations) == 2
        library.add(story(1, "Seals swim here."))
        assert [c.article_id for c in engine.ask("How many articles mention otters?").citations] == ["a02"]
        library.remove("a02")
        assert engine.ask("How many articles mention otters?").refusal_reason == "no_evidence"


def test_what_happened_since_a_month_names_the_articles_of_that_time(engine):
    answer = engine.ask("What happened in Mali after March 2024?")
    assert cited(answer) == ["a02"]
    assert "published since 1 April 2024" in answer.answer


@pytest.mark.parametrize("time", ["after 1990", "before 2026", "after 2025"])
def test_what_happened_in_a_time_that_tells_no_articles_apart_is_asked_of_the_texts(engine, time):
    assert engine.ask(f"What happened in Mali {time}?").answerer == "verbatim"
