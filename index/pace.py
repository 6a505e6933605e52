"""How fast an ingest is, and how long it will take: by its last half minute, not by its average."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

_WINDOW_SECONDS = 30.0
_SHORTEST_SECONDS = 1.0
"""Before that, nothing is said."""


class _Mark(NamedTuple):
    at: float
    tokens: float
    share: float


class Pace:
    """Told how far the work is; knows its speed."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._marks: deque[_Mark] = deque([_Mark(clock(), 0.0, 0.0)])

    def note(self, tokens: float, share: float) -> None:
        """So many tokens are embedded, and this share (0 to 1) of all is done."""
        now = self._clock()
        self._marks.append(_Mark(now, tokens, share))
        while len(self._marks) > 2 and self._marks[1].at <= now - _WINDOW_SECONDS:
            self._marks.popleft()

    @property
    def tokens_per_second(self) -> float | None:
        """Tokens embedded a second; None while that cannot be said."""
        first, last = self._marks[0], self._marks[-1]
        seconds = last.at - first.at
        return (last.tokens - first.tokens) / seconds if seconds >= _SHORTEST_SECONDS else None

    @property
    def seconds_left(self) -> float | None:
        """Seconds until all is done, at the speed of late; None while that cannot be said."""
        first, last = self._marks[0], self._marks[-1]
        seconds, gained = last.at - first.at, last.share - first.share
        if seconds < _SHORTEST_SECONDS or gained <= 0:
            return None
        return max(0.0, 1.0 - last.share) * seconds / gained
