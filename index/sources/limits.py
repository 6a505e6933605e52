"""How far fetching may go: one object, made from the settings and passed down."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchLimits:
    """Bounds on what is fetched, and manners towards those it is fetched from."""

    private: bool = False
    """Whether addresses of this machine and of private networks may be fetched."""
    max_bytes: int = 20_000_000
    """Bytes of one document once it is unpacked; what is larger is given up."""
    timeout_seconds: float = 30
    """Longest that one attempt at a document may take in all, redirects included."""
    retries: int = 2
    """Further attempts after a timeout, a broken connection, a 429 or a 5xx."""
    max_wait_seconds: float = 60
    """Longest that is waited for a server that names a time (Retry-After, Crawl-delay)."""
    delay_seconds: float = 1
    """Pause between two documents of one host, which are never asked for at the same time."""
    max_redirects: int = 5
