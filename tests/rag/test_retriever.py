"""Fusion, and LlamaIndex's view of it."""

from dataclasses import replace

import pytest
from llama_index.core.base.base_retriever import BaseRetriever

from index.article import Filters
from index.library import Library
from rag.retriever import SENTENCE_SHARE, TEXT_WEIGHT, HybridRetriever, fused_score, shortlist
from tests.rag.conftest import FERRY


def test_the_score_is_a_share_of_what_both_searches_could_find(library):
    found = library.search("ferry", k=10)
    hit, vector = found.hits[0], found.question_vector
    nearest = max(float(sentence @ vector) for sentence in hit.sentence_vectors)
    meaning = (1 - SENTENCE_SHARE) * hit.similarity + SENTENCE_SHARE * nearest
    text = hit.text_score / 4
    expected = TEXT_WEIGHT * text + (1 - TEXT_WEIGHT) * meaning
    assert fused_score(hit, vector, 4.0) == pytest.approx(expected)
    assert fused_score(hit, vector, 0.0) == pytest.approx((1 - TEXT_WEIGHT) * meaning)


def test_what_an_earlier_printing_says_lifts_only_that_one(library):
    found = library.search("What did Idris Cole count in July?", k=10)
    hit = next(each for each in found.hits if each.article.article_id == "whales")
    near = hit.sentence_vectors @ found.question_vector
    best = hit.chunk.sentences[int(near.argmax())]
    alone = fused_score(hit, found.question_vector, 4.0)
    again = fused_score(replace(hit, repeated=frozenset([best])), found.question_vector, 4.0)
    lost = float(near.max() - sorted(near)[-2])
    assert alone - again == pytest.approx((1 - TEXT_WEIGHT) * SENTENCE_SHARE * lost, abs=1e-6)
    assert lost > 0


def test_the_shortlist_is_by_reciprocal_rank(library):
    hit = library.search("ferry", k=10).hits[0]
    ranks = [(1, None), (None, 1), (3, 3), (2, 9), (None, None), (None, 2)]
    hits = [replace(hit, text_rank=text, vector_rank=vector) for text, vector in ranks]
    chosen = [(each.text_rank, each.vector_rank) for each in shortlist(hits, 5)]
    assert chosen == [(3, 3), (2, 9), (1, None), (None, 1), (None, 2)]


def test_a_search_of_nothing_finds_nothing(tmp_path):
    with Library.open(tmp_path / "library", create=True) as empty:
        assert HybridRetriever(empty).search("Where is “the ferry” built?").hits == ()


@pytest.mark.parametrize(
    ("question", "articles"),
    [
        ("Where is the “ferry” being built?", {"ferry"}),
        ('What of "the old ferry" and the whales?', {"ferry"}),
        ("What of the “humpback whales”?", {"whales"}),
        ("What of the “July” and the sound?", {"whales"}),
        ("What of the “whales return to the Sound”?", {"whales"}),  # the title is part of a passage
    ],
)
def test_words_in_quotation_marks_must_occur(library, question, articles):
    found = HybridRetriever(library).search(question)
    assert {hit.article.article_id for hit in found.hits} == articles
    assert found.gaps == ()


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Who spoke of “a bright future” for the ferry?", ["No passage has the words “a bright future”."]),
        ("Is the “ferries” being built?", ["No passage has the words “ferries”."]),  # exactly these words
        ("Is a “ferry carry” built?", ["No passage has the words “ferry carry”."]),
        (
            "Did “Morag Bain” see “Idris Cole” ?",
            ["No passage has the words “Morag Bain” together with “Idris Cole”."],
        ),
    ],
)
def test_quoted_words_that_no_passage_has_are_a_gap(library, engine, question, said):
    found = HybridRetriever(library).search(question)
    assert list(found.gaps) == said
    assert found.hits  # the nearest passages are still shown
    answer = engine.ask(question)
    assert not answer.answerable
    assert said[0] in answer.answer
    assert answer.confidence < 0.075
    assert answer.passages
    assert engine.search(question) == ()  # no answer there to say that they are none of what was asked for
    assert HybridRetriever(library).retrieve(question) == []


def test_passages_are_ranked_and_cut(library):
    found = HybridRetriever(library).search("Where is the ferry being built?", top_k=1)
    (passage,) = found.passages
    assert passage.article_id == "ferry"
    assert passage.ranks == {"text": 1, "vector": 1}
    assert FERRY.text[passage.start : passage.end] == passage.text


def test_llama_index_retrieves_nodes_with_true_offsets(library):
    retriever = HybridRetriever(library, filters=Filters(articles=("ferry",)))
    assert isinstance(retriever, BaseRetriever)
    nodes = retriever.retrieve("Where is the ferry being built?")
    assert {n.node.metadata["article_id"] for n in nodes} == {"ferry"}
    for found in nodes:
        node = found.node
        assert FERRY.text[node.start_char_idx : node.end_char_idx] == node.get_content()
        assert node.metadata["published"] == "2024-03-01"
