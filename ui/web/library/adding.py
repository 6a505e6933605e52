"""All that adds what was handed in, as one: what is read, and what is fetched."""

from __future__ import annotations

from index.library import Library
from rag.settings import Settings
from ui.web.library.additions import Addition, Additions
from ui.web.library.fetching import Fetching
from ui.web.library.files import Files
from ui.web.library.shift import Shift
from ui.web.library.worker import Closing, Worker

_CLOSING_SECONDS = 30


class Adder:
    """Adds what waits in `additions` to the library; at most one at work for a library on one machine.

    Files and texts do not wait for what is fetched, which may take its time.
    """

    def __init__(self, library: Library, additions: Additions, settings: Settings) -> None:
        self.additions = additions
        self._shift = Shift(additions)
        self._files = Files(library, additions, settings, self._check)
        self._fetching = Fetching(library, additions, settings, self._check)
        self._workers = [
            Worker("citewell-adding", ("file", "text"), self._files.work, additions, self._shift),
            Worker("citewell-fetching", ("page", "feed"), self._fetching.work, additions, self._shift),
        ]

    def start(self) -> None:
        for worker in self._workers:
            worker.start()

    def wake(self) -> None:
        """Say that there is something to add."""
        for worker in self._workers:
            worker.wake()

    def close(self) -> None:
        """End as soon as what is being embedded is done; what is not added waits for the next start."""
        for worker in self._workers:
            worker.closing.set()
        for worker in self._workers:
            worker.close(_CLOSING_SECONDS)
        self._shift.give_up()
        self.additions.close()

    def stop(self, addition_id: int) -> None:
        """End the fetching of one addition; what it has brought stays."""
        self._fetching.stop(addition_id)

    def how_far(self, addition: Addition) -> str:
        """How far an addition is that is at work, in words."""
        by = self._fetching if addition.kind in ("page", "feed") else self._files
        return by.how_far(addition)

    def _check(self) -> None:
        if self._workers[0].closing.is_set():
            raise Closing
