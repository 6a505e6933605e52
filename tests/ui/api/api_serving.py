"""The API without the page: behind its guard, in this process or listening."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI
from starlette.testclient import TestClient

from rag.settings import load_settings
from ui.answerers import offered
from ui.api.mounting import add_api
from ui.api.service import Service
from ui.web.guard import Guard


def api_app(engine, **settings):
    """The API behind its guard."""
    chosen = load_settings(**{"offered_llms": (), **settings})
    app = FastAPI(openapi_url="/api/openapi.json", docs_url=None, redoc_url=None)
    app.state.closing = threading.Event()
    app.add_middleware(Guard, settings=chosen, closing=app.state.closing)
    app.state.service = Service(offered(engine, chosen), chosen)
    add_api(app, app.state.service)
    return app


def client_of(engine, **settings):
    return TestClient(api_app(engine, **settings), base_url="http://127.0.0.1")


@contextmanager
def listening(app):
    """The app on a port of its own, in a thread."""
    server = uvicorn.Server(
        uvicorn.Config(app, port=0, log_level="error", timeout_graceful_shutdown=1, access_log=False)
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        app.state.closing.set()
        server.should_exit = True
        thread.join(10)
