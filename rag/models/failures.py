"""What the libraries of models raise, told in one line each: what it means, what to do, whether to try again.

They are known by their attributes and the names of their classes: the libraries are optional.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple

_MOST_CHARS = 200
_TAGS = re.compile(r"<[a-zA-Z!/][^>]*>")


class Failure(NamedTuple):
    """What a model's failure comes to."""

    cause: str
    """Goes on from "the model …": one line."""

    hint: str
    retryable: bool = False
    """Whether the same call may succeed later."""

    repeat: bool = False
    """Whether to try again at once, while nothing of the reply was given out."""


def diagnose(error: BaseException) -> Failure:
    """The failure that an exception stands for."""
    status = getattr(error, "status_code", None)
    if isinstance(status, int) and status >= 300:
        return _by_status(status, error)
    names = {cls.__name__ for cause in _chain(error) for cls in type(cause).__mro__}
    if names & {"ConnectError", "ConnectTimeout", "ConnectionRefusedError", "gaierror"}:
        hint = "start it, or correct its address"
        return Failure("is not reachable", hint, retryable=True, repeat=True)
    if names & {"TimeoutError", "TimeoutException"}:
        told = next((str(cause) for cause in _chain(error) if type(cause) is TimeoutError), "")
        hint = "CITEWELL_LLM_TIMEOUT_SECONDS and CITEWELL_LLM_STALL_SECONDS are the limits"
        return Failure(f"does not answer in time{told and ': ' + told}", hint, retryable=True)
    if names & {"NetworkError", "ProtocolError", "ConnectionError", "APIConnectionError"}:
        return Failure("broke the connection off", "ask again", retryable=True, repeat=True)
    if names & {"APIError", "ResponseError"}:
        return Failure(f"reports an error: {_said(error)}", "ask again", retryable=True, repeat=True)
    if names & {"ImportError"}:
        return Failure(f"cannot be run: {_line(str(error))}", "install what is missing")
    return Failure(
        f"gave what is not a reply: {type(error).__name__}: {_line(str(error))}",
        "does its address lead to a server of this kind?",
    )


def retry_after(error: BaseException | None) -> float | None:
    """Seconds that the server asks to be left alone, from its `Retry-After`; None where it asks nothing."""
    headers = getattr(getattr(error, "response", None), "headers", None)
    value = headers.get("retry-after") if headers is not None else None
    if not value:
        return None
    try:
        seconds = float(value)
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds()
        except (ValueError, TypeError):
            return None
    return max(0.0, seconds) if math.isfinite(seconds) else None


def _by_status(status: int, error: BaseException) -> Failure:
    if status < 400:
        return Failure(f"sends elsewhere ({status})", "redirects are not followed: name the address itself")
    if status in (401, 403):
        return Failure(f"refuses the key ({status})", "set the right one")
    if status == 404:
        return Failure("is not there (404)", "check the model's name and the address")
    if status == 429 and getattr(error, "code", None) == "insufficient_quota":
        return Failure("has no quota left for this key (429)", "add credit, or name another model")
    if status == 429:
        wait = retry_after(error)
        hint = f"ask again in {math.ceil(wait)} s" if wait else "ask again later"
        return Failure("is asked too often (429)", hint, retryable=True, repeat=True)
    if status >= 500:
        hint = "ask again later"
        return Failure(f"fails on its side ({status}: {_said(error)})", hint, retryable=True, repeat=True)
    return Failure(f"refuses the request ({status}: {_said(error)})", "see what it says")


def _chain(error: BaseException) -> Iterator[BaseException]:
    current: BaseException | None = error
    while current is not None:
        yield current
        current = current.__cause__


def _said(error: BaseException) -> str:
    """The server's own words, where it has some."""
    body: Any = getattr(error, "body", None)
    if isinstance(body, dict):
        inner = body.get("error", body)
        told = inner.get("message") if isinstance(inner, dict) else inner
        if isinstance(told, str) and told:
            return _line(told)
    return _line(str(getattr(error, "error", None) or getattr(error, "message", None) or error))


def _line(text: str) -> str:
    """One line without markup or control characters.

    >>> _line("<html><h1>Bad\\x1b Gateway</h1>")
    'Bad Gateway'
    """
    plain = "".join(c if c.isprintable() else " " for c in _TAGS.sub(" ", text))
    line = " ".join(plain.split())
    return (line if len(line) <= _MOST_CHARS else line[: _MOST_CHARS - 1] + "…") or "no reason given"
