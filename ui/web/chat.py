"""A conversation of one browser tab: what was asked, what came of it, and the answer on its way.

The engine holds no conversation and the server no list of them: all of it lives in the tab's `gr.State`.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Literal

from index.errors import CitewellError, UsageError
from rag.answer import Answer, Found, Turn
from ui.arrivals import Arrivals
from ui.places import Places
from ui.web.engine import Engine
from ui.web.exchanges import answer_html, found_html, note_html, working_html

logger = logging.getLogger(__name__)

FRAME_SECONDS = 0.07
"""Between two updates of the page: about 14 a second, as fast as reading needs and a browser likes."""
HISTORY_TURNS = 20
"""Earlier exchanges passed to the engine."""
_GATHER_SECONDS = 0.01  # what is there at once is taken as one: a refusal does not flash up as an answer
_REVEAL_FRAMES = 12
"""A text that is there at once is shown sentence by sentence, in at most this many frames."""

_SENTENCE_END = re.compile(r"[.!?…][\"'”’)\]]*(?:\s*\[\d+\])*[.!?…]?(?=\s|$)|\n")


@dataclass(frozen=True, slots=True, eq=False)
class Exchange:
    """A finished question."""

    question: str
    answer: Answer | None
    """None when it was stopped or failed."""
    html: str


class Draft:
    """An answer on its way.

    While it waits for its turn, whoever wants may end it. Once it has started, only the answering ends it:
    a frame that is already on its way to the browser would otherwise be drawn over what ended it.
    """

    def __init__(self, number: int, question: str) -> None:
        self.number = number
        self.question = question
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

    @property
    def next_number(self) -> int:
        return len(self.exchanges) + 1

    @property
    def busy(self) -> bool:
        return self.draft is not None and self.draft.status != "ended"

    def begun(self, question: str) -> Conversation:
        return replace(self, draft=Draft(self.next_number, question))

    def ended(self, exchange: Exchange) -> Conversation:
        return Conversation((*self.exchanges, exchange), None)

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


def failed(number: int, question: str, error: BaseException, text: str = "") -> Exchange:
    """An exchange that ended in an error: ours with message and hint, any other logged and kept vague."""
    if isinstance(error, CitewellError):
        message, hint = error.message[:1].upper() + error.message[1:], error.hint
    else:
        logger.error("a question failed", exc_info=error)
        message, hint = "Something went wrong while answering.", "Ask again; the log has the details."
    body = note_html(number, question, text, kind="failed", message=message, hint=hint)
    return Exchange(question, None, body)


def stopped(draft: Draft) -> Exchange:
    """What is left of an answer that the user stopped."""
    body = note_html(draft.number, draft.question, draft.text, kind="stopped", message="Stopped.")
    return Exchange(draft.question, None, body)


def busy(draft: Draft) -> Exchange:
    """A question that was turned away because too many were waiting."""
    body = note_html(
        draft.number,
        draft.question,
        draft.text,
        kind="failed",
        message="Too many questions are waiting just now.",
        hint="Ask again in a moment.",
    )
    return Exchange(draft.question, None, body)


class Answering:
    """Puts questions to the engine, in threads, and turns what comes back into frames of the page."""

    def __init__(self, engine: Engine, places: Places) -> None:
        """A stopped answer keeps its place until its model has noticed."""
        self.engine = engine
        self._places = places

    async def frames(self, draft: Draft, history: Sequence[Turn]) -> AsyncGenerator[str | Exchange, None]:
        """The draft's HTML as it grows, then the finished exchange; at most one frame in `FRAME_SECONDS`."""
        draft.status = "started"
        yield working_html(draft.number, draft.question, "")
        try:
            answer: Answer | None = None
            text = ""
            work: Arrivals[Found | str | Answer] = Arrivals(
                lambda: self.engine.stream(draft.question, history=history, sources_first=True),
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
                        draft.beside = await asyncio.to_thread(found_html, found, self.engine.library.show)
                        if len(items) == 1:
                            yield working_html(draft.number, draft.question, "", side=draft.beside)
                    answer = next((item for item in items if isinstance(item, Answer)), None)
                    if answer is not None and not answer.answerable:
                        break
                    for shown in reveal(text, len(draft.text), whole=answer is None):
                        if draft.stopping:
                            break
                        draft.text = shown
                        yield working_html(draft.number, draft.question, shown, side=draft.beside)
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
            exchange = failed(draft.number, draft.question, error, draft.text)
        draft.status = "ended"
        yield exchange

    def _finished(self, draft: Draft, answer: Answer) -> Exchange:
        library = self.engine.library
        body = answer_html(
            draft.number,
            draft.question,
            answer,
            library.show,
            searched=library.article_count(),
        )
        return Exchange(draft.question, answer, body)


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
