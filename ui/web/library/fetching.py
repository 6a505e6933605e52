"""Pages and feeds that were handed in by their address: fetched and added as `citewell add` does it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import NamedTuple

from index.errors import CitewellError
from index.ingest import AddResult
from index.library import Library
from index.sources.collecting import Collecting
from index.sources.fetching import Fetcher
from index.sources.listing import Addresses
from rag.settings import Settings
from ui.web.library.additions import Addition, Additions, Outcome, outcome_of
from ui.web.library.worker import Closing

logger = logging.getLogger(__name__)


class _Stopped(Exception):
    """Raised inside the fetching to end one addition: a user wants it to."""


class At(NamedTuple):
    """How far a feed is."""

    addition: int
    done: int
    total: int


class Fetching:
    """Works on additions that are addresses, one after the other, at the pace that their hosts are due."""

    def __init__(
        self, library: Library, additions: Additions, settings: Settings, check: Callable[[], None]
    ) -> None:
        """`check` is called between two articles, and raises where all has to end."""
        self._library = library
        self._additions = additions
        self._settings = settings
        self._check = check
        self._at: At | None = None
        self._stopped: set[int] = set()

    def work(self, some: Sequence[Addition]) -> None:
        fetcher = Fetcher(self._settings.fetch_limits())
        for addition in some:
            self._check()
            if self._additions.begin([addition]):
                self._fetch(addition, fetcher)

    def stop(self, addition_id: int) -> None:
        """End one that is at work after the article that is being fetched."""
        self._stopped.add(addition_id)

    def how_far(self, addition: Addition) -> str:
        """Of one that is at work, in words."""
        at = self._at
        if at is None or at.addition != addition.id or at.total < 2:
            return "fetching"
        return f"fetching: {at.done:,} of {at.total:,}"

    def _fetch(self, addition: Addition, fetcher: Fetcher) -> None:
        outcomes = [each for each in addition.outcomes if each.status != "failed"]

        def settled(result: AddResult) -> None:
            outcomes.append(outcome_of(result))
            self._additions.note(addition, outcomes)

        def progress(done: int, total: int) -> None:
            self._at = At(addition.id, done, total)
            self._check()
            if addition.id in self._stopped:
                raise _Stopped

        collecting = Collecting(
            self._library,
            lambda: self._library,
            fetcher,
            reading=self._settings.reading(),
            on_result=settled,
            on_progress=progress,
            notice=lambda words: outcomes.append(Outcome(status="noted", reason=words)),
        )
        address = (addition.name,)
        try:
            collecting.run(Addresses(feeds=address) if addition.kind == "feed" else Addresses(pages=address))
        except _Stopped:
            outcomes.append(Outcome(status="failed", reason="it was stopped", hint="try again for the rest"))
        except Closing:
            raise
        except CitewellError as error:
            outcomes.append(Outcome(status="failed", reason=error.message, hint=error.hint))
        except Exception as error:
            logger.error("fetching failed", exc_info=error)
            hint = "the log has the details"
            outcomes.append(Outcome(status="failed", reason="something went wrong", hint=hint))
        finally:
            self._at = None
            self._stopped.discard(addition.id)
        if not outcomes:
            outcomes.append(Outcome(status="noted", reason="nothing in it that was not taken before"))
        self._additions.finish(addition, outcomes, keep=any(each.status == "failed" for each in outcomes))
