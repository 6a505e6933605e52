"""Wall time of the steps of one answer."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager


class Clock:
    """Runs from when it is made; steps of one name add up."""

    def __init__(self) -> None:
        self._start = time.perf_counter()
        self._steps: dict[str, float] = {}

    @contextmanager
    def time(self, step: str) -> Iterator[None]:
        """Counts what is done inside towards `step`."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self._steps[step] = self._steps.get(step, 0.0) + (time.perf_counter() - start) * 1000

    def mark(self, moment: str) -> None:
        """Notes when `moment` came for the first time."""
        self._steps.setdefault(moment, (time.perf_counter() - self._start) * 1000)

    def timings(self) -> dict[str, float]:
        """Milliseconds by step and moment, and in `total`."""
        return {**self._steps, "total": (time.perf_counter() - self._start) * 1000}
