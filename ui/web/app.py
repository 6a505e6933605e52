"""The web chat as one FastAPI app with Gradio mounted in it."""

from __future__ import annotations

import os
import threading
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, ExitStack, asynccontextmanager, closing, nullcontext
from importlib.metadata import version
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from index.scratch import until_the_end

# Both are read when Gradio is imported. Its own choice, /tmp/gradio, stays behind, and is one user's alone.
os.environ["GRADIO_TEMP_DIR"] = str(until_the_end())
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"

import gradio as gr
from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles
from gradio.events import api

from index.article import Span
from index.errors import CitewellError
from index.library import Library
from rag.settings import Settings, load_settings
from ui.answerers import QUOTES, offered
from ui.api.mounting import ABOUT, add_api
from ui.api.service import Service
from ui.places import Places
from ui.web import chat
from ui.web.answer_routes import answer_routes
from ui.web.ask_view import ask_view
from ui.web.cases import Cases
from ui.web.chat import Answering
from ui.web.choice import choice_routes
from ui.web.conversation_routes import conversation_routes
from ui.web.desk import Desk
from ui.web.engine import Engine
from ui.web.frame import FRAME
from ui.web.guard import Guard
from ui.web.library.routes import LibraryPage
from ui.web.library.view import library_view
from ui.web.login.gate import Gate
from ui.web.login.routes import login_routes
from ui.web.login.sessions import Sessions
from ui.web.login.users import Users
from ui.web.markup import plain
from ui.web.reading import article_html
from ui.web.store.conversations import Conversations
from ui.web.store.feedback import Feedback
from ui.web.store.file import Store
from ui.web.store.visitors import Greeter, Owners, Visitors
from ui.web.suggestions import Suggestions
from ui.web.theme import theme

if TYPE_CHECKING:
    from rag import CitedQueryEngine

STYLES = ("fonts.css", "palette.css", "page.css", "library/library.css")
SCRIPTS = (
    *("citewell.js", "reader.js", "exchanges.js", "views.js", "conversations.js", "actions.js"),
    "choice.js",
    *("library/scope.js", "library/library.js", "library/handing_in.js", "library/columns.js"),
)
"""Files of this folder that are sent with the page."""


def build_app(
    engine: Engine | Mapping[str, Engine] | Settings,
    settings: Settings | None = None,
    *,
    examples: Sequence[str] = (),
    store: Store | None = None,
) -> FastAPI:
    """The web chat over an engine, or over the library that the settings name.

    Args:
        engine: answers the questions of all visitors; or several by name, among which they choose; or
            settings, from which one is opened.
        settings: limits of the page; defaults when only an engine is given.
        examples: questions offered on an empty page.
        store: keeps the conversations; for this run only, when None is given with an engine.

    Raises:
        LibraryError: the library of the settings cannot be opened.
        UsageError: the file of users that they name is none.
    """
    own = ExitStack()
    if isinstance(engine, Settings):
        settings, engine = engine, own.enter_context(open_engine(engine))
        store = store or own.enter_context(closing(Store.beside(settings.library)))
    settings = settings or load_settings()
    answerers = engine if isinstance(engine, Mapping) else offered(engine, settings)
    service = Service(answerers, settings)
    engine = service.default
    library = LibraryPage(engine.library, settings) if isinstance(engine.library, Library) else None
    app = FastAPI(
        title="Citewell",
        version=version("citewell"),
        description=ABOUT,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
        lifespan=_lifespan(library, own),
    )
    app.state.service = service
    app.state.closing = threading.Event()
    store = store or own.enter_context(closing(Store.beside(None)))
    visitors = _add_owners(app, store, settings)
    app.add_middleware(Guard, settings=settings, closing=app.state.closing)
    add_api(app, service)
    conversations = Conversations(store)
    answering = Answering(service.engines, service.places)
    desk = Desk(answering, conversations, max_question_chars=settings.max_question_chars)
    _add_article_page(app, engine)
    app.include_router(conversation_routes(conversations, visitors))
    app.include_router(choice_routes(service))
    suggestions = Suggestions(answerers.get(QUOTES, engine))
    suite = Cases(settings.suite or settings.library / "suite.yaml", engine, settings)
    app.include_router(answer_routes(conversations, Feedback(store), suite, visitors, suggestions.to_go_on))
    if library is not None:
        app.include_router(library.router())
    app.mount("/fonts", StaticFiles(packages=[("ui.web", "fonts")]))
    blocks = _blocks(
        engine,
        service.places,
        settings,
        desk,
        visitors,
        (lambda: examples) if examples else suggestions.to_begin,
    )
    style, script = (
        "".join((files("ui.web") / name).read_text(encoding="utf-8") for name in names)
        for names in (STYLES, SCRIPTS)
    )
    gr.mount_gradio_app(
        app,
        blocks,
        path="/",
        server_name=settings.host,
        server_port=settings.port,
        theme=theme(),
        head=f"<style>{style}</style><script>if (!window.citewell) {{{script}}}</script>",
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


def _lifespan(
    library: LibraryPage | None, own: ExitStack
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    """Adds what is handed in while the app runs, and closes then what was opened for it."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        with own:
            async with library.running(app) if library else nullcontext():
                yield

    return lifespan


def open_engine(settings: Settings) -> CitedQueryEngine:
    """The engine over the library that the settings name."""
    from rag import CitedQueryEngine

    return CitedQueryEngine.open(settings.library, settings=settings)


def _add_owners(app: FastAPI, store: Store, settings: Settings) -> Owners:
    """Who is asking: whoever is logged in, where there are users, else the browser."""
    if settings.users is None:
        visitors = Visitors(store)
        app.add_middleware(Greeter, visitors=visitors)
        return visitors
    sessions = Sessions(store, Users(settings.users), hours=settings.login_hours)
    app.add_middleware(Gate, sessions=sessions, settings=settings)
    app.include_router(login_routes(sessions))
    return sessions


def _add_article_page(app: FastAPI, engine: Engine) -> None:
    @app.get("/article", response_class=HTMLResponse, include_in_schema=False)
    def article(
        id: str, version: str, start: int, end: int, check: str, around: int | None = None
    ) -> HTMLResponse:
        """One version of an article with the words at start…end highlighted, as a fragment of HTML."""
        try:
            found = engine.library.show(id, version)
        except CitewellError as error:
            return HTMLResponse(f'<p class="problem">{plain(error.message)}</p>', status_code=404)
        return HTMLResponse(article_html(found, Span(start, end), check, around=around))


def _blocks(
    engine: Engine,
    places: Places,
    settings: Settings,
    desk: Desk,
    visitors: Owners,
    examples: Callable[[], Sequence[str]],
) -> gr.Blocks:
    blocks: gr.Blocks = gr.Blocks(title="Citewell", analytics_enabled=False, fill_width=True)
    with blocks:
        scope = gr.State(None)  # Filters that the next questions are put under; any view may set it
        gr.HTML(FRAME, js_on_load=None, apply_default_css=False, elem_id="frame")
        with gr.Column(elem_id="view-ask", elem_classes="view"):
            limits = ask_view(desk, visitors, settings, examples, scope, blocks.load)
        with gr.Column(elem_id="view-library", elem_classes="view"):
            if isinstance(engine.library, Library):
                library_view(engine.library, settings, scope, limits, blocks.load)
        _publish_ask(engine, places, settings)
    blocks.queue(max_size=settings.queue_length, default_concurrency_limit=settings.concurrent_answers)
    return blocks


def _publish_ask(engine: Engine, places: Places, settings: Settings) -> None:
    """The one public endpoint: a question in, the answer of the JSON contract out."""

    def ask(question: str) -> dict[str, Any]:
        """Answer one question from the articles; every citation is a checked quote."""
        try:
            with places.taken():
                return engine.ask(chat.check_question(question, settings.max_question_chars)).to_dict()
        except CitewellError as error:
            raise gr.Error(f"{error.message} {error.hint}".strip(), print_exception=False) from error

    api(
        ask,
        api_name="ask",
        concurrency_limit=settings.concurrent_answers,
        concurrency_id="answers",
    )
