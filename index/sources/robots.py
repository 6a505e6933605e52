"""robots.txt (RFC 9309): what a site asks of those who read it by program."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from index.sources.documents import Fetched, Kind
from index.sources.errors import FetchError

if TYPE_CHECKING:
    import httpx
    from protego import Protego

AGENT = "Citewell"
"""The name that robots.txt may address us by."""
_KIND = Kind(accept="text/plain, */*;q=0.5", most_bytes=512_000)
"""RFC 9309 asks for 500 KiB to be read; no site means more."""


class Robots:
    """The rules of each site, fetched when first asked for."""

    def __init__(self, get: Callable[[httpx.URL, Kind], Fetched]) -> None:
        self._get = get
        self._rules: dict[str, Protego] = {}

    def check(self, url: httpx.URL) -> None:
        """Pass if the site lets us read this address.

        Raises:
            FetchError: it does not, or does not say: a site whose rules cannot be had is left alone.
        """
        if not self._rules_of(url).can_fetch(str(url), AGENT):
            raise FetchError(
                f"the robots.txt of {url.host} asks not to fetch it",
                hint="open it in a browser, save the page and add the file",
            )

    def delay(self, url: httpx.URL) -> float:
        """Seconds that the site wants between two requests; 0 where it does not say."""
        rules = self._rules.get(_origin(url))
        return float(rules.crawl_delay(AGENT) or 0) if rules is not None else 0.0

    def _rules_of(self, url: httpx.URL) -> Protego:
        from protego import Protego

        origin = _origin(url)
        if origin not in self._rules:
            self._rules[origin] = Protego.parse(self._text(url))
        return self._rules[origin]

    def _text(self, url: httpx.URL) -> str:
        try:
            found = self._get(url.copy_with(raw_path=b"/robots.txt"), _KIND)
        except FetchError as error:
            if error.status is not None and 400 <= error.status < 500 and error.status != 429:
                return ""  # there are no rules
            if error.status is None:
                raise  # the host does not answer at all
            raise error.of(f"robots.txt of {url.host}") from error
        return found.data.decode("utf-8", "replace")


def _origin(url: httpx.URL) -> str:
    return str(url.copy_with(raw_path=b"/"))
