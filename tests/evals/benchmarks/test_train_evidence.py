"""Where to refuse is chosen for libraries of each size, from what is measured in libraries of that size."""

from evals.benchmarks.datasets import GoldQuestion
from evals.benchmarks.evidence_questions import IN_PARTS, IN_PIECES, Asked, Sort
from evals.benchmarks.train_evidence import (
    GAP_COSTS,
    Judged,
    choose_thresholds,
    cut_of,
    gap_costs,
    is_fitted_on,
    sizes_of,
)
from index.article import Span
from rag.evidence import shipped_model
from rag.question import analyse
from rag.weights import TermWeights


def asked(dataset: str, chunks: int, sort: Sort = "answerable") -> Asked:
    question = analyse("Who ran the mill?", TermWeights(lambda stem: 1, lambda stem: False, chunks=chunks))
    gold = GoldQuestion(
        text=question.text,
        article_id="mill",
        context=Span(0, 10),
        answers=(),
        evidence=(),
        gold=(),
        answerable=sort == "answerable",
        group="mill",
    )
    return Asked(
        gold=gold,
        question=question,
        sort=sort,
        dataset=dataset,
        of_passages={},
        sentences=(),
    )


OF_EVERY_SIZE = [
    *(asked(f"news{IN_PIECES}", chunks) for chunks in (9, 16)),
    *(asked(f"news{IN_PARTS}", chunks) for chunks in (50, 200)),
    *(asked(name, chunks) for name, chunks in (("news", 400), ("wiki", 1600))),
]


def test_each_size_is_told_by_the_name_of_the_data_set():
    assert [cut_of(a.dataset) for a in OF_EVERY_SIZE[::2]] == list(GAP_COSTS) == [IN_PIECES, IN_PARTS, ""]
    assert [is_fitted_on(a) for a in OF_EVERY_SIZE[::2]] == [True, False, True]


def test_what_is_chosen_for_large_libraries_holds_from_the_smallest_on():
    assert sizes_of(OF_EVERY_SIZE) == {IN_PIECES: 12, IN_PARTS: 100, "": 400}
    assert gap_costs(OF_EVERY_SIZE) == [(12, 20.0), (100, 5.0), (400, 1.5)]


def test_each_size_has_the_threshold_that_parts_its_own_questions():
    parted = {IN_PIECES: 0.2, IN_PARTS: 0.4, "": 0.6}
    judged = [
        Judged(
            asked(a.dataset, a.question.library_chunks, sort), [], [], parted[cut_of(a.dataset)] + by, False
        )
        for a in OF_EVERY_SIZE
        for sort, by in (("answerable", 0.02), ("off-topic", -0.02))
    ]
    chosen = choose_thresholds(judged)
    assert [chunks for chunks, _ in chosen] == [12, 100, 400]
    for (_, threshold), place in zip(chosen, parted.values(), strict=True):
        assert abs(threshold - place) <= 0.02


def test_the_shipped_model_has_its_sizes_in_order():
    model = shipped_model()
    for measured in (model.thresholds, model.gap_costs):
        sizes = [chunks for chunks, _ in measured]
        assert sizes == sorted(set(sizes))
    assert [cost for _, cost in model.gap_costs] == list(GAP_COSTS.values())
