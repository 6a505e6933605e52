"""What page and API need of an engine and its library: the seam that tests and other engines plug into."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Protocol

from index.article import Article, Filters
from index.catalog import Catalog
from index.ingest import AddResult, Source
from index.readers.reading import Reading
from index.tables import ArticleInfo
from rag.answer import Answer, Found, Passage, Turn

Show = Callable[[str, str | None], Article]
"""`Library.show`: an article by id and version."""


class ArticleSummary(Protocol):
    """An article without its text, as the library lists it."""

    @property
    def article_id(self) -> str: ...

    @property
    def version(self) -> str: ...

    @property
    def publisher(self) -> str | None: ...

    @property
    def published(self) -> date | None: ...


class Library(Protocol):
    """The articles behind the answers."""

    @property
    def path(self) -> Path: ...

    @property
    def catalog(self) -> Catalog: ...

    def list(self, filters: Filters = ...) -> Sequence[ArticleInfo]: ...

    def article_count(self) -> int: ...

    def count_matching(self, filters: Filters) -> int: ...

    def show(self, article_id: str, version: str | None = None) -> Article: ...

    def add(self, sources: Iterable[Article | Source], *, reading: Reading = ...) -> Sequence[AddResult]: ...

    def remove(self, article_id: str) -> None: ...


class Engine(Protocol):
    """Answers questions; holds no conversation; may be used by many threads at once."""

    @property
    def library(self) -> Library: ...

    def ask(self, question: str, history: Sequence[Turn] = ()) -> Answer: ...

    def stream(
        self,
        question: str,
        history: Sequence[Turn] = (),
        *,
        filters: Filters = ...,
        top_k: int | None = None,
        sources_first: bool = False,
    ) -> Iterator[Found | str | Answer]: ...

    def search(
        self, question: str, history: Sequence[Turn] = (), *, filters: Filters = ..., top_k: int | None = None
    ) -> Sequence[Passage]: ...

    def warm_up(self) -> None: ...

    def close(self) -> None: ...
