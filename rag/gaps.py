"""What a question names or asks for that the evidence plainly lacks: reasons to refuse that can be told.

A near miss ("how many fighters", where the articles count none; "in 2021", where they speak of 2023) looks
like an answerable question to every measure of similarity. These few checks look for what must be there.
They seldom speak without cause: of the answerable questions of SQuAD 2.0 dev (8 articles, every third) and
CLAP NQ (every third) they stop about 2 in 100.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from index.fulltext import terms
from rag.forms import holds_form
from rag.question import Kind, Question

LEAST_SHARE = 0.3
"""Sentences with at least this share of the probability must have what is asked for."""

_WANTED: dict[Kind, str] = {
    "money": "a sum",
    "count": "a number",
    "share": "a share",
    "duration": "a length of time",
    "year": "a year",
    "date": "a date",
    "role": "a name",
    "town": "a town",
    "cause": "a cause",
}
_TOLD_ONLY_BY: dict[str, frozenset[str]] = {
    "born": frozenset(terms("born birth birthplace native")),
    "marri": frozenset(terms("married marriage marry wife husband spouse wed wedding bride groom")),
    "divorc": frozenset(terms("divorced divorce separated")),
    "buri": frozenset(terms("buried burial grave cemetery tomb funeral interred")),
}
"""Stems of events of a life -> the stems that tell of them; no other words do."""


class WeighedText(NamedTuple):
    """A shortlisted sentence and its share of the probability."""

    text: str
    share: float


def gaps(question: Question, sentences: Sequence[WeighedText]) -> tuple[str, ...]:
    """What is missing, in words; empty when nothing is plainly missing."""
    found = [f"No article mentions “{name}”." for name in question.unknown_names]
    found += [f"No article has the number {number}." for number in question.unknown_numbers]
    close = frozenset(terms(" ".join(each.text for each in sentences if each.share >= LEAST_SHARE / 4)))
    found += [
        f"The closest sentences do not speak of “{word.text}”."
        for word in question.words
        if word.stem in _TOLD_ONLY_BY and not _TOLD_ONLY_BY[word.stem] & close
    ]
    wanted = _WANTED.get(question.kind)
    if wanted is not None:
        fitting = sum(each.share for each in sentences if holds_form(question, each.text))
        if fitting < LEAST_SHARE:
            of_what = f" of “{question.measured_text}”" if question.measured_text else ""
            found.append(f"The closest sentences do not state {wanted}{of_what}.")
    return tuple(found)
