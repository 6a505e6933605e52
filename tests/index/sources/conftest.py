from __future__ import annotations

import pytest
from web_site import Site

from index.sources.fetching import Fetcher
from index.sources.limits import FetchLimits


@pytest.fixture
def site():
    with Site() as site:
        yield site


@pytest.fixture
def slept() -> list[float]:
    """Pauses that the fetcher made, none of which was waited for."""
    return []


@pytest.fixture
def make_fetcher(slept):
    """A fetcher that may go to loopback, and tells its pauses instead of making them."""

    def make(**limits: object) -> Fetcher:
        given = {"private": True, "delay_seconds": 0, "timeout_seconds": 10, **limits}
        return Fetcher(FetchLimits(**given), sleep=slept.append)  # type: ignore[arg-type]

    return make


@pytest.fixture
def fetcher(make_fetcher) -> Fetcher:
    return make_fetcher()
