"""The view in which questions are asked: the exchanges, and the box below them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from typing import Any

import gradio as gr

from index.article import Filters
from rag.settings import Settings
from ui.web.chat import Conversation, Draft
from ui.web.choice import choice_html
from ui.web.desk import Desk
from ui.web.exchanges import working_html
from ui.web.store.visitors import Owners
from ui.web.welcome import welcome_html

Update = dict[Any, Any]
Wish = dict[str, Any]
"""What the page's script adds to a click: `question`, instead of the box's; `again`, in place of the last
one; `answerer`, who is asked; `conversation`, the one that the address names."""


def ask_view(
    desk: Desk,
    visitors: Owners,
    settings: Settings,
    examples: Callable[[], Sequence[str]],
    scope: gr.State,
    load: Callable[..., Any],
) -> gr.HTML:
    """Build the view into the block that is open.

    Args:
        desk: takes the questions.
        visitors: says who asks.
        settings: limits of the page.
        examples: gives questions to begin with.
        scope: the `Filters` that questions are put under, for any view to set; None is no filter.
        load: registers what happens when the page is loaded, as `gr.Blocks.load` does.

    Returns:
        The place of the line that says what the questions are limited to, for who sets `scope` to fill.
    """
    library = desk.answering.library
    longest = settings.max_question_chars
    still: dict[str, Any] = {"js_on_load": None, "apply_default_css": False}
    conversation = gr.State(None)
    wish = gr.JSON(visible=False)
    log = gr.HTML("", elem_id="log", **still)
    live = gr.HTML("", elem_id="live", **still)
    with gr.Column(elem_id="start") as start:
        welcome = gr.HTML("", **still)
    with gr.Column(elem_id="ask-row"):
        limits = gr.HTML("", elem_id="limits", **still)
        with gr.Row(elem_id="asking"):
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
        gr.HTML(choice_html(list(desk.answering.engines), settings), elem_id="answerers", **still)
    open_it = gr.Button("Open", elem_id="open-it", visible="hidden")

    def at_rest(known: Conversation) -> Update:
        """The page with nothing on its way: the last exchange stands in `live`, the others in `log`."""
        *before, last = known.exchanges or (None,)
        return {
            conversation: known,
            log: "".join(each.html for each in before if each),
            live: last.html if last else "",
            start: gr.update(visible=last is None),
            ask: gr.update(visible=True),
            stop: gr.update(visible=False),
        }

    def begin(
        question: str | None,
        known: Conversation | None,
        asked: Wish | None,
        filters: Filters | None,
        request: gr.Request,
    ) -> Update:
        """Show the question at once, before it waits for its turn."""
        known = known or Conversation()
        question = (asked or {}).get("question") or question or ""
        if known.busy or not question.strip():
            return nothing
        known = desk.begin(
            known,
            question,
            owner(request),
            filters=filters or Filters(),
            again=bool((asked or {}).get("again")),
            llm=(asked or {}).get("answerer"),
        )
        draft = known.draft
        if draft is None:
            return at_rest(known)
        return {
            conversation: known,
            log: "".join(each.html for each in known.exchanges),
            live: working_html(draft.number, draft.question, "", waiting=True, conversation=known.id),
            start: gr.update(visible=False),
            box: "",
            ask: gr.update(visible=False),
            stop: gr.update(visible=True),
        }

    async def answer(known: Conversation | None, request: gr.Request) -> AsyncGenerator[Update, None]:
        if known is None or _open_draft(known) is None:  # refused, or stopped while it waited
            yield nothing  # a generator that yields nothing at all empties every component
            return
        async for frame in desk.frames(known, owner(request)):
            yield {live: frame} if isinstance(frame, str) else at_rest(frame)

    def stop_it(known: Conversation | None, request: gr.Request) -> Update:
        draft = _open_draft(known)
        if known is not None and draft is not None and draft.status == "waiting":
            return at_rest(desk.stopped(known, draft, owner(request)))
        if draft is not None:
            draft.stop()
        return nothing

    def turn_away(known: Conversation | None, request: gr.Request) -> Update:
        draft = _open_draft(known)
        if known is None or draft is None:
            return nothing
        return at_rest(desk.turned_away(known, draft, owner(request)))

    async def open_one(asked: Wish | None, known: Conversation | None, request: gr.Request) -> Update:
        """The conversation that the address names, or an empty page."""
        if known is not None:
            await desk.leave(known, owner(request))
        named = (asked or {}).get("conversation")
        found = await asyncio.to_thread(desk.open, owner(request), named)
        if found is not None:
            return at_rest(found)
        offered = await asyncio.to_thread(examples)
        return at_rest(Conversation()) | {welcome: welcome_html(library.list(), offered)}

    def owner(request: gr.Request) -> str | None:
        return visitors.of(request.headers.get("cookie"))

    nothing: Update = {log: gr.skip()}
    everything = [conversation, log, live, start, box, ask, stop]
    private: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
    # A question that got past the box's limit is cut before it travels.
    cut = f"""(question, known, wish, scope) =>
        [(question ?? "").slice(0, {longest + 1}), known, citewell.wish(), scope]"""
    for trigger in (box.submit, ask.click):
        begun = trigger(begin, [box, conversation, wish, scope], everything, js=cut, queue=False, **private)
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
    wished = "(wish, known) => [citewell.wish(), known]"
    for opening in (load, open_it.click):
        opening(open_one, [wish, conversation], [*everything, welcome], js=wished, queue=False, **private)
    return limits


def _open_draft(known: Conversation | None) -> Draft | None:
    return known.draft if known is not None and known.busy else None
