"""What a server answers with: its engines, its places to answer at, and whether it is ready."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Mapping

from index.article import Filters
from index.errors import CitewellError, UsageError
from rag.answer import Answer, Found, Turn
from rag.settings import Settings
from ui.places import Places
from ui.web.engine import Engine

logger = logging.getLogger(__name__)


class Service:
    """One for a server, shared by page and API. Holds nothing of any user."""

    def __init__(self, engines: Mapping[str, Engine], settings: Settings) -> None:
        """`engines` by the name of who answers; the first is asked where none is named."""
        self.engines = dict(engines)
        self.settings = settings
        self.places = Places(settings.concurrent_answers, settings.queue_length)
        self.trouble: CitewellError | None = None
        """Why it will not be ready."""
        self._ready = threading.Event()
        self._warming = threading.Lock()

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

    def warm_up(self) -> None:
        """Load what the first answer needs, in a thread; done at most once."""
        if self._warming.acquire(blocking=False):
            threading.Thread(target=self._warm_up, name="citewell-warm-up", daemon=True).start()

    def is_ready(self) -> bool:
        """Whether a question is answered without anything being loaded first.

        Raises:
            CitewellError: it will never be.
        """
        self.warm_up()
        if self.trouble is not None:
            raise self.trouble
        self.default.library.article_count()
        return self._ready.is_set()

    def _warm_up(self) -> None:
        try:
            self.default.warm_up()
        except CitewellError as error:
            self.trouble = error
            logger.warning("%s; %s", error.message, error.hint)
        else:
            self._ready.set()
