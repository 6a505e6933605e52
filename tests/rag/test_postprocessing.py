"""LlamaIndex postprocessors between retrieval and evidence: its own, a user's own, broken ones."""

from __future__ import annotations

import pytest
from llama_index.core.postprocessor import LongContextReorder, SimilarityPostprocessor
from llama_index.core.postprocessor.types import BaseNodePostprocessor
from llama_index.core.schema import NodeWithScore, TextNode

from index.errors import ModelError, UsageError
from rag import CitedQueryEngine, Settings
from rag.postprocessing import load_postprocessors
from rag.retriever import HybridRetriever
from rag.settings import load_settings

QUESTION = "What did Idris Cole count in July?"


class ByLength(BaseNodePostprocessor):
    """A reranker: the shortest passage first, scored by its length."""

    def _postprocess_nodes(self, nodes, query_bundle=None):
        assert query_bundle.query_str
        ranked = sorted(nodes, key=lambda each: len(each.node.get_content()))
        return [NodeWithScore(node=each.node, score=1 / len(each.node.get_content())) for each in ranked]


class Dropping(BaseNodePostprocessor):
    def _postprocess_nodes(self, nodes, query_bundle=None):
        return []


class Failing(BaseNodePostprocessor):
    def _postprocess_nodes(self, nodes, query_bundle=None):
        raise ValueError("the model is asleep")


class Inventing(BaseNodePostprocessor):
    def _postprocess_nodes(self, nodes, query_bundle=None):
        return [*nodes, NodeWithScore(node=TextNode(id_="made up", text="Whales fly."), score=1.0)]


class Doubling(BaseNodePostprocessor):
    def _postprocess_nodes(self, nodes, query_bundle=None):
        return [*nodes, *nodes]


def test_a_reranker_decides_order_and_scores(library):
    plain = HybridRetriever(library).search(QUESTION)
    ranked = HybridRetriever(library, postprocessors=[ByLength()]).search(QUESTION)
    assert {hit.chunk.chunk_id for hit in ranked.hits} == {hit.chunk.chunk_id for hit in plain.hits}
    lengths = [len(passage.text) for passage in ranked.passages]
    assert lengths == sorted(lengths)
    assert [passage.score for passage in ranked.passages] == [1 / length for length in lengths]
    assert ranked.passages[0].ranks == next(
        each.ranks for each in plain.passages if each.text == ranked.passages[0].text
    )


def test_a_reranker_sees_more_than_is_wanted(library):
    first = HybridRetriever(library, top_k=1).search(QUESTION).passages[0]
    (shortest,) = HybridRetriever(library, top_k=1, postprocessors=[ByLength()]).search(QUESTION).passages
    assert len(shortest.text) == min(
        len(each.text) for each in HybridRetriever(library).search(QUESTION).passages
    )
    assert first.article_id == "whales"


def test_llama_indexs_own_cut_passages_by_their_score(library):
    scores = HybridRetriever(library).search(QUESTION).scores
    assert scores[1] < scores[0] <= 1
    cutting = SimilarityPostprocessor(similarity_cutoff=(scores[0] + scores[1]) / 2)
    found = HybridRetriever(library, postprocessors=[LongContextReorder(), cutting]).search(QUESTION)
    assert found.scores == scores[:1]


def test_postprocessors_go_before_evidence(library):
    answer = CitedQueryEngine(library, postprocessors=[ByLength()]).ask(QUESTION)
    assert answer.answerable
    assert "17 animals" in answer.answer
    refused = CitedQueryEngine(library, postprocessors=[Dropping()]).ask(QUESTION)
    assert (refused.answerable, refused.refusal_reason, refused.passages) == (False, "no_evidence", ())


def test_a_node_given_back_twice_counts_once(library):
    plain = HybridRetriever(library).search(QUESTION)
    doubled = HybridRetriever(library, postprocessors=[Doubling()]).search(QUESTION)
    assert doubled.passages == plain.passages


def test_llama_indexs_retriever_goes_through_them_too(library):
    nodes = HybridRetriever(library, postprocessors=[ByLength()]).retrieve(QUESTION)
    lengths = [len(each.node.get_content()) for each in nodes]
    assert lengths == sorted(lengths)


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (Failing(), "the postprocessor Failing failed: ValueError: the model is asleep"),
        (Inventing(), "the postprocessor Inventing returned a node that it was not given: 'made up'"),
    ],
)
def test_a_broken_one_is_named(library, broken, said):
    with pytest.raises(ModelError) as raised:
        CitedQueryEngine(library, postprocessors=[broken]).ask(QUESTION)
    assert raised.value.message == said
    assert raised.value.hint


def test_settings_name_them(library, monkeypatch):
    name = f"{__name__}:ByLength"
    monkeypatch.setenv("CITEWELL_POSTPROCESSORS", f"{name}, {name}")
    settings = load_settings()
    assert settings.postprocessors == (name, name)
    lengths = [len(each.text) for each in CitedQueryEngine(library, settings=settings).search(QUESTION)]
    assert lengths == sorted(lengths)


@pytest.mark.parametrize("name", ["ByLength", "no_such_module:x", "collections:Counter"])
def test_a_wrong_name_is_wrong_usage(library, name):
    with pytest.raises(UsageError, match="postprocessor"):
        CitedQueryEngine(library, settings=Settings(postprocessors=(name,)))
    assert load_postprocessors(()) == ()
