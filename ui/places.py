"""How many answers are made at the same time, and how many questions may wait: one line for page and API."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from index.errors import CitewellError

_POLL_SECONDS = 0.2
"""How soon a place in the line is given up once its asker is gone."""


class Busy(CitewellError):
    """Raised when too many questions wait already."""

    retryable = True


class Places:
    """Places to answer at, given out in the order of asking. Threads share it."""

    def __init__(self, concurrent: int, queue: int) -> None:
        self._free = concurrent
        self._longest = queue
        self.waiting: deque[object] = deque()
        """Those in the line, the next one first."""
        self._moved = threading.Condition()

    @contextmanager
    def taken(self, gone: threading.Event | None = None) -> Iterator[bool]:
        """A place for as long as the block runs; False, and no place, if `gone` was set while waiting.

        Raises:
            Busy: no place is free and the line is full.
        """
        has_place = self._wait(gone or threading.Event())
        try:
            yield has_place
        finally:
            if has_place:
                with self._moved:
                    self._free += 1
                    self._moved.notify_all()

    def _wait(self, gone: threading.Event) -> bool:
        ticket = object()
        with self._moved:
            if not self._free and len(self.waiting) >= self._longest:
                raise Busy("too many questions are waiting just now", hint="ask again in a moment")
            self.waiting.append(ticket)
            while not self._free or self.waiting[0] is not ticket:
                if gone.is_set():
                    break
                self._moved.wait(_POLL_SECONDS)
            self.waiting.remove(ticket)
            self._moved.notify_all()  # whoever is next may find a place as well
            if gone.is_set():
                return False
            self._free -= 1
            return True
