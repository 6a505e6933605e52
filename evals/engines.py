"""What a suite is run against: the protocol, and Citewell's own engine behind it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from index.article import Article
from index.errors import UsageError
from rag.answer import Answer, Passage, Turn
from rag.settings import Settings

if TYPE_CHECKING:
    from rag import CitedQueryEngine


class Engine(Protocol):
    """What a suite is run against."""

    def ask(self, question: str, history: Sequence[Turn]) -> Answer:
        """The answer to a question at the end of a conversation."""
        ...

    def article(self, article_id: str, version: str) -> Article | None:
        """An article as cited; None where there is no such thing."""
        ...

    def full_text(self, question: str, k: int) -> Sequence[Passage] | None:
        """The `k` best passages by full text alone, as a control; None where there is no such search."""
        ...


OpenEngine = Callable[[Path | None, Path | None, Settings], AbstractContextManager[Engine]]
"""Opens an engine over a folder of articles or over an existing library, whichever of the two is given."""


@contextmanager
def open_citewell(articles: Path | None, library: Path | None, settings: Settings) -> Iterator[Engine]:
    """Citewell's own engine, over a library made for the run where none is given."""
    from index.library import Library
    from rag import CitedQueryEngine

    with tempfile.TemporaryDirectory(prefix="citewell-eval-") as folder:
        if library is None:
            assert articles is not None
            library = Path(folder) / "library"
            with Library.open(library, create=True, embedder=settings.embedder) as made:
                added = made.add([articles], reading=settings.reading())
                failed = [result for result in added if result.status == "failed"]
            if failed:
                reasons = "; ".join(result.reason or result.source for result in failed)
                raise UsageError(reasons, hint="a suite needs all of its articles")
        engine = CitedQueryEngine.open(library, settings=settings)
        with engine:
            yield _Citewell(engine)


class _Citewell:
    """`CitedQueryEngine` as an `Engine`."""

    def __init__(self, engine: CitedQueryEngine) -> None:
        self._engine = engine

    def ask(self, question: str, history: Sequence[Turn]) -> Answer:
        return self._engine.ask(question, history=list(history))

    def article(self, article_id: str, version: str) -> Article | None:
        try:
            return self._engine.library.show(article_id, version)
        except UsageError:
            return None

    def full_text(self, question: str, k: int) -> Sequence[Passage] | None:
        hits = self._engine.library.search(question, k=k).hits
        ranked = sorted(((h.text_rank, h) for h in hits if h.text_rank is not None), key=lambda pair: pair[0])
        return [
            Passage(
                article_id=hit.chunk.article_id,
                start=hit.chunk.start,
                end=hit.chunk.end,
                text=hit.chunk.text,
                score=hit.text_score,
                ranks={"text": rank},
            )
            for rank, hit in ranked
        ]
