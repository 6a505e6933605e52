"""Several reading processes, and what they read in the order in which it was asked for."""

from __future__ import annotations

import os
import select
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator

from index.article import Article
from index.entries import Entry
from index.errors import CitewellError
from index.workers.wire import Done, Read, Request
from index.workers.worker import Worker

_MOST = 4
"""Processes at a time."""
_PATIENCE = 0.1
"""Seconds without news, all processes at work, after which another is started: short texts need only one."""
_LOOK_SECONDS = 1.0
_AHEAD = 32
"""Files that may be read before it is their turn."""
_HELD_CHARS = 8_000_000
"""Characters of articles read before their turn, beyond which all files but the one whose turn it is wait."""
_GRACE = 15.0
"""Seconds beyond a process's own clock after which it is ended from here: it may be stopped, or stuck."""


class Pool:
    """Reads `count` files, of which `make_request(number)` says what is to be read.

    The first process starts at once, so as to be ready when the caller has loaded what it needs itself. One
    thread asks for the articles; any other may stop it.
    """

    def __init__(self, count: int, make_request: Callable[[int], Request]) -> None:
        self._count = count
        self._make_request = make_request
        self._most = min(_MOST, os.cpu_count() or 1, count)
        self._workers: list[Worker] = []
        self._boxes: dict[int, deque[Read | Done]] = {}
        """What was read of each file that is under way."""
        self._given = 0
        """Files given to a process so far."""
        self._held = 0
        self._heard_at = 0.0
        """When there was news of the file whose turn it is."""
        self._stopped = False
        self._stopping = threading.Lock()
        self._start()

    def articles(self, number: int) -> Iterator[Read]:
        """What is read of file `number`, as it comes; to be asked for each file in turn.

        The error that ends a file comes last.
        """
        self._heard_at = time.monotonic()
        while not self._stopped:
            self._give_out(number)
            box = self._boxes.get(number)
            if not box:
                self._listen(number)
                continue
            reply = box.popleft()
            self._held -= _size(reply)
            if isinstance(reply, Done):
                del self._boxes[number]
                return
            yield reply
            self._heard_at = time.monotonic()

    def pids(self) -> list[int]:
        """Ids of the processes at work."""
        return [worker.pid for worker in self._workers]

    def stop(self) -> None:
        """End the processes, whatever they are doing; `articles` then ends early."""
        with self._stopping:
            self._stopped = True
            for worker in self._workers:
                worker.kill()

    def close(self) -> None:
        """Let go of the processes, once nobody asks for articles any more."""
        self.stop()
        for worker in self._workers:
            worker.end()
        self._workers.clear()

    def _start(self) -> None:
        with self._stopping:
            if self._stopped:
                return
            try:
                self._workers.append(Worker())
            except OSError as error:
                raise CitewellError(
                    f"no process can be started to read files in: {error.strerror or error}",
                    hint="end other programs, or raise the limit on processes and open files",
                ) from error

    def _give_out(self, turn: int) -> None:
        """Give files to the processes that have none."""
        while self._given < self._count and (
            self._given == turn or (self._given <= turn + _AHEAD and self._held < _HELD_CHARS)
        ):
            if not self._workers:
                self._start()
            free = next((worker for worker in self._workers if worker.is_free), None)
            if free is None:
                return
            self._boxes[self._given] = deque()
            free.give(self._given, self._make_request(self._given))
            self._given += 1

    def _listen(self, turn: int) -> None:
        """Wait for news, above all of the file whose turn it is."""
        may_grow = (
            len(self._workers) < self._most
            and self._given < self._count
            and all(worker.is_ready for worker in self._workers)
        )
        heard = [worker for worker in self._workers if worker.at <= turn or self._held < _HELD_CHARS]
        poll = select.poll()
        for worker in heard:
            poll.register(worker.descriptor, select.POLLIN)
        seconds = _PATIENCE if may_grow else _LOOK_SECONDS
        events = {descriptor for descriptor, _ in poll.poll(1000 * seconds)}
        for worker in heard:
            if worker.descriptor in events:
                self._receive(worker, turn)
            elif worker.at == turn and time.monotonic() - self._heard_at > worker.seconds + _GRACE:
                worker.kill()
        if not events and may_grow:
            self._start()

    def _receive(self, worker: Worker, turn: int) -> None:
        if worker.at == turn:
            self._heard_at = time.monotonic()
        at = worker.at
        replies = worker.receive()
        if replies is None:
            self._workers.remove(worker)
            error = worker.end()
            replies = [] if error is None else [error, Done()]
        for reply in replies:
            self._boxes[at].append(reply)
            self._held += _size(reply)


def _size(reply: Read | Done) -> int:
    match reply:
        case Article():
            return len(reply.text)
        case Entry():
            return len(reply.article.text)
        case _:
            return 0
