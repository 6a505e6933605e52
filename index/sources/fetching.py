"""Documents from the web: one at a time, bounded in every way, and asked for politely."""

from __future__ import annotations

import email.utils
import ssl
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from email.message import Message
from functools import cached_property
from typing import TYPE_CHECKING

import httpcore

from index.readers.files import Limit
from index.sources.addresses import Resolver, resolve
from index.sources.documents import FEED_TYPES, Fetched, Kind
from index.sources.errors import AddressRefused, FetchError
from index.sources.limits import FetchLimits
from index.sources.network import Deadline, TestedBackend
from index.sources.robots import AGENT, Robots
from index.sources.unpacking import DEFLATE, GZIP, Damaged, TooLarge, gathered, unpacked
from index.sources.urls import parse_address

if TYPE_CHECKING:
    import httpx

_PATIENCE = 3
"""Documents in a row that a host may fail to give before the rest of its documents are not tried."""
_BACKOFF_SECONDS = 1.0
_PACKED = {"gzip": GZIP, "x-gzip": GZIP, "deflate": DEFLATE}


class Fetcher:
    """Fetches for one run: remembers each host's robots.txt, its turn, and whether it answers at all."""

    def __init__(
        self,
        limits: FetchLimits | None = None,
        *,
        resolver: Resolver = resolve,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.limits = limits or FetchLimits()
        self._resolver = resolver
        self._sleep = sleep
        self._robots = Robots(self._get_robots)
        self._last: dict[str, float] = {}
        """Host -> when its last document was done with."""
        self._failures: Counter[str] = Counter()
        """Host -> documents in a row that it did not give, and might give later."""
        self._headers = {"User-Agent": _user_agent(), "Accept-Encoding": "gzip, deflate"}

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return httpcore.default_ssl_context()

    def fetch(
        self, address: str, kind: Kind, *, etag: str | None = None, modified: str | None = None
    ) -> Fetched:
        """A document, tried again where that may help.

        Args:
            address: Where it is.
            kind: What it has to be.
            etag: Of the copy that the caller has.
            modified: Last-Modified of that copy.

        Raises:
            FetchError: it cannot be had; the message names the address.
        """
        url = parse_address(address)
        if self._failures[url.host] >= _PATIENCE:
            raise FetchError(
                f"{address}: not tried, since {url.host} failed {_PATIENCE} times in a row",
                hint="try again later",
                retryable=True,
            )
        conditions = {"If-None-Match": etag, "If-Modified-Since": modified}
        headers = {"Accept": kind.accept, **{k: v for k, v in conditions.items() if v}}
        try:
            found = self._insist(url, kind, headers)
        except FetchError as error:
            self._failures[url.host] = self._failures[url.host] + 1 if error.retryable else 0
            raise error.of(address) from error
        self._failures[url.host] = 0
        return found

    def _insist(self, url: httpx.URL, kind: Kind, headers: dict[str, str]) -> Fetched:
        for attempt in range(self.limits.retries + 1):
            self._take_turn(url)
            try:
                return self._follow(url, kind, headers, Deadline(self.limits.timeout_seconds))
            except FetchError as error:
                wait = error.retry_after or _BACKOFF_SECONDS * 2**attempt
                if not error.retryable or attempt == self.limits.retries:
                    raise
                if wait > self.limits.max_wait_seconds:
                    raise FetchError(
                        f"{error.message}, and wants to be left alone for {wait:,.0f} seconds",
                        hint="try again after that",
                        retryable=True,
                    ) from error
            finally:
                self._last[url.host] = time.monotonic()
            self._sleep(wait)
        raise AssertionError("unreachable")

    def _take_turn(self, url: httpx.URL) -> None:
        last = self._last.get(url.host)
        if last is None:
            return
        pause = max(self.limits.delay_seconds, min(self._robots.delay(url), self.limits.max_wait_seconds))
        left = last + pause - time.monotonic()
        if left > 0:
            self._sleep(left)

    def _follow(
        self,
        url: httpx.URL,
        kind: Kind,
        headers: dict[str, str],
        deadline: Deadline,
        *,
        ask_robots: bool = True,
    ) -> Fetched:
        """The document at an address or where that leads; every hop is tested like the first."""
        seen: set[str] = set()
        for _ in range(self.limits.max_redirects + 1):
            if ask_robots:
                self._robots.check(url)
            found = self._request(url, kind, headers, deadline)
            if isinstance(found, Fetched):
                return found
            seen.add(str(url))
            url = _target(url, found)
            if str(url) in seen:
                raise FetchError("it redirects in a circle", hint="open it in a browser and save the page")
        raise FetchError(
            f"it redirects more than {self.limits.max_redirects} times",
            hint="add the address at which the article is in the end",
        )

    def _request(
        self, url: httpx.URL, kind: Kind, headers: dict[str, str], deadline: Deadline
    ) -> Fetched | str:
        """One request: the document, or the address that the server names instead."""
        target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        named = {"Host": url.netloc.decode("ascii"), "Connection": "close", **self._headers, **headers}
        # An ETag comes back as it was sent, in whatever bytes.
        sent = [(k.encode("ascii"), v.encode("latin-1", "replace")) for k, v in named.items()]
        tls = self._tls if url.scheme == "https" else None
        backend = TestedBackend(self.limits, self._resolver, deadline)
        try:
            # A pool of its own for each request: a connection that is kept could be taken for another host.
            with (
                httpcore.ConnectionPool(ssl_context=tls, network_backend=backend) as pool,
                pool.stream("GET", target, headers=sent) as response,
            ):
                return self._answer(url, kind, response)
        except (httpcore.TimeoutException, TimeoutError) as error:
            raise FetchError(
                f"no whole answer within {deadline.seconds:g} seconds",
                hint="try again later, or raise CITEWELL_FETCH_TIMEOUT_SECONDS",
                retryable=True,
            ) from error
        except (httpcore.NetworkError, httpcore.ProtocolError) as error:
            raise FetchError(
                f"the connection failed ({str(error) or type(error).__name__})",
                hint="check the address, or try again later",
                retryable=True,
            ) from error

    def _answer(self, url: httpx.URL, kind: Kind, response: httpcore.Response) -> Fetched | str:
        headers = {k.decode("latin-1").lower(): v.decode("latin-1").strip() for k, v in response.headers}
        status = response.status
        if status in (301, 302, 303, 307, 308) and headers.get("location"):
            return headers["location"]
        if status == 304:
            return Fetched(url=str(url), data=b"", not_modified=True)
        if not 200 <= status < 300 or status == 204:
            raise _refusal(status, headers.get("retry-after"))
        content_type, charset = _content_type(headers.get("content-type", ""))
        if kind.types is not None and content_type and content_type not in kind.types:
            is_feed = content_type in FEED_TYPES
            raise FetchError(
                f"it is {content_type!r}, which is not read" if not is_feed else "it is a feed, not a page",
                hint="add it as a feed" if is_feed else "save it in a format that is, and add the file",
            )
        return Fetched(
            url=str(url),
            data=self._body(response, headers, self._limit(kind, str(url), content_type)),
            content_type=content_type,
            charset=charset,
            etag=headers.get("etag"),
            modified=headers.get("last-modified"),
        )

    def _limit(self, kind: Kind, url: str, content_type: str) -> Limit:
        own = kind.limit(url, content_type) if kind.limit is not None else None
        return own or Limit(kind.most_bytes or self.limits.max_bytes, "CITEWELL_MAX_ARTICLE_BYTES")

    def _body(self, response: httpcore.Response, headers: dict[str, str], limit: Limit) -> bytes:
        most = limit.most
        packing = headers.get("content-encoding", "identity").lower()
        pieces = response.iter_stream()
        length = headers.get("content-length", "")
        try:
            if length.isdecimal() and int(length[:20]) > most:
                raise TooLarge
            if packing == "identity":
                return gathered(pieces, most)
            if packing in _PACKED:
                return unpacked(pieces, _PACKED[packing], most)
        except TooLarge as error:
            raise FetchError(
                f"it has more than {most:,} bytes" + (" unpacked" if packing != "identity" else ""),
                hint=f"save it as smaller files and add those, or raise {limit.setting}",
            ) from error
        except Damaged as error:
            raise FetchError(
                f"it is not packed as it claims, by {packing}: {error}",
                hint="try again later, or save the page and add the file",
                retryable=True,
            ) from error
        raise FetchError(f"it is packed by {packing!r}, which is not read", hint="save the page and add that")

    def _get_robots(self, url: httpx.URL, kind: Kind) -> Fetched:
        deadline = Deadline(self.limits.timeout_seconds)
        return self._follow(url, kind, {"Accept": kind.accept}, deadline, ask_robots=False)


def _target(url: httpx.URL, location: str) -> httpx.URL:
    import httpx

    try:
        return parse_address(str(url.join(location)))
    except AddressRefused:
        raise
    except (httpx.InvalidURL, FetchError) as error:
        raise FetchError(
            f"it redirects to {location[:200]!r}, which is no web address",
            hint="add the article's own address",
        ) from error


def _refusal(status: int, retry_after: str | None) -> FetchError:
    if status in (404, 410):
        return FetchError(f"there is no such page ({status})", hint="check the address", status=status)
    if status in (401, 402, 403, 407, 451):
        return FetchError(
            f"the server refuses it ({status})",
            hint="open it in a browser, save the page and add the file",
            status=status,
        )
    return FetchError(
        f"the server answers {status}",
        hint="try again later" if status >= 429 else "open it in a browser and save the page",
        retryable=status in (408, 425, 429) or status >= 500,
        status=status,
        retry_after=_seconds(retry_after),
    )


def _seconds(retry_after: str | None) -> float | None:
    """A Retry-After header, which holds seconds or a date, in seconds."""
    if not retry_after:
        return None
    if retry_after.isdecimal():
        return float(retry_after[:9])
    try:
        moment = email.utils.parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


def _content_type(header: str) -> tuple[str, str | None]:
    message = Message()
    message["Content-Type"] = header
    return (message.get_content_type() if header else ""), message.get_content_charset()


def _user_agent() -> str:
    from importlib.metadata import version

    return f"{AGENT}/{version('citewell')}"
