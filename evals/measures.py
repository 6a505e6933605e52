"""The names under which results, thresholds and baselines speak of the metrics, and what each may be."""

from __future__ import annotations

CITATIONS = ("validity", "coverage", "verbatim", "gold", "support", "precision")
RETRIEVAL = ("hit@1", "hit@3", "hit@5", "hit@10", "mrr@10", "ndcg@10", "recall@5", "recall@10")
OF_A_CASE = ("facts", *CITATIONS, "token_f1", *RETRIEVAL, "answer_tokens")
"""Measured on one answer; a suite has the mean over the cases to which it applies."""
OF_A_SUITE = ("refusals", "false_refusals", "score")
"""Counted over all cases."""
ALL = (*OF_A_CASE, *OF_A_SUITE)

UPPER_BOUNDS = frozenset({"false_refusals", "answer_tokens"})
"""Metrics of which less is better; their thresholds are upper bounds, all others are lower."""
NEEDS = {"gold": "gold", "token_f1": "reference"} | dict.fromkeys(RETRIEVAL, "evidence")
"""The field of a case without which the metric does not apply to it."""

MEANINGS: dict[str, str] = {
    "facts": "share of the facts due that the answer states",
    "validity": "share of the markers that point to a citation",
    "coverage": "share of the sentences that carry a citation",
    "verbatim": "share of the quotes that stand in the article at their place, to the character",
    "gold": "an article that the case names is cited",
    "support": "share of the sentences that the words they cite carry",
    "precision": "share of the markers that their sentence needs",
    "token_f1": "words in common with the reference answer",
    "mrr@10": "1/rank of the first passage with evidence, 0 beyond the tenth",
    "ndcg@10": "how high the passages with evidence stand, 1 being best",
    "answer_tokens": "length of the answer, as tiktoken counts",
    "refusals": "share refused of what should be refused",
    "false_refusals": "share refused of what should be answered",
    "score": "1 for what is right, 0 for a refusal where an answer was due, -1 for what is wrong",
    **{f"hit@{k}": f"evidence is among the first {k} passages" for k in (1, 3, 5, 10)},
    **{f"recall@{k}": f"share of the evidence among the first {k} passages" for k in (5, 10)},
}
"""What each metric says, in a line; its module has the whole of it."""

SUITE_DEFAULTS: dict[str, float] = {
    "facts": 1.0,
    "validity": 1.0,
    "coverage": 1.0,
    "verbatim": 1.0,
    "refusals": 1.0,
    "false_refusals": 0.0,
}
"""What a suite that says nothing is held to: everything right."""
CASE_DEFAULTS: dict[str, float] = {
    "facts": 1.0,
    "validity": 1.0,
    "coverage": 1.0,
    "verbatim": 1.0,
    "gold": 1.0,
}
"""What a case that says nothing is held to."""


def limits(metric: str) -> tuple[float, float]:
    """The least and the greatest value of a metric.

    >>> limits("score"), limits("facts")
    ((-1.0, 1.0), (0.0, 1.0))
    """
    low = -1.0 if metric == "score" else 0.0
    return low, float("inf") if metric == "answer_tokens" else 1.0


def holds(metric: str, value: float, bound: float) -> bool:
    """Whether a value keeps its bound."""
    return value <= bound if metric in UPPER_BOUNDS else value >= bound


def shown(metric: str, value: float | None) -> str:
    """A value for people.

    >>> shown("facts", 0.95), shown("answer_tokens", 74.26), shown("gold", None)
    ('0.950', '74.3', '–')
    """
    if value is None:
        return "–"
    return f"{value:.1f}" if metric == "answer_tokens" else f"{value:.3f}"


def shortfall(metric: str, value: float | None, bound: float) -> str:
    """A missed bound in words.

    >>> shortfall("facts", 0.5, 0.95)
    'facts 0.5 (below 0.95)'
    """
    measured = "not measured" if value is None else f"{value:.3g}"
    return f"{metric} {measured} ({'above' if metric in UPPER_BOUNDS else 'below'} {bound:g})"
