"""Another system as an engine: Python by `module:factory`, anything else over HTTP.

`module:factory` is called with the folder of the articles (None where a library is named), or with nothing if
it takes nothing. What it gives is asked by its `ask(question, history)`, or called so if it has none; history
is a list of `{"question", "answer"}`. It may have a `close`.

An answer that takes longer than `CITEWELL_LLM_TIMEOUT_SECONDS` is an error of its case.

An address is sent `{"question": …, "history": […]}` by POST for every case. Both answer as
`evals.foreign.replies` tells.
"""

from __future__ import annotations

import importlib
import inspect
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from evals.engines import Engine, OpenEngine
from evals.foreign.patience import within
from evals.foreign.replies import answer_of
from evals.foreign.shelf import Shelf
from index.article import Article
from index.errors import InputError, UsageError
from rag.answer import Answer, Passage, Turn
from rag.settings import Settings

Ask = Callable[[str, list[dict[str, str]]], object]
"""Question and history -> a reply."""


def foreign_engine(name: str) -> OpenEngine:
    """What opens the engine of a name, `module:factory` or an address.

    Raises:
        UsageError: it is neither, or there is no such thing.
    """
    if name.lower().startswith(("http://", "https://")):
        if not urlsplit(name).hostname:
            raise UsageError(f"the engine {name!r} names no host", hint="write http://host:port/path")
        return _opener(lambda articles, settings: _over_http(name, settings.llm_timeout_seconds))
    factory = _factory(name)
    return _opener(
        lambda articles, settings: _in_process(name, factory, articles, settings.llm_timeout_seconds)
    )


def _opener(begin: Callable[[Path | None, Settings], tuple[Ask, Callable[[], None]]]) -> OpenEngine:
    @contextmanager
    def opened(articles: Path | None, library: Path | None, settings: Settings) -> Iterator[Engine]:
        if library is not None:
            shelf = Shelf.of_library(library)
        else:
            assert articles is not None
            shelf = Shelf.of_folder(articles, settings.reading())
        ask, close = begin(articles, settings)
        try:
            yield _Foreign(ask, shelf)
        finally:
            close()

    return opened


class _Foreign:
    """Another system as an `Engine`."""

    def __init__(self, ask: Ask, shelf: Shelf) -> None:
        self._ask = ask
        self._shelf = shelf

    def ask(self, question: str, history: Sequence[Turn]) -> Answer:
        turns = [{"question": turn.question, "answer": turn.answer} for turn in history]
        return answer_of(self._ask(question, turns), question, self._shelf)

    def article(self, article_id: str, version: str) -> Article | None:
        return self._shelf.article(article_id, version)

    def full_text(self, question: str, k: int) -> Sequence[Passage] | None:
        return None


def _factory(name: str) -> Callable[..., Any]:
    module_name, colon, attribute = name.partition(":")
    if not (module_name and colon and attribute):
        raise UsageError(
            f"there is no engine {name!r}", hint="name it module:factory, or http://host:port/path"
        )
    if "" not in sys.path:
        sys.path.insert(0, "")  # a module beside the suite is found as python -m finds it
    try:
        found: Callable[..., Any] = getattr(importlib.import_module(module_name), attribute)
    except Exception as error:  # whatever a module of somebody else's does as it is imported
        raise UsageError(
            f"the engine {name!r} cannot be imported: {type(error).__name__}: {error}",
            hint="it is looked for in the installed packages and in this folder",
        ) from error
    if not callable(found):
        raise UsageError(f"{name!r} cannot be called", hint="name a function or a class")
    return found


def _in_process(
    name: str, factory: Callable[..., Any], articles: Path | None, patience: float
) -> tuple[Ask, Callable[[], None]]:
    try:
        engine = factory(articles) if inspect.signature(factory).parameters else factory()
    except Exception as error:
        raise UsageError(
            f"the engine {name!r} cannot be made: {type(error).__name__}: {error}",
            hint="it is called with the folder of the articles, or with nothing if it takes nothing",
        ) from error
    ask = getattr(engine, "ask", engine)
    if not callable(ask):
        raise UsageError(
            f"what {name!r} makes cannot be asked", hint="give it ask(question, history), or let it be called"
        )
    close = getattr(engine, "close", None)

    def in_time(question: str, history: list[dict[str, str]]) -> object:
        return within(patience, lambda: ask(question, history))

    return in_time, close if callable(close) else lambda: None


def _over_http(address: str, timeout: float) -> tuple[Ask, Callable[[], None]]:
    import httpx

    # Proxies and addresses of the environment are not heeded: questions go where the user said, nowhere else.
    client = httpx.Client(timeout=timeout, trust_env=False)

    def ask(question: str, history: list[dict[str, str]]) -> object:
        try:
            reply = client.post(address, json={"question": question, "history": history})
        except httpx.HTTPError as error:
            raise InputError(f"{address} does not answer: {str(error) or type(error).__name__}") from error
        if reply.is_success:
            try:
                return reply.json()
            except ValueError as error:
                raise InputError(f"{address} answers no JSON: {reply.text[:120]!r}") from error
        said = f"{reply.status_code} {reply.reason_phrase}".rstrip()
        raise InputError(f"{address} answers {said}: {reply.text[:120]!r}")

    def in_time(question: str, history: list[dict[str, str]]) -> object:
        return within(timeout, lambda: ask(question, history))  # httpx bounds each read, not all of them

    return in_time, client.close
