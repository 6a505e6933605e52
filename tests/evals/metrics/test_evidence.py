"""Gold evidence in passages: cutting the articles otherwise voids nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.measures import RETRIEVAL
from evals.metrics.evidence import evidence_ranks, holds, retrieval_metrics

QUOTE = "Ann Marsh founded the mill in 1902."


@pytest.mark.parametrize(
    ("passage", "held"),
    [
        (f"It is old. {QUOTE} It burned down.", True),
        ("It is old. ann marsh founded\nthe mill,  in 1902", True),
        ("It is old. Ann Marsh founded the", True),
        ("the mill in 1902. It burned down.", True),
        ("Marsh founded the mill in", True),
        ("It is old. Ann Marsh", False),
        ("Ann Marsh founded the bridge in 1902.", False),
        ("Joann Marsh founded the mill in 19023", False),
        ("Marsh", False),
        ("", False),
    ],
)
def test_a_passage_holds_a_quote_by_at_least_half(passage: str, held: bool) -> None:
    assert holds(passage, QUOTE) is held


WORDS = st.lists(st.from_regex(r"[a-z]{3,6}", fullmatch=True), min_size=4, max_size=30, unique=True)


@given(WORDS, st.data())
def test_wherever_a_text_is_cut_one_part_holds_the_quote(words: list[str], data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(words) - 1))
    end = data.draw(st.integers(start + 1, len(words)))
    cut = data.draw(st.integers(1, len(words) - 1))
    parts = [" ".join(words[:cut]), " ".join(words[cut:])]
    assert any(rank is not None for rank in evidence_ranks(parts, [" ".join(words[start:end])]))


def test_each_quote_has_the_rank_of_its_first_passage() -> None:
    passages = ["Something else.", QUOTE, "It burned down. Nobody was hurt.", QUOTE]
    assert evidence_ranks(passages, [QUOTE, "Nobody was hurt", "not there"]) == [2, 3, None]
    found = retrieval_metrics(passages, [QUOTE, "Nobody was hurt", "not there"])
    assert set(found) == set(RETRIEVAL)
    assert (found["hit@1"], found["hit@3"], found["mrr@10"]) == (0, 1, 0.5)
    assert found["recall@5"] == pytest.approx(2 / 3)
    assert 0 < found["ndcg@10"] < 1


def test_one_passage_with_all_the_evidence_is_the_best_there_is() -> None:
    found = retrieval_metrics([f"{QUOTE} Nobody was hurt."], [QUOTE, "Nobody was hurt."])
    assert set(found.values()) == {1}
    assert set(retrieval_metrics([], [QUOTE]).values()) == {0}
