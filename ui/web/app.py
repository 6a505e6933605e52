"""The web chat as one FastAPI app with Gradio mounted in it, and the server that runs it."""

from __future__ import annotations

import logging
import os
import socket
import sys
import threading
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing, suppress
from errno import EACCES, EADDRINUSE
from importlib.resources import files
from types import FrameType
from typing import TYPE_CHECKING, Any

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # read when Gradio is imported

import gradio as gr
import uvicorn
from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles
from gradio.events import api

from index.article import Span
from index.errors import CitewellError, UsageError
from rag.settings import Settings, load_settings
from ui.web import chat
from ui.web.chat import Answering, Conversation, Draft
from ui.web.engine import Engine
from ui.web.exchanges import working_html
from ui.web.guard import Guard
from ui.web.markup import plain
from ui.web.reading import article_html
from ui.web.theme import theme
from ui.web.welcome import welcome_html

if TYPE_CHECKING:
    from rag import CitedQueryEngine

MASTHEAD = """
<div class="masthead"><h1>Citewell</h1>
<button type="button" id="light" aria-label="Switch between light and dark">Light / dark</button></div>
<p class="sr" id="said" role="status" aria-live="polite"></p>
"""

Update = dict[Any, Any]


def build_app(
    engine: Engine | Settings, settings: Settings | None = None, *, examples: Sequence[str] = ()
) -> FastAPI:
    """The web chat over an engine, or over the library that the settings name.

    Args:
        engine: answers the questions of all visitors; or settings, from which one is opened.
        settings: limits of the page; defaults when only an engine is given.
        examples: questions offered on an empty page.

    Raises:
        LibraryError: the library of the settings cannot be opened.
    """
    if isinstance(engine, Settings):
        settings, engine = engine, _open(engine)
    settings = settings or load_settings()
    app = FastAPI(title="Citewell", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.closing = closing = threading.Event()
    app.add_middleware(
        Guard,
        host=settings.host,
        max_question_chars=settings.max_question_chars,
        closing=closing,
    )
    _add_article_page(app, engine)
    own = files("ui.web")
    app.mount("/fonts", StaticFiles(packages=[("ui.web", "fonts")]))
    blocks = _blocks(engine, settings, examples)
    fonts, style, script = (
        own.joinpath(name).read_text(encoding="utf-8") for name in ("fonts.css", "page.css", "page.js")
    )
    gr.mount_gradio_app(
        app,
        blocks,
        path="/",
        server_name=settings.host,
        server_port=settings.port,
        theme=theme(),
        head=f"<style>{fonts}{style}</style><script>{script}</script>",
        footer_links=[],
        run_history=False,
        show_error=False,
        ssr_mode=False,
        mcp_server=False,
        pwa=False,
        enable_monitoring=False,
        max_file_size=0,
    )
    return app


def _open(settings: Settings) -> CitedQueryEngine:
    from rag import CitedQueryEngine

    return CitedQueryEngine.open(settings.library, settings=settings)


def _add_article_page(app: FastAPI, engine: Engine) -> None:
    @app.get("/article", response_class=HTMLResponse)
    def article(
        id: str, version: str, start: int, end: int, check: str, around: int | None = None
    ) -> HTMLResponse:
        """One version of an article with the words at start…end highlighted, as a fragment of HTML."""
        try:
            found = engine.library.show(id, version)
        except CitewellError as error:
            return HTMLResponse(f'<p class="problem">{plain(error.message)}</p>', status_code=404)
        return HTMLResponse(article_html(found, Span(start, end), check, around=around))


def _blocks(engine: Engine, settings: Settings, examples: Sequence[str]) -> gr.Blocks:
    answering = Answering(engine, concurrent=settings.concurrent_answers)
    longest = settings.max_question_chars
    blocks: gr.Blocks = gr.Blocks(title="Citewell", analytics_enabled=False, fill_width=True)
    with blocks:
        conversation = gr.State(None)
        gr.HTML(MASTHEAD, js_on_load=None, apply_default_css=False, elem_id="top")
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
        blocks.load(look, None, [welcome], queue=False, **private)
        _publish_ask(engine, settings)
    blocks.queue(max_size=settings.queue_length, default_concurrency_limit=settings.concurrent_answers)
    return blocks


def _open_draft(known: Conversation | None) -> Draft | None:
    return known.draft if known is not None and known.busy else None


def _publish_ask(engine: Engine, settings: Settings) -> None:
    """The one public endpoint: a question in, the answer of the JSON contract out."""

    def ask(question: str) -> dict[str, Any]:
        """Answer one question from the articles; every citation is a checked quote."""
        try:
            return engine.ask(chat.check_question(question, settings.max_question_chars)).to_dict()
        except CitewellError as error:
            raise gr.Error(f"{error.message} {error.hint}".strip(), print_exception=False) from error

    api(
        ask,
        api_name="ask",
        concurrency_limit=settings.concurrent_answers,
        concurrency_id="answers",
    )


# --------------------------------------------------------------------------------------------- server


def serve(
    settings: Settings, *, ready: Callable[[str], None] | None = None, examples: Sequence[str] = ()
) -> None:
    """Run the web chat until it is interrupted.

    Args:
        ready: called with the address once it answers there; the address is printed if None.
        examples: questions offered on an empty page.

    Raises:
        UsageError: the address is taken, not allowed or not one of this machine.
        LibraryError: the library cannot be opened.
    """
    with _listen(settings.host, settings.port) as listener, _open(settings) as engine:
        app = build_app(engine, settings, examples=examples)
        name = f"[{settings.host}]" if ":" in settings.host else settings.host
        address = f"http://{name}:{listener.getsockname()[1]}"
        threading.Thread(target=_warm_up, args=(engine,), name="citewell-warm-up", daemon=True).start()
        config = uvicorn.Config(
            app, log_level="warning", access_log=False, server_header=False, timeout_graceful_shutdown=1
        )
        with suppress(KeyboardInterrupt):  # uvicorn has shut down and passes the signal on
            _Server(config, app.state.closing, lambda: (ready or _announce)(address)).run(sockets=[listener])


def _warm_up(engine: CitedQueryEngine) -> None:
    """Makes a local model ready behind the page; a question that comes sooner waits for it."""
    try:
        engine.warm_up()
    except CitewellError as error:
        logging.getLogger(__name__).warning("%s; %s", error.message, error.hint)


def _announce(address: str) -> None:
    sys.stdout.write(f"Citewell is at {address}  (Ctrl-C stops it)\n")
    sys.stdout.flush()


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, closing: threading.Event, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._closing = closing
        self._ready = ready

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._closing.set()
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)  # a page left open is no error
        super().handle_exit(sig, frame)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()


def _listen(host: str, port: int) -> socket.socket:
    """A socket bound to the address, so that a taken port is found before anything heavy is opened."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except (OSError, UnicodeError) as error:
        raise UsageError(f"no such host: {host!r}", hint="use 127.0.0.1") from error
    listener = socket.socket(family, kind)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(128)
    except OSError as error:
        listener.close()
        if error.errno == EADDRINUSE:
            raise UsageError(
                f"port {port} of {host} is in use",
                hint="stop the other program, or choose another port with --port",
            ) from error
        if error.errno == EACCES:
            raise UsageError(
                f"this user may not listen on port {port}", hint="choose a port above 1023 with --port"
            ) from error
        raise UsageError(
            f"cannot listen on {host}: {error.strerror or error}", hint="use 127.0.0.1"
        ) from error
    return listener
