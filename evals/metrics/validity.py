"""Citation validity: the share of an answer's markers that resolve to exactly one of its citations.

A marker is a `[n]` in the answer's text or a number that a sentence carries. An answer without a marker has
no validity (that is coverage's business).

Fails on: what a citation says; a marker may resolve and point to the wrong words (see `gold`, `verbatim`). A
"[7]" inside a quoted sentence is the article's own and is not taken for a marker, which also forgives an
engine that prints a number there that is not its own.
"""

from __future__ import annotations

import re
from collections import Counter

from rag.answer import Answer

_MARKER = re.compile(r"\[(\d+)\]")


def markers(answer: Answer) -> list[int]:
    """Every marker of the answer: those of its sentences, and those that stand in its text besides."""
    carried = [n for sentence in answer.sentences for n in sentence.citations]
    in_text = Counter(map(int, _MARKER.findall(answer.answer)))
    quoted = Counter(int(n) for s in answer.sentences for n in _MARKER.findall(s.text))
    return carried + sorted((in_text - quoted - Counter(carried)).elements())


def citation_validity(answer: Answer) -> float | None:
    """Share of markers that resolve, in [0, 1]; None where there is no marker."""
    found = markers(answer)
    numbers = Counter(c.number for c in answer.citations)
    return sum(numbers[n] == 1 for n in found) / len(found) if found else None


def invalid_markers(answer: Answer) -> list[int]:
    """The markers that do not resolve, each once, in order."""
    numbers = Counter(c.number for c in answer.citations)
    return sorted({n for n in markers(answer) if numbers[n] != 1})
