"""Citation precision: the share of an answer's markers that their sentence needs.

ALCE's citation precision (Gao et al. 2023): each marker is left out in turn. One is needless if its citation
alone does not carry the sentence and the others do without it; and every marker of a sentence that all of
them together do not carry counts as needless too. Two articles that state the same are both needed: each
carries the sentence alone.

Fails on: what `evals.metrics.support` fails on; and a sentence with one marker has precision where it has
support, so for an engine that cites once a sentence this says nothing new.
"""

from __future__ import annotations

from collections.abc import Sequence

from evals.metrics.support import Carrier, SentenceSupport


def needed_markers(judged: Sequence[SentenceSupport], carrier: Carrier) -> list[tuple[int, bool]]:
    """Each marker of the content sentences in order, and whether its sentence needs it."""
    return [
        (number, _is_needed(number, each, carrier)) for each in judged for number in each.sentence.citations
    ]


def citation_precision(needed: Sequence[tuple[int, bool]]) -> float | None:
    """Share of markers that are needed, in [0, 1]; None where there is no marker."""
    return sum(is_needed for _, is_needed in needed) / len(needed) if needed else None


def _is_needed(number: int, judged: SentenceSupport, carrier: Carrier) -> bool:
    if judged.level != "supported":
        return False
    others = [n for n in judged.sentence.citations if n != number]
    text = judged.sentence.text
    if not others or carrier.carries(text, [number]).level == "supported":
        return True
    return carrier.carries(text, others).level != "supported"
