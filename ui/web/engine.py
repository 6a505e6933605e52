"""What the page needs of an engine and its library: the seam that tests and other engines plug into."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Protocol

from index.article import Article
from rag.answer import Answer, Found, Turn

Show = Callable[[str, str | None], Article]
"""`Library.show`: an article by id and version."""


class ArticleSummary(Protocol):
    """An article without its text, as the library lists it."""

    @property
    def publisher(self) -> str | None: ...

    @property
    def published(self) -> date | None: ...


class Library(Protocol):
    """The articles behind the answers."""

    def list(self) -> Sequence[ArticleSummary]: ...

    def article_count(self) -> int: ...

    def show(self, article_id: str, version: str | None = None) -> Article: ...


class Engine(Protocol):
    """Answers questions; holds no conversation; may be used by many threads at once."""

    @property
    def library(self) -> Library: ...

    def ask(self, question: str, history: Sequence[Turn] = ()) -> Answer: ...

    def stream(
        self, question: str, history: Sequence[Turn] = (), *, sources_first: bool = False
    ) -> Iterator[Found | str | Answer]: ...
