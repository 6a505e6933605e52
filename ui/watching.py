"""`citewell add --every`: the same again and again, until Ctrl-C."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from index.errors import CitewellError, UsageError
from ui import printing
from ui.adding import Opener, Request, Round

if TYPE_CHECKING:
    from index.library import Library
    from rag.settings import Settings

_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
_INTERVAL = re.compile(r"(\d{1,6})\s*([smhd])", re.IGNORECASE)
_WEB_SECONDS = 60
"""Least time between two questions to the same server, new articles or not."""


def parse_interval(text: str, *, web: bool) -> int:
    """A time such as 30s, 15m, 2h or 1d, in seconds.

    Raises:
        UsageError: it is none, or too short for asking others.

    >>> parse_interval("15m", web=True)
    900
    """
    match = _INTERVAL.fullmatch(text.strip())
    seconds = int(match[1]) * _SECONDS[match[2].lower()] if match else 0
    if not seconds:
        raise UsageError(f"--every {text!r} is no time", hint="write it as 30s, 15m, 2h or 1d")
    if web and seconds < _WEB_SECONDS:
        raise UsageError(
            f"--every {text!r} is too often to ask a server", hint=f"at least {_WEB_SECONDS}s; 15m will do"
        )
    return seconds


def watch(
    settings: Settings,
    request: Request,
    open_library: Callable[[], Library],
    *,
    seconds: float,
    as_json: bool,
    sleep: Callable[[float], None] = time.sleep,
) -> int:
    """Add what is new every so often; a round that fails for now is told, and the next one tries again.

    Ctrl-C while waiting ends it, with exit code 0.
    """
    from index.sources.folders import Watched

    watched = Watched(request.files)
    with Opener(settings, open_library) as opener:
        while True:
            adding = Round(settings, request, watched, as_json=as_json)
            try:
                adding.run(opener, tell_gone=True)
            except CitewellError as error:
                if not error.retryable:
                    raise
                watched.forget()
                printing.complain_of(error)
            finally:
                if adding.has_news:
                    adding.report(compact=True)
            try:
                sleep(seconds)
            except KeyboardInterrupt:
                printing.notice("stopped; all that was reported is in the library")
                return 0
