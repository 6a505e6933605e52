"""Connections that go only where they may, and end when their time is over."""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterable
from typing import Any

import httpcore

from index.sources.addresses import Resolver, reach
from index.sources.errors import AddressRefused, FetchError
from index.sources.limits import FetchLimits

_CONNECT_SECONDS = 10.0


class Deadline:
    """A moment after which nothing of a document is waited for."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._end = time.monotonic() + seconds

    def left(self, most: float | None = None) -> float:
        """Seconds that remain, at most `most`.

        Raises:
            httpcore.ReadTimeout: none.
        """
        remaining = self._end - time.monotonic()
        if remaining <= 0:
            raise httpcore.ReadTimeout("the time is over")
        return remaining if most is None else min(remaining, most)


class TestedBackend(httpcore.NetworkBackend):
    """Resolves a name, tests every address it has, and connects to one that was tested.

    The name is not looked up again in between, so it cannot become another address after the test. The
    request keeps the name for Host, SNI and the certificate.
    """

    __test__ = False  # pytest takes it for a test by its name

    def __init__(self, limits: FetchLimits, resolver: Resolver, deadline: Deadline) -> None:
        self._limits = limits
        self._resolver = resolver
        self._deadline = deadline
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """A connection to the first tested address that takes it.

        Raises:
            FetchError: the name is unknown, or one of its addresses may not be fetched from.
            httpcore.ConnectError: none answers.
        """
        failure: Exception | None = None
        for address in self.tested(host, port):
            try:
                stream = self._sockets.connect_tcp(
                    address, port, self._deadline.left(_CONNECT_SECONDS), local_address, socket_options
                )
                return _TimedStream(stream, self._deadline)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure or httpcore.ConnectError("no address")

    def tested(self, host: str, port: int) -> list[str]:
        """The addresses of a host, if each of them may be fetched from.

        Raises:
            FetchError: there are none.
            AddressRefused: one may not: a name that has a private address among others is not trusted.
        """
        try:
            addresses = self._resolver(host, port)
        except (OSError, UnicodeError) as error:
            raise FetchError(
                f"the host {host!r} is not known",
                hint="check the spelling and the connection",
                retryable=True,
            ) from error
        for address in addresses:
            found = reach(address)
            if found == "never" or (found == "private" and not self._limits.private):
                raise AddressRefused(
                    f"the host {host!r} is at {address}, which is not a public address",
                    hint="nothing is fetched from there"
                    if found == "never"
                    else "to fetch from your own network, set CITEWELL_FETCH_PRIVATE=true",
                )
        return addresses


class _TimedStream(httpcore.NetworkStream):
    """A stream whose every read and write ends with the deadline, however slowly it drips."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        started = self._stream.start_tls(ssl_context, server_hostname, self._deadline.left(timeout))
        return _TimedStream(started, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
