"""The right to work on what was handed in: one process for a library on one machine has it."""

from __future__ import annotations

import threading

from index.lock import WriterLock
from ui.web.library.additions import Additions


class Shift:
    """Taken by the first worker of the process, kept until it is given up. Threads share it."""

    def __init__(self, additions: Additions) -> None:
        self._additions = additions
        self._lock = WriterLock(additions.folder / "lock")
        self._guard = threading.Lock()
        self._is_ours = False

    def take(self) -> bool:
        """Whether this process has it; when it has just got it, it begins where another one ended."""
        with self._guard:
            if not self._is_ours and self._additions.folder.exists() and self._lock.try_acquire():
                self._additions.take_up()
                self._is_ours = True
            return self._is_ours

    def give_up(self) -> None:
        with self._guard:
            self._is_ours = False
            self._lock.release()
