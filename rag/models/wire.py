"""How a request reaches a model's server: straight there, in time, with nothing of the environment in it.

The providers' libraries read proxies, base URLs, keys, organisations and extra headers from the environment,
and tell the server about this machine. Here the request is made bare just before it leaves: what a reader of
the settings would not expect to be sent is not sent.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import httpx
from pydantic import SecretStr

_KEPT = ("accept", "content-type", "content-length", "transfer-encoding", "connection", "anthropic-version")
_CONNECT_SECONDS = 10.0
_MOST_BYTES = 16_000_000
"""A reply of 100,000 tokens, each in an event of its own, has about as many."""

_patience: ContextVar[Patience | None] = ContextVar("patience", default=None)


class Patience:
    """How long one reply is waited for: in all, and from one sign of life to the next. Holds for one reply.

    A server may keep a connection awake with comments and pings, which no library passes on; hence silence is
    measured from what the library gives, and looked at whenever bytes come.
    """

    def __init__(self, *, total: float, stall: float) -> None:
        self._total = total
        self._stall = stall
        self._end = time.monotonic() + total
        self._next = 0.0
        self._line: httpx.Response | None = None
        self.begin()

    def begin(self) -> None:
        """The wait for the next sign of life begins: what went before was no silence of the model's."""
        self._next = time.monotonic() + self._stall

    def heard(self) -> None:
        """Something came: the silence begins anew. Raises `TimeoutError` when it came after the end."""
        now = time.monotonic()
        if now > self._end:
            raise self._overdue()
        self._next = now + self._stall

    @property
    def left(self) -> float:
        """Seconds that remain in all; never below zero."""
        return max(0.0, self._end - time.monotonic())

    def check(self) -> None:
        """Raises `TimeoutError` when the time is over, in words for the user."""
        now = time.monotonic()
        if now > self._end:
            raise self._overdue()
        if now > self._next:
            raise TimeoutError(f"it was silent for {self._stall:g} s")

    def hang_up(self) -> None:
        """Closes the connection of a reply that is not wanted any more.

        The libraries leave it open: their stream and its iterator hold each other, so leaving the iteration
        closes nothing before the garbage is collected, and until then the model writes on.
        """
        if self._line is not None:
            self._line.close()

    def answered(self, line: httpx.Response) -> None:
        """The server has begun to answer."""
        self._line = line

    def _overdue(self) -> TimeoutError:
        return TimeoutError(f"it did not finish within {self._total:g} s")

    def timeouts(self) -> dict[str, float]:
        """For one request, as httpx wants them; at least a moment, for a limit of 0 means none there."""
        read = max(0.01, min(self._stall, self.left))
        return {"connect": min(_CONNECT_SECONDS, read), "read": read, "write": read, "pool": read}

    @contextmanager
    def applied(self) -> Iterator[None]:
        """Requests that are sent within, in this thread, are held to it."""
        token = _patience.set(self)
        try:
            yield
        finally:
            _patience.reset(token)


def client_options(
    *, stall: float, key_header: str = "authorization", key: SecretStr | None = None
) -> dict[str, Any]:
    """Arguments for `httpx.Client`.

    Args:
        stall: Seconds of silence, for requests that no `Patience` is applied to.
        key_header: The header that carries the key; the library that makes the request never sees the key,
            so none of its reprs, logs or errors can show it.
        key: None: no key is sent.
    """
    own = {"user-agent": "citewell"}
    if key is not None:
        value = key.get_secret_value()
        own[key_header] = f"Bearer {value}" if key_header == "authorization" else value

    def leave(request: httpx.Request) -> None:
        request.headers = httpx.Headers(_bare(request.headers, request.url.netloc.decode("ascii")) | own)
        patience = _patience.get()
        if patience is not None:
            patience.begin()  # the library may have been loading itself until now
            request.extensions["timeout"] = patience.timeouts()

    def arrive(response: httpx.Response) -> None:
        assert isinstance(response.stream, httpx.SyncByteStream)
        patience = _patience.get()
        response.stream = _Watched(response.stream, patience)
        if patience is not None:
            patience.answered(response)

    return {
        "trust_env": False,  # no proxy, no .netrc
        "follow_redirects": False,  # what the user named is where the question goes
        "timeout": stall,
        "event_hooks": {"request": [leave], "response": [arrive]},
    }


def _bare(headers: Mapping[str, str], host: str) -> dict[str, str]:
    return {"host": host} | {name: headers[name] for name in _KEPT if name in headers}


class _Watched(httpx.SyncByteStream):
    """Bytes that end when patience does."""

    def __init__(self, stream: httpx.SyncByteStream, patience: Patience | None) -> None:
        self._stream = stream
        self._patience = patience

    def __iter__(self) -> Iterator[bytes]:
        seen = 0
        for chunk in self._stream:
            seen += len(chunk)
            if seen > _MOST_BYTES:
                raise ValueError(f"the reply has more than {_MOST_BYTES:,} bytes")
            if self._patience is not None:
                self._patience.check()
            yield chunk

    def close(self) -> None:
        self._stream.close()
