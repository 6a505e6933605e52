"""What a server answers with: its engines, its places to answer at, and whether it is ready."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from index.article import Filters
from index.errors import UsageError
from rag.answer import Answer, Found, Turn
from rag.settings import Settings
from ui.places import Places
from ui.readiness import Readiness
from ui.web.engine import Engine


class Service:
    """One for a server, shared by page and API. Holds nothing of any user."""

    def __init__(self, engines: Mapping[str, Engine], settings: Settings) -> None:
        """`engines` by the name of who answers; the first is asked where none is named."""
        self.engines = dict(engines)
        self.settings = settings
        self.places = Places(settings.concurrent_answers, settings.queue_length)
        self._readiness = {name: Readiness(engine) for name, engine in self.engines.items()}

    @property
    def default(self) -> Engine:
        return next(iter(self.engines.values()))

    def close(self) -> None:
        """Close the engines that stand beside the first; that one is its opener's to close."""
        for engine in list(self.engines.values())[1:]:
            engine.close()

    def engine(self, llm: str | None) -> Engine:
        """The engine of that name.

        Raises:
            UsageError: this server does not answer by it.
        """
        if llm is None:
            return self.default
        if llm not in self.engines:
            raise UsageError(
                f"this server does not answer by {llm!r}",
                hint=f"it does by: {', '.join(self.engines)}; CITEWELL_OFFERED_LLMS names further ones",
            )
        return self.engines[llm]

    def stream(
        self,
        question: str,
        history: tuple[Turn, ...],
        *,
        llm: str | None,
        filters: Filters,
        top_k: int | None,
    ) -> Iterator[Found | str | Answer]:
        """The answer as `CitedQueryEngine.stream` gives it, sources first.

        Raises:
            UsageError: the question is empty or too long, or an article or model that is named is not here.
            ModelError: the model failed.
        """
        engine = self.engine(llm)
        for article_id in filters.articles:
            engine.library.show(article_id)
        yield from engine.stream(question, history, filters=filters, top_k=top_k, sources_first=True)

    def readiness(self, llm: str | None = None) -> Readiness:
        """How far the engine of that name is.

        Raises:
            UsageError: this server does not answer by it.
        """
        self.engine(llm)
        return self._readiness[llm or next(iter(self.engines))]

    def is_ready(self) -> bool:
        """Whether a question is answered without anything being loaded first.

        Raises:
            CitewellError: it will never be.
        """
        readiness = self.readiness()
        state = readiness.begin()
        if readiness.trouble is not None:
            raise readiness.trouble
        self.default.library.article_count()
        return state == "ready"
