"""How often a login may be tried: guessing is bounded for a name, for an address, and for both together."""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable

WINDOW_SECONDS = 15 * 60
OF_BOTH, OF_ADDRESS, OF_NAME = 10, 50, 100
"""Failures within the window. A name has the widest bound: strangers must not lock its owner out at ease."""
_MOST_KEYS = 20_000


class Attempts:
    """Failures of late, in memory. Threads share it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._failures: OrderedDict[tuple[str, str], deque[float]] = OrderedDict()

    def begin(self, name: str, address: str) -> int:
        """Count an attempt as failed until `succeeded` says otherwise.

        Returns:
            The seconds to wait where there were too many; such an attempt is not counted.
        """
        now = self._clock()
        with self._lock:
            waits = [self._wait(key, most, now) for key, most in _keys(name, address)]
            if any(waits):
                return math.ceil(max(waits))
            for key, _ in _keys(name, address):
                self._failures.setdefault(key, deque()).append(now)
                self._failures.move_to_end(key)
            while len(self._failures) > _MOST_KEYS:
                self._failures.popitem(last=False)
            return 0

    def succeeded(self, name: str, address: str) -> None:
        """Take the last attempt back, and what failed of this name at this address before."""
        with self._lock:
            (both, _), *others = _keys(name, address)
            self._failures.pop(both, None)
            for key, _ in others:
                if self._failures.get(key):
                    self._failures[key].pop()

    def _wait(self, key: tuple[str, str], most: int, now: float) -> float:
        times = self._failures.get(key)
        if times is None:
            return 0.0
        while times and times[0] <= now - WINDOW_SECONDS:
            times.popleft()
        return times[-most] + WINDOW_SECONDS - now if len(times) >= most else 0.0


def _keys(name: str, address: str) -> tuple[tuple[tuple[str, str], int], ...]:
    return ((name, address), OF_BOTH), (("", address), OF_ADDRESS), ((name, ""), OF_NAME)
