"""Fusion, and LlamaIndex's view of it."""

from dataclasses import replace

from llama_index.core.base.base_retriever import BaseRetriever

from index.article import Filters
from rag.retriever import RANK_OFFSET, TEXT_WEIGHT, VECTOR_WEIGHT, HybridRetriever, fused_score
from tests.rag.conftest import FERRY


def test_fusion_is_weighted_reciprocal_rank(library):
    hit = HybridRetriever(library).search("ferry").hits[0]
    both = replace(hit, text_rank=1, vector_rank=3)
    assert fused_score(both) == TEXT_WEIGHT / (RANK_OFFSET + 1) + VECTOR_WEIGHT / (RANK_OFFSET + 3)
    assert fused_score(replace(hit, text_rank=None, vector_rank=3)) == VECTOR_WEIGHT / (RANK_OFFSET + 3)
    assert fused_score(replace(hit, text_rank=None, vector_rank=None)) == 0


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
