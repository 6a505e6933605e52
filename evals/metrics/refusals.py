"""Refusal correctness: the two-by-two of what should be refused and what was, and one score over both.

`refusals` is the share refused of what should be refused, `false_refusals` the share refused of what should
be answered. Each alone is worthless: an engine that always refuses has the first for free, one that never
does has the second. Gate both. `score` counts +1 for a right answer or a right refusal, 0 for a refusal where
an answer was due, -1 for a wrong answer or an answer where none was due, averaged.

Only the engine's flag decides. Fails on: an engine that sets the flag and refuses in words (its facts are
missed, so it still loses); questions too far off the topic, which every engine refuses: write near misses.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Expect = Literal["answer", "refuse"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One case as this metric sees it."""

    expect: Expect
    refused: bool
    right: bool
    """Whether the answer states all its facts; without meaning where it was refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalTable:
    """Counts of the two-by-two."""

    answered: int
    """Should be answered, and was."""
    falsely_refused: int
    rightly_refused: int
    wrongly_answered: int
    """Should be refused, and was answered."""
    score: float | None
    """Mean of +1, 0, -1, in [-1, 1]; None without cases."""

    @property
    def refusals(self) -> float | None:
        """Share refused of what should be refused; None where there is nothing of the kind."""
        return _share(self.rightly_refused, self.wrongly_answered)

    @property
    def false_refusals(self) -> float | None:
        """Share refused of what should be answered; None where there is nothing of the kind."""
        return _share(self.falsely_refused, self.answered)


def case_score(outcome: Outcome) -> int:
    """+1, 0 or -1.

    >>> case_score(Outcome(expect="answer", refused=True, right=False))
    0
    """
    if outcome.expect == "refuse":
        return 1 if outcome.refused else -1
    if outcome.refused:
        return 0
    return 1 if outcome.right else -1


def refusal_table(outcomes: Iterable[Outcome]) -> RefusalTable:
    """The two-by-two over all cases that did not error."""
    cases = list(outcomes)
    count = {
        (expect, refused): sum(c.expect == expect and c.refused is refused for c in cases)
        for expect in ("answer", "refuse")
        for refused in (False, True)
    }
    return RefusalTable(
        answered=count["answer", False],
        falsely_refused=count["answer", True],
        rightly_refused=count["refuse", True],
        wrongly_answered=count["refuse", False],
        score=sum(map(case_score, cases)) / len(cases) if cases else None,
    )


def _share(part: int, rest: int) -> float | None:
    return part / (part + rest) if part + rest else None
