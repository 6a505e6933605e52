"""What is read of the sources of an `add`, in their order, on a thread of its own.

Files come from the reading processes; articles that were given are passed on as they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

from index.catalog import Catalog
from index.readers.reading import Reading
from index.workers.pool import Pool
from index.workers.wire import Read, Request

if TYPE_CHECKING:
    from index.ingest import Source


class Arrival(NamedTuple):
    """One thing that was read."""

    source: Source
    found: Read | None
    """None: there is no more of this source."""


class Arrivals:
    """Reads the sources, no more of them than are asked for and what the reading processes have begun."""

    def __init__(self, catalog: Catalog, sources: Sequence[Source], reading: Reading) -> None:
        self._catalog = catalog
        self._reading = reading
        self._sources = sources
        self._files = [source for source in sources if source.path is not None]
        self._pool = Pool(len(self._files), self._request) if self._files else None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="reading")
        self._coming = self._each()

    def next(self) -> Future[Arrival | None]:
        """The next one to come; None when all sources are read."""
        return self._thread.submit(next, self._coming, None)

    def close(self) -> None:
        """Read no more: what is being read is let go of."""
        if self._pool is not None:
            self._pool.stop()
        self._thread.shutdown(wait=True, cancel_futures=True)
        if self._pool is not None:
            self._pool.close()

    def _each(self) -> Iterator[Arrival]:
        number = 0
        for source in self._sources:
            if source.failure is not None:
                yield Arrival(source, source.failure)
            elif source.article is not None:
                yield Arrival(source, source.article)
            elif self._pool is not None:
                for found in self._pool.articles(number):
                    yield Arrival(source, found)
                number += 1
            yield Arrival(source, None)

    def _request(self, number: int) -> Request:
        source = self._files[number]
        assert source.path is not None
        known = frozenset(self._catalog.versions_from(source.known_as))
        return Request(
            source.path, source.relative, self._reading, known, staged=source.staged, source=source.known_as
        )
