"""Web addresses as text: told apart from paths, checked, and in one spelling."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from index.sources.errors import AddressRefused, FetchError

if TYPE_CHECKING:
    import httpx

_MAX_CHARS = 2_048
_FORM = "write it as https://host/path"


def is_address(text: str) -> bool:
    """Whether something to add is a web address rather than a path.

    >>> is_address("HTTPS://example.com/a"), is_address("notes/http.txt")
    (True, False)
    """
    return text.lower().startswith(("http://", "https://"))


def parse_address(text: str) -> httpx.URL:
    """An address that can be asked for: international names and paths encoded, the fragment dropped.

    Raises:
        FetchError: it is none, or holds a password, which would be stored and shown with the article.
    """
    import httpx

    if len(text) > _MAX_CHARS:
        raise FetchError(
            f"{text[:80]!r}… has {len(text):,} characters", hint=f"an address may have {_MAX_CHARS:,}"
        )
    try:
        url = httpx.URL(text.strip())
    except httpx.InvalidURL as error:
        raise FetchError(
            f"{text!r} is no web address: {error}", hint="write it as https://host/path"
        ) from error
    if url.scheme not in ("http", "https") or not url.host or "%" in url.host or (url.port or 1) > 65_535:
        raise FetchError(f"{text!r} is no web address", hint="write it as https://host/path")
    if url.userinfo:
        shown = url.copy_with(username=None, password=None)
        raise AddressRefused(
            f"{str(shown)!r} was given with a password", hint="save the page as a file and add that"
        )
    return url.copy_with(fragment=None)


def tidy(url: str) -> str:
    """An address without fragment and without the marks of campaigns that lead to it, else as it is.

    >>> tidy("https://Example.com/a?id=3&utm_source=mail#top")
    'https://example.com/a?id=3'
    """
    from courlan import normalize_url

    from index.readers.page import parse_url

    try:
        return parse_url(normalize_url(url)) or url
    except ValueError:
        return url


def same_site(one: str, other: str) -> bool:
    """Whether two addresses name one host, of which www, m and amp are other names.

    >>> same_site("https://www.example.com/a", "https://m.example.com/b")
    True
    >>> same_site("https://example.com/a", "https://example.org/a")
    False
    """
    return _site(one) == _site(other)


def _site(url: str) -> str:
    host = (urlsplit(url).hostname or "").rstrip(".")
    for label in ("www.", "m.", "mobile.", "amp."):
        host = host.removeprefix(label)
    return host
