"""Pairs of articles that differ, and pairs that only seem to: one library, the real retrieval."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml

from index.article import Article
from index.library import Library
from rag.answer import AnswerSentence
from rag.citations import with_markers
from rag.disagreement import differing, find_disagreement
from rag.evidence import find_evidence, shipped_model
from rag.question import analyse
from rag.retriever import HybridRetriever
from rag.weights import TermWeights

HERE = Path(__file__).parent / "cases"
DIFFER = yaml.safe_load((HERE / "differ.yaml").read_text(encoding="utf-8"))
AGREE = yaml.safe_load((HERE / "agree.yaml").read_text(encoding="utf-8"))
SINGLE = yaml.safe_load((HERE / "single_sentences.yaml").read_text(encoding="utf-8"))


def named(cases):
    return [pytest.param(case, id=case["name"].replace(" ", "-")) for case in cases]


@pytest.fixture(scope="module")
def island(tmp_path_factory):
    with Library.open(tmp_path_factory.mktemp("island"), create=True) as opened:
        opened.add(
            Article(
                article_id=each["id"],
                title=each["title"],
                text=each["text"],
                publisher=each.get("publisher"),
                published=each.get("published"),
            )
            for case in (*DIFFER, *AGREE)
            for each in case["articles"]
        )
        yield opened


@pytest.fixture(scope="module")
def single_sentences(tmp_path_factory):
    with Library.open(tmp_path_factory.mktemp("single"), create=True) as opened:
        opened.add(
            Article(
                article_id=f"{case['question']} {n}", title="Report", text=text, published=date(2025, 5, n)
            )
            for cases in SINGLE.values()
            for case in cases
            for n, text in enumerate(case["says"], start=1)
        )
        yield opened


def disagreement(library, text):
    question = analyse(text, TermWeights.of(library))
    evidence = find_evidence(question, HybridRetriever(library).search(text), shipped_model())
    return find_disagreement(question, evidence)


def ids(sentences):
    return [each.hit.article.article_id for each in sentences]


@pytest.mark.parametrize("case", named(DIFFER))
def test_articles_that_differ_are_both_quoted_newest_first(island, case):
    found = disagreement(island, case["question"])
    assert sorted(ids(found)) == sorted(each["id"] for each in case["articles"])
    assert ids(found)[0] == case["newest"]
    dates = [each.hit.article.published for each in found]
    assert dates == sorted(dates, key=lambda day: day or date.min, reverse=True)


@pytest.mark.parametrize("case", named(AGREE))
def test_articles_that_only_seem_to_differ_do_not(island, case):
    assert disagreement(island, case["question"]) == ()


@pytest.mark.parametrize("case", named(DIFFER))
def test_the_sentence_quotes_each_with_publisher_and_date(island, case):
    found = disagreement(island, case["question"])
    draft = differing(found)
    for source, sentence in zip(draft.sources, found, strict=True):
        text = island.show(source.article.article_id).text
        assert text[source.span.start : source.span.end] == source.quote == sentence.text
        assert f"“{source.quote}” ({source.article.publisher or source.article.title}, " in draft.text
    assert draft.text.startswith("The articles differ")
    assert ("correction" in draft.text.partition(":")[0]) == case.get("corrected", False)


@pytest.mark.parametrize(
    ("case", "differ"),
    [
        pytest.param(case, side == "differ", id=f"{side}-{case['question']}")
        for side, cases in SINGLE.items()
        for case in cases
    ],
)
def test_two_single_sentences(single_sentences, case, differ):
    question = case["question"]
    expected = [f"{question} 2", f"{question} 1"] if differ else []
    assert ids(disagreement(single_sentences, question)) == expected


def test_the_markers_stand_before_the_full_stop(island):
    draft = differing(disagreement(island, "How many people were brought to safety at the Anchor Hotel?"))
    shown = with_markers(AnswerSentence(text=draft.text, citations=(1, 2), support="supported"))
    assert shown == (
        "The articles differ: “Fire crews brought 41 people to safety.” (The Courier, 3 May 2025), "
        "“Fire crews brought 38 people to safety.” (Valley News, 1 May 2025) [1][2]."
    )


def test_an_article_without_publisher_and_date_is_named_by_its_title_and_comes_last(island):
    draft = differing(disagreement(island, "How many seals did the rangers count on Gull Rock?"))
    assert draft.text.endswith("counted 112 seals.” (Seals of Gull Rock, undated).")


def test_articles_of_one_day_are_in_order_of_their_ids(tmp_path):
    texts = {"b": "The Reed mill grinds 30 sacks.", "a": "The Reed mill grinds 45 sacks."}
    with Library.open(tmp_path / "library", create=True) as library:
        library.add(
            Article(article_id=id_, title="The Reed mill", text=text, published=date(2025, 5, 5))
            for id_, text in texts.items()
        )
        found = [disagreement(library, "How many sacks does the Reed mill grind?") for _ in range(2)]
    assert [ids(each) for each in found] == [["a", "b"], ["a", "b"]]


def test_of_those_that_state_the_same_the_newest_is_quoted(tmp_path):
    told = {2: 30, 3: 45, 4: 30}
    besides = {  # else day 4 were a copy of day 2
        2: "Its wheel turns again, after a winter in which ice had stopped the stream for seven weeks.",
        3: "Rain has come at last, and with it the carts from farms on the far side of the ridge.",
        4: "A second miller was hired, who had learnt the trade from an uncle at the coast.",
    }
    with Library.open(tmp_path / "library", create=True) as library:
        library.add(
            Article(
                article_id=f"day-{day}",
                title="The Reed mill",
                text=f"The Reed mill grinds {sacks} sacks. {besides[day]}",
                published=date(2025, 5, day),
            )
            for day, sacks in told.items()
        )
        found = disagreement(library, "How many sacks does the Reed mill grind?")
    assert ids(found) == ["day-4", "day-3"]


def test_sentences_of_one_article_do_not_disagree(tmp_path):
    text = "The Reed mill grinds 30 sacks. In truth the Reed mill grinds 45 sacks."
    with Library.open(tmp_path / "library", create=True) as library:
        library.add(Article(article_id="mill", title="The Reed mill", text=text))
        assert disagreement(library, "How many sacks does the Reed mill grind?") == ()


def test_nothing_found_is_no_disagreement(tmp_path):
    with Library.open(tmp_path / "library", create=True) as library:
        assert disagreement(library, "How many sacks does the Reed mill grind?") == ()
