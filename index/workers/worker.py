"""One reading process, as seen by the ingest that started it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from typing import IO

from index.errors import InputError
from index.workers.wire import Done, Read, Ready, Request, parse_reply, request_line

_BLOCK = 1 << 20


class Worker:
    """Reads one file at a time. Started like any program, so that nothing of the caller's is run again in it.

    Raises:
        OSError: no process can be started.
    """

    def __init__(self) -> None:
        command = [sys.executable, "-P", "-m", "index.workers.process", str(os.getpid())]
        paths = os.pathsep.join(path for path in sys.path if path)
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            env={**os.environ, "PYTHONPATH": paths},
        )
        self.at = -1
        """The number of the file that it reads, or read last; -1 before the first."""
        self._leaving = False
        self.is_ready = False
        """Whether it has come up."""
        self._request: Request | None = None
        self._begun: list[bytes] = []
        """Blocks of a line that is not whole yet."""

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def descriptor(self) -> int:
        """Readable when there is something to receive, or the process has ended."""
        return _there(self._process.stdout).fileno()

    @property
    def is_free(self) -> bool:
        """Whether it can be given a file."""
        return self._request is None and not self._leaving and self._process.poll() is None

    @property
    def seconds(self) -> float:
        """How long it may take until its next reply."""
        return self._request.reading.max_reading_seconds if self._request is not None else 0.0

    def give(self, number: int, request: Request) -> None:
        """Let it read file `number`; if it has ended meanwhile, `receive` will say so."""
        self.at, self._request = number, request
        left = memoryview(request_line(request))
        with contextlib.suppress(BrokenPipeError):
            while left:
                left = left[_there(self._process.stdin).write(left) :]

    def receive(self) -> list[Read | Done] | None:
        """What it has said since; None when it has ended, or said what is no reply."""
        block = os.read(self.descriptor, _BLOCK)
        if not block:
            return None
        *whole, rest = block.split(b"\n")
        replies: list[Read | Done] = []
        for line in whole:
            line, self._begun = b"".join((*self._begun, line)), []
            try:
                reply = parse_reply(line)
            except (ValueError, KeyError, TypeError, IndexError):
                return None
            self.is_ready = True
            if isinstance(reply, Done):
                self._request, self._leaving = None, reply.leaving
            if not isinstance(reply, Ready):
                replies.append(reply)
        if rest:
            self._begun.append(rest)
        return replies

    def kill(self) -> None:
        self._process.kill()

    def end(self) -> InputError | None:
        """End it and let go of it; the error of the file that it had not done with, if there is one."""
        self._process.kill()  # which changes nothing for one that has ended
        code = self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            _there(pipe).close()
        if self._request is None:
            return None
        return _error(self._request, code, started=self.is_ready)


def _there(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None
    return pipe


def _error(request: Request, code: int, *, started: bool) -> InputError:
    """Why the process of a file ended with `code`, negative for a signal, before it was done."""
    path = request.path
    if not started:
        return InputError(
            f"{path} was not read: the process for it ended as it started, with exit code {code}",
            hint=f"this may say why: {sys.executable} -m index.workers.process 0",
        )
    if code == -signal.SIGALRM:
        return InputError(
            f"{path} was not read within {request.reading.max_reading_seconds:g} seconds",
            hint="split it, or raise CITEWELL_MAX_READING_SECONDS",
        )
    if code == -signal.SIGKILL:
        return InputError(
            f"{path} was not read: the process for it was killed, perhaps for want of memory",
            hint="add it again; if that does not help, split it or save it in another format",
        )
    how = f"by {signal.Signals(-code).name}" if code < 0 else f"with exit code {code}"
    return InputError(
        f"{path} was not read: the process for it ended {how}",
        hint="the file is damaged or needs too much memory: save it again, in another format or in parts",
    )
