"""A conversation of one browser tab: what was asked, what came of it, and the answer on its way.

The engine holds no conversation and the server no list of them: all of it lives in the tab's `gr.State`.
"""

from __future__ import annotations

import asyncio
import logging
import re
import threading
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass, replace
from typing import Literal

from index.errors import CitewellError, UsageError
from rag.answer import Answer, Turn
from ui.web import render
from ui.web.engine import Engine

logger = logging.getLogger(__name__)

FRAME_SECONDS = 0.07
"""Between two updates of the page: about 14 a second, as fast as reading needs and a browser likes."""
HISTORY_TURNS = 20
"""Earlier exchanges passed to the engine."""
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
    """An answer on its way. Whoever ends it first, the answering or the stop button, decides how it ends."""

    def __init__(self, number: int, question: str) -> None:
        self.number = number
        self.question = question
        self.text = ""
        self.status: Literal["open", "ended"] = "open"

    def end(self) -> bool:
        """Claim the end of the draft; False when it had ended already."""
        if self.status == "ended":
            return False
        self.status = "ended"
        return True


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
        return self.draft is not None and self.draft.status == "open"

    def begun(self, question: str) -> Conversation:
        return replace(self, draft=Draft(self.next_number, question))

    def ended(self, exchange: Exchange) -> Conversation:
        return Conversation((*self.exchanges, exchange), None)

    def history(self) -> list[Turn]:
        """What the engine may know of it: words only, no markers, no markup.

        A question goes as it was understood, so that the subject of a follow-up to a follow-up is there.
        A refusal adds no words of its own; what was stopped or failed adds nothing.
        """
        turns = [
            Turn(
                question=e.answer.standalone_question,
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
    body = render.note_html(number, question, text, kind="failed", message=message, hint=hint)
    return Exchange(question, None, body)


def stopped(draft: Draft) -> Exchange:
    """What is left of an answer that the user stopped."""
    body = render.note_html(draft.number, draft.question, draft.text, kind="stopped", message="Stopped.")
    return Exchange(draft.question, None, body)


def busy(draft: Draft) -> Exchange:
    """A question that was turned away because too many were waiting."""
    body = render.note_html(
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

    def __init__(self, engine: Engine, *, concurrent: int) -> None:
        self.engine = engine
        self._places = threading.BoundedSemaphore(concurrent)
        """A stopped answer keeps its place until its model has noticed."""

    async def frames(self, draft: Draft, history: Sequence[Turn]) -> AsyncGenerator[str | Exchange, None]:
        """The draft's HTML as it grows, then the finished exchange; at most one frame in `FRAME_SECONDS`."""
        yield render.working_html(draft.number, draft.question, "")
        try:
            answer: Answer | None = None
            text = ""
            arrivals = _arrivals(lambda: self.engine.stream(draft.question, history=history), self._places)
            async with aclosing(arrivals):
                async for items in arrivals:
                    text += "".join(item for item in items if isinstance(item, str))
                    answer = next((item for item in items if isinstance(item, Answer)), None)
                    if answer is not None:
                        break
                    draft.text = text
                    yield render.working_html(draft.number, draft.question, text)
                    await asyncio.sleep(FRAME_SECONDS)
            if answer is None:
                raise RuntimeError("the engine's stream ended without an answer")
            if answer.answerable:
                for shown in reveal(text or answer.answer, len(draft.text)):
                    draft.text = shown
                    yield render.working_html(draft.number, draft.question, shown)
                    await asyncio.sleep(FRAME_SECONDS)
            yield await asyncio.to_thread(self._finished, draft, answer)
        except Exception as error:  # the page must say something, whatever it was
            yield failed(draft.number, draft.question, error, draft.text)

    def _finished(self, draft: Draft, answer: Answer) -> Exchange:
        library = self.engine.library
        body = render.answer_html(
            draft.number,
            draft.question,
            answer,
            library.show,
            searched=library.article_count(),
        )
        return Exchange(draft.question, answer, body)


def reveal(text: str, shown: int) -> Iterator[str]:
    """Beginnings of `text` that end with a sentence and go beyond `shown`, the whole text excluded.

    >>> list(reveal("One [1]. Two. Three.", 0))
    ['One [1].', 'One [1]. Two.']
    """
    ends = [m.end() for m in _SENTENCE_END.finditer(text) if shown < m.end() < len(text.rstrip())]
    step = max(1, -(-len(ends) // _REVEAL_FRAMES))
    for end in ends[::step]:
        yield text[:end]


async def _arrivals(
    start: Callable[[], Iterator[str | Answer]], places: threading.BoundedSemaphore
) -> AsyncGenerator[list[str | Answer], None]:
    """What a blocking stream yields, run in a thread; each list is all that came since the last one.

    Closing this ends the stream as soon as it yields again.

    Raises:
        Exception: whatever the stream raised.
    """
    loop = asyncio.get_running_loop()
    arrived: asyncio.Queue[str | Answer | Exception | None] = asyncio.Queue()
    closed = threading.Event()

    def put(item: str | Answer | Exception | None) -> None:
        with suppress(RuntimeError):  # the loop is gone: the server is shutting down
            loop.call_soon_threadsafe(arrived.put_nowait, item)

    def run() -> None:
        try:
            with places:
                if closed.is_set():
                    return
                stream = start()
                try:
                    for item in stream:
                        if closed.is_set():
                            return
                        put(item)
                finally:
                    close = getattr(stream, "close", None)
                    if close is not None:
                        close()
        except Exception as error:
            put(error)
        finally:
            put(None)

    threading.Thread(target=run, name="citewell-answer", daemon=True).start()
    try:
        over = False
        while not over:
            items = [await arrived.get()]
            while not arrived.empty():
                items.append(arrived.get_nowait())
            ready: list[str | Answer] = []
            for item in items:
                if item is None:
                    over = True
                elif isinstance(item, Exception):
                    if ready:
                        yield ready
                    raise item
                else:
                    ready.append(item)
            if ready:
                yield ready
    finally:
        closed.set()
