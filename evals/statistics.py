"""How far figures over a few cases can be trusted, and whether two runs over the same cases differ.

With 50 cases of which 90 % pass, the true share lies anywhere between 79 and 96 %: intervals and exact tests
say so, where a plain percentage does not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil, comb, sqrt
from typing import NamedTuple

_Z = 1.959964
"""Of the normal distribution, for 95 %."""


class Interval(NamedTuple):
    """Ends of a 95 % interval."""

    low: float
    high: float


def wilson(successes: int, trials: int) -> Interval:
    """Wilson's score interval of a share.

    Raises:
        ValueError: there are no trials, or not that many.

    >>> tuple(round(end, 2) for end in wilson(45, 50))
    (0.79, 0.96)
    """
    if not 0 <= successes <= trials or not trials:
        raise ValueError("at least one trial, and no more successes than trials")
    share, z2 = successes / trials, _Z * _Z
    centre = (share + z2 / (2 * trials)) / (1 + z2 / trials)
    half = _Z * sqrt(share * (1 - share) / trials + z2 / (4 * trials * trials)) / (1 + z2 / trials)
    return Interval(max(0.0, centre - half), min(1.0, centre + half))


def exact_p(worse: int, better: int) -> float:
    """Two-sided p of as uneven a split, were worse and better equally likely; ties are left out.

    Over cases that passed in one run and failed in the other this is McNemar's exact test, over the signs of
    paired differences the sign test.

    >>> round(exact_p(6, 0), 5), exact_p(0, 0)
    (0.03125, 1.0)
    """
    changed = worse + better
    tail = sum(comb(changed, n) for n in range(min(worse, better) + 1))
    return min(1.0, 2 * tail / (1 << changed))


def holm(ps: Mapping[str, float]) -> dict[str, float]:
    """The p of several tests at once, adjusted so that one false alarm among all is as rare (Holm 1979).

    >>> holm({"a": 0.01, "b": 0.04, "c": 0.03})
    {'a': 0.03, 'c': 0.06, 'b': 0.06}
    """
    adjusted: dict[str, float] = {}
    largest = 0.0
    for done, (name, p) in enumerate(sorted(ps.items(), key=lambda item: item[1])):
        largest = max(largest, min(1.0, p * (len(ps) - done)))
        adjusted[name] = largest
    return adjusted


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` of all do not exceed (nearest rank).

    Raises:
        ValueError: there are no values, or `share` is not in (0, 1].

    >>> percentile([5, 1, 4, 2, 3], 0.5), percentile([5, 1, 4, 2, 3], 0.95)
    (3, 5)
    """
    if not values or not 0 < share <= 1:
        raise ValueError("at least one value, and a share above 0 and up to 1")
    return sorted(values)[ceil(share * len(values)) - 1]
