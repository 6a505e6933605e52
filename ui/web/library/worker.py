"""A thread that works on what was handed in, while the page answers questions."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence

from ui.web.library.additions import Addition, Additions, Kind
from ui.web.library.shift import Shift

logger = logging.getLogger(__name__)

AT_ONCE = 8
"""Additions that are taken together: a removal waits for them, and each run of `add` has its fixed cost."""
_LOOK_SECONDS = 1.0
"""Between two looks at the list when nobody says that there is something: another server may fill it."""


class Closing(Exception):
    """Raised inside the work to end it: what is done stays, the rest waits for the next start."""


class Worker:
    """Takes additions of certain kinds from the list, a few at a time, and has them worked on."""

    def __init__(
        self,
        name: str,
        kinds: Sequence[Kind],
        work: Callable[[Sequence[Addition]], None],
        additions: Additions,
        shift: Shift,
    ) -> None:
        self.closing = threading.Event()
        self._kinds = kinds
        self._work = work
        self._additions = additions
        self._shift = shift
        self._news = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        """Say that there is something to do."""
        self._news.set()

    def close(self, seconds: float) -> None:
        """End as soon as the work lets go, and wait for it so long."""
        self.closing.set()
        self._news.set()
        if self._thread.ident is not None:
            self._thread.join(seconds)

    def _run(self) -> None:
        while not self.closing.is_set():
            try:
                while self._shift.take() and (some := self._additions.next(AT_ONCE, self._kinds)):
                    self._work(some)
                    if self.closing.is_set():
                        return
            except Closing:
                return
            except Exception as error:  # the list itself cannot be used now; perhaps it can later
                logger.error("additions cannot be worked on", exc_info=error)
            self._news.wait(_LOOK_SECONDS)
            self._news.clear()
