"""The view in which questions are asked: the exchanges, and the box below them."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from typing import Any

import gradio as gr

from index.errors import UsageError
from rag.settings import Settings
from ui.places import Places
from ui.web import chat
from ui.web.chat import Answering, Conversation, Draft
from ui.web.engine import Engine
from ui.web.exchanges import working_html
from ui.web.welcome import welcome_html

Update = dict[Any, Any]


def ask_view(
    engine: Engine,
    places: Places,
    settings: Settings,
    examples: Sequence[str],
    load: Callable[..., Any],
) -> None:
    """Build the view into the block that is open.

    Args:
        engine: answers the questions.
        places: what it answers at.
        settings: limits of the page.
        examples: questions offered on an empty page.
        load: registers what happens when the page is loaded, as `gr.Blocks.load` does.
    """
    answering = Answering(engine, places)
    longest = settings.max_question_chars
    conversation = gr.State(None)
    log = gr.HTML("", js_on_load=None, apply_default_css=False, elem_id="log")
    live = gr.HTML("", js_on_load=None, apply_default_css=False, elem_id="live")
    with gr.Column(elem_id="start") as start:
        welcome = gr.HTML("", js_on_load=None, apply_default_css=False)
        offered = [gr.Button(text, elem_classes="example") for text in examples]
    with gr.Row(elem_id="ask-row"):
        box = gr.Textbox(
            label="Your question",
            show_label=False,
            placeholder="Ask a question",
            lines=1,
            max_lines=6,
            max_length=longest + 1,  # the one too many is what `begin` speaks of
            container=False,
            autofocus=True,
            elem_id="question",
            scale=1,
        )
        ask = gr.Button("Ask", elem_id="ask", variant="primary", scale=0, min_width=88)
        stop = gr.Button("Stop", elem_id="stop", visible=False, scale=0, min_width=88)

    def at_rest(known: Conversation) -> Update:
        """The page with nothing on its way: the last exchange stands in `live`, the others in `log`."""
        return {
            conversation: known,
            live: known.exchanges[-1].html,
            ask: gr.update(visible=True),
            stop: gr.update(visible=False),
        }

    def begin(question: str | None, known: Conversation | None) -> Update:
        """Show the question at once, before it waits for its turn."""
        known = known or Conversation()
        if known.busy or not (question or "").strip():
            return nothing
        shown: Update = {log: known.log_html(), start: gr.update(visible=False)}
        try:
            known = known.begun(chat.check_question(question or "", longest))
        except UsageError as error:
            number = known.next_number
            return shown | at_rest(known.ended(chat.failed(number, (question or "").strip(), error)))
        draft = known.draft
        assert draft is not None
        return shown | {
            conversation: known,
            live: working_html(draft.number, draft.question, "", waiting=True),
            box: "",
            ask: gr.update(visible=False),
            stop: gr.update(visible=True),
        }

    async def answer(known: Conversation | None) -> AsyncGenerator[Update, None]:
        draft = _open_draft(known)
        if known is None or draft is None:  # refused, or stopped while it waited
            yield nothing  # a generator that yields nothing at all empties every component
            return
        async with aclosing(answering.frames(draft, known.history())) as frames:
            async for frame in frames:
                yield {live: frame} if isinstance(frame, str) else at_rest(known.ended(frame))

    async def stop_it(known: Conversation | None) -> Update:
        draft = _open_draft(known)
        if known is not None and draft is not None and draft.status == "waiting":
            draft.status = "ended"
            return at_rest(known.ended(chat.stopped(draft)))
        if draft is not None:
            draft.stop()
        return nothing

    async def turn_away(known: Conversation | None) -> Update:
        draft = _open_draft(known)
        if known is None or draft is None:
            return nothing
        draft.status = "ended"
        return at_rest(known.ended(chat.busy(draft)))

    def look() -> str:
        return welcome_html(engine.library.list())

    nothing: Update = {log: gr.skip()}
    everything = [conversation, log, live, start, box, ask, stop]
    private: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
    # A question that got past the box's limit is cut before it travels.
    cut = f"(question, known) => [(question ?? '').slice(0, {longest + 1}), known]"
    for trigger, source in [(box.submit, box), (ask.click, box), *((b.click, b) for b in offered)]:
        begun = trigger(begin, [source, conversation], everything, js=cut, queue=False, **private)
        answered = begun.then(
            answer,
            [conversation],
            everything,
            concurrency_limit=settings.concurrent_answers,
            concurrency_id="answers",
            trigger_mode="multiple",  # a question stopped while it waited must not hold up the next
            **private,
        )
        answered.failure(turn_away, [conversation], everything, queue=False, **private)
    stop.click(stop_it, [conversation], everything, queue=False, **private)
    load(look, None, [welcome], queue=False, **private)


def _open_draft(known: Conversation | None) -> Draft | None:
    return known.draft if known is not None and known.busy else None
