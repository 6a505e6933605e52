"""A conversation as one browser tab has it: what was asked, what came of it, and the answer on its way.

The engine holds no conversation. What a tab shows lives in its `gr.State`; what lasts is in `ui.web.store`.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import Literal

from index.article import Filters
from index.errors import CitewellError, UsageError
from rag.answer import Answer, Found, Turn
from ui.arrivals import Arrivals
from ui.places import Places
from ui.web.engine import Engine, Library
from ui.web.exchange import Exchange
from ui.web.exchanges import exchange_html, found_html, working_html
from ui.web.scope import looked_in
from ui.web.store.conversations import new_id

logger = logging.getLogger(__name__)

FRAME_SECONDS = 0.07
"""Between two updates of the page: about 14 a second, as fast as reading needs and a browser likes."""
HISTORY_TURNS = 20
"""Earlier exchanges passed to the engine."""
_GATHER_SECONDS = 0.01  # what is there at once is taken as one: a refusal does not flash up as an answer
_REVEAL_FRAMES = 12
"""A text that is there at once is shown sentence by sentence, in at most this many frames."""

_SENTENCE_END = re.compile(r"[.!?…][\"'”’)\]]*(?:\s*\[\d+\])*[.!?…]?(?=\s|$)|\n")


class Draft:
    """An answer on its way.

    While it waits for its turn, whoever wants may end it. Once it has started, only the answering ends it:
    a frame that is already on its way to the browser would otherwise be drawn over what ended it.
    """

    def __init__(
        self,
        number: int,
        question: str,
        filters: Filters = Filters(),
        *,
        conversation: str = "",
        llm: str = "",
    ) -> None:
        self.number = number
        self.question = question
        self.filters = filters
        """Which articles may answer."""
        self.llm = llm
        """Who is asked; the server's own choice where it is empty."""
        self.conversation = conversation
        """Id of the conversation it belongs to."""
        self.text = ""
        self.beside = ""
        """HTML of what was found for it."""
        self.status: Literal["waiting", "started", "ended"] = "waiting"
        self.stopping = False
        self.wake: Callable[[], None] = lambda: None

    def stop(self) -> None:
        """Ask the answering to end it now."""
        self.stopping = True
        self.wake()


@dataclass(frozen=True, slots=True, eq=False)
class Conversation:
    """The exchanges of one tab, and the one that is being answered, if any."""

    exchanges: tuple[Exchange, ...] = ()
    draft: Draft | None = None
    id: str = field(default_factory=new_id)
    kept: bool = False
    """Whether the store has it."""

    @property
    def next_number(self) -> int:
        return self.exchanges[-1].number + 1 if self.exchanges else 1

    @property
    def busy(self) -> bool:
        return self.draft is not None and self.draft.status != "ended"

    def begun(
        self, question: str, filters: Filters = Filters(), *, again: bool = False, llm: str = ""
    ) -> Conversation:
        """With a question on its way; `again` lets it take the place of the last one."""
        before = replace(self, exchanges=self.exchanges[:-1]) if again else self
        draft = Draft(before.next_number, question, filters, conversation=self.id, llm=llm)
        return replace(before, draft=draft)

    def ended(self, exchange: Exchange) -> Conversation:
        return replace(self, exchanges=(*self.exchanges, exchange), draft=None)

    def history(self) -> list[Turn]:
        """What the engine may know of it: words only, no markers, no markup.

        A refusal adds no words of its own; what was stopped or failed adds nothing.
        """
        turns = [
            Turn(
                question=e.question,
                answer=" ".join(s.text for s in e.answer.sentences) if e.answer.answerable else "",
            )
            for e in self.exchanges
            if e.answer is not None
        ]
        return turns[-HISTORY_TURNS:]

    def log_html(self) -> str:
        """The exchanges before the last one shown."""
        return "".join(e.html for e in self.exchanges)


def check_question(question: str, max_chars: int) -> str:
    """The question, trimmed.

    Raises:
        UsageError: it is longer than `max_chars`.
    """
    if len(question) > max_chars:
        raise UsageError(
            f"The question is longer than {max_chars:,} characters.",
            hint="Shorten it; a long text belongs into the library, where it can be asked about.",
        )
    return question.strip()


def failed(number: int, question: str, error: BaseException, text: str = "", *, llm: str = "") -> Exchange:
    """An exchange that ended in an error: ours with message and hint, any other logged and kept vague."""
    if isinstance(error, CitewellError):
        message, hint = error.message[:1].upper() + error.message[1:], error.hint
    else:
        logger.error("a question failed", exc_info=error)
        message, hint = "Something went wrong while answering.", "Ask again; the log has the details."
    return Exchange(
        number=number, question=question, outcome="failed", text=text, message=message, hint=hint, llm=llm
    )


def stopped(draft: Draft) -> Exchange:
    """What is left of an answer that the user stopped."""
    return Exchange(
        number=draft.number, question=draft.question, outcome="stopped", text=draft.text, llm=draft.llm
    )


def busy(draft: Draft) -> Exchange:
    """A question that was turned away because too many were waiting."""
    return Exchange(
        number=draft.number,
        question=draft.question,
        outcome="failed",
        text=draft.text,
        message="Too many questions are waiting just now.",
        hint="Ask again in a moment.",
        llm=draft.llm,
    )


class Answering:
    """Puts questions to the engines, in threads, and turns what comes back into frames of the page."""

    def __init__(self, engines: Mapping[str, Engine], places: Places) -> None:
        """`engines` by the name of who answers, the first where none is named.

        A stopped answer keeps its place until its model has noticed.
        """
        self.engines = engines
        self._places = places

    @property
    def library(self) -> Library:
        return next(iter(self.engines.values())).library

    def named(self, llm: object) -> str:
        """The name of one that is there: the first, where what a browser names is none."""
        return llm if isinstance(llm, str) and llm in self.engines else next(iter(self.engines))

    async def frames(self, draft: Draft, history: Sequence[Turn]) -> AsyncGenerator[str | Exchange, None]:
        """The draft's HTML as it grows, then the finished exchange; at most one frame in `FRAME_SECONDS`."""
        draft.status = "started"

        def working(text: str) -> str:
            return working_html(
                draft.number, draft.question, text, side=draft.beside, conversation=draft.conversation
            )

        yield working("")
        try:
            answer: Answer | None = None
            text = ""
            work: Arrivals[Found | str | Answer] = Arrivals(
                lambda: self.engines[self.named(draft.llm)].stream(
                    draft.question, history=history, filters=draft.filters, sources_first=True
                ),
                self._places,
                gather_seconds=_GATHER_SECONDS,
            )
            draft.wake = work.stop
            if draft.stopping:
                work.stop()
            async with aclosing(work.batches()) as batches:
                async for items in batches:
                    text += "".join(item for item in items if isinstance(item, str))
                    for found in (item for item in items if isinstance(item, Found)):
                        draft.beside = await asyncio.to_thread(found_html, found, self.library.show)
                        if len(items) == 1:
                            yield working("")
                    answer = next((item for item in items if isinstance(item, Answer)), None)
                    if answer is not None and not answer.answerable:
                        break
                    for shown in reveal(text, len(draft.text), whole=answer is None):
                        if draft.stopping:
                            break
                        draft.text = shown
                        yield working(shown)
                        await asyncio.sleep(FRAME_SECONDS)
                    if answer is not None:
                        break
            if answer is None and not draft.stopping:
                raise RuntimeError("the engine's stream ended without an answer")
            if answer is None or draft.stopping:
                exchange = stopped(draft)
            else:
                exchange = await asyncio.to_thread(self._finished, draft, answer)
        except Exception as error:  # the page must say something, whatever it was
            exchange = failed(draft.number, draft.question, error, draft.text, llm=draft.llm)
        exchange = await asyncio.to_thread(self.drawn, exchange, draft.conversation)
        draft.status = "ended"
        yield exchange

    def drawn(self, exchange: Exchange, conversation: str, *, kept: bool = False) -> Exchange:
        """The exchange with its HTML; arguments as for `exchange_html`."""
        show = self.library.show
        return replace(exchange, html=exchange_html(exchange, show, conversation=conversation, kept=kept))

    def _finished(self, draft: Draft, answer: Answer) -> Exchange:
        return Exchange(
            number=draft.number,
            question=draft.question,
            outcome="answered",
            answer=answer,
            looked=looked_in(self.library, draft.filters),
            llm=draft.llm,
        )


def reveal(text: str, shown: int, *, whole: bool) -> Iterator[str]:
    """Beginnings of `text` that end with a sentence and go beyond `shown`; then all of it, if `whole`.

    >>> list(reveal("One [1]. Two. Thr", 0, whole=True))
    ['One [1].', 'One [1]. Two.', 'One [1]. Two. Thr']
    """
    ends = [m.end() for m in _SENTENCE_END.finditer(text) if shown < m.end() < len(text.rstrip())]
    step = max(1, -(-len(ends) // _REVEAL_FRAMES))
    for end in ends[::step]:
        yield text[:end]
    if whole:
        yield text
