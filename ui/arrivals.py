"""What a blocking generator yields, brought to the event loop as it comes."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import suppress
from typing import Generic, TypeVar

from ui.places import Places

T = TypeVar("T")


class Arrivals(Generic[T]):
    """Runs a generator in a thread of its own, at one of the places.

    Make it inside a running event loop.
    """

    def __init__(
        self, open_stream: Callable[[], Iterator[T]], places: Places, *, gather_seconds: float = 0.0
    ) -> None:
        """`gather_seconds`: how long to wait for more once something has come."""
        self._open_stream = open_stream
        self._places = places
        self._gather_seconds = gather_seconds
        self._loop = asyncio.get_running_loop()
        self._arrived: asyncio.Queue[T | Exception | None] = asyncio.Queue()
        self._closed = threading.Event()

    def stop(self) -> None:
        """End `batches` now, and the generator as soon as it yields again. Any thread may call it."""
        self._put(None)

    async def batches(self) -> AsyncGenerator[list[T], None]:
        """What has come since the last time. Closing it stops the generator.

        Raises:
            Busy: too many wait for a place.
            Exception: whatever the generator raised.
        """
        threading.Thread(target=self._run, name="citewell-answer", daemon=True).start()
        try:
            over = False
            while not over:
                items = [await self._arrived.get()]
                await asyncio.sleep(self._gather_seconds)
                while not self._arrived.empty():
                    items.append(self._arrived.get_nowait())
                ready: list[T] = []
                for item in items:
                    if isinstance(item, Exception):
                        raise item
                    if item is None:
                        over = True
                    else:
                        ready.append(item)
                if ready:
                    yield ready
        finally:
            self._closed.set()

    def _run(self) -> None:
        try:
            with self._places.taken(self._closed) as has_place:
                if not has_place or self._closed.is_set():
                    return
                stream = self._open_stream()
                try:
                    for item in stream:
                        if self._closed.is_set():
                            return
                        self._put(item)
                finally:
                    close = getattr(stream, "close", None)
                    if close is not None:
                        close()
        except Exception as error:
            self._put(error)
        finally:
            self._put(None)

    def _put(self, item: T | Exception | None) -> None:
        with suppress(RuntimeError):  # the loop is gone: the server is shutting down
            self._loop.call_soon_threadsafe(self._arrived.put_nowait, item)
