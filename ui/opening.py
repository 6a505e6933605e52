"""From options to an open library or engine. What is heavy is imported here only when it is called for."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ui import printing

if TYPE_CHECKING:
    from index.article import Filters
    from index.library import Library
    from rag import CitedQueryEngine
    from rag.settings import Settings


def make_settings(library: Path | None, **overrides: object) -> Settings:
    """The settings, with the options that were given laid over the environment."""
    from rag.settings import load_settings

    return load_settings(library=library, **overrides)


def open_library(
    settings: Settings, *, create: bool = False, wait: bool = True, any_embedder: bool = False
) -> Library:
    """The library of the settings; `any_embedder` for what has to work on one built with another."""
    from index.library import Library

    return Library.open(
        settings.library,
        embedder=None if any_embedder else settings.embedder,
        create=create,
        wait_for_lock=wait,
        notice=printing.notice,
    )


@contextlib.contextmanager
def open_engine(settings: Settings, filters: Filters) -> Iterator[CitedQueryEngine]:
    """The engine over the library, once the articles that are asked for are known to be in it."""
    if settings.llm != "verbatim":
        from rag.models.llms import load_llm

        load_llm(settings.llm, settings)  # loads nothing yet; a wrong name is said before all else
    with open_library(settings) as opened:  # what is missing or mended is said before the seconds of loading
        for article_id in filters.articles:
            opened.show(article_id)
        from rag import CitedQueryEngine

        yield CitedQueryEngine(opened, settings=settings)
