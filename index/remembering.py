"""What was counted or listed of a whole library, kept as long as the library stays as it is."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from index.catalog import Catalog

T = TypeVar("T")

_MOST = 256
"""Values kept at a time: filters are chosen by people, and by programs that may send ever new ones."""


class Remembered:
    """Values by key, of one generation of a catalogue. Threads may share it."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._generation = -1
        self._values: dict[Hashable, Any] = {}
        self._guard = threading.Lock()

    def get(self, key: Hashable, find: Callable[[], T]) -> T:
        """The value of `key`, found anew only where the library has changed since."""
        generation = self._catalog.generation()
        with self._guard:
            if generation != self._generation:
                self._values, self._generation = {}, generation
            if key in self._values:
                kept: T = self._values[key]
                return kept
        found = find()  # of this generation or a later one, at whose sight it is forgotten
        with self._guard:
            if generation == self._generation and len(self._values) < _MOST:
                self._values[key] = found
        return found
