"""What is asked for, and what arrived."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from index.readers.files import Limit

FEED_TYPES = frozenset(["application/rss+xml", "application/atom+xml"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What sort of document is wanted."""

    accept: str
    """Value of the Accept header."""
    types: frozenset[str] | None = None
    """Content types that are taken; None takes any, for what is recognised by its content."""
    most_bytes: int | None = None
    """A bound of its own instead of that of the limits."""
    limit: Callable[[str, str], Limit | None] | None = None
    """A bound for what is at an address, by its content type; none where that has none of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A document as it arrived, unpacked."""

    url: str
    """Where it was in the end, after redirects."""
    data: bytes
    content_type: str = ""
    """In lower case, without parameters; empty where the server named none."""
    charset: str | None = None
    """As the server named it."""
    etag: str | None = None
    modified: str | None = None
    """Last-Modified, as it was sent."""
    not_modified: bool = False
    """It is what the caller already has, by `etag` or `modified`; there is no data."""
