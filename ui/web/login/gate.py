"""What stands before everything else where the page asks for a login."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from fastapi.responses import PlainTextResponse, RedirectResponse, Response

from rag.settings import Settings
from ui.api.admission import is_api, is_for_programs, is_public
from ui.api.errors import Failure
from ui.web.login.sessions import Sessions

App = Callable[..., Awaitable[None]]

_OPEN = ("/login", "/healthz", "/readyz", "/favicon.ico", "/robots.txt")
_UNCHANGING = ("/assets/", "/static/", "/svelte/", "/fonts/")
"""What is the same for everybody, and may stay in a browser's cache."""


class Gate:
    """ASGI middleware: lets in who is logged in, and programs with the API's token, which was checked before.

    Where no token is set, programs have no other way in than a session: a login that the API goes around
    would be none.
    """

    def __init__(self, app: App, *, sessions: Sessions, settings: Settings) -> None:
        self.app = app
        self._sessions = sessions
        self._has_token = settings.api_token is not None

    async def __call__(
        self, scope: MutableMapping[str, Any], receive: Callable[..., Any], send: Callable[..., Any]
    ) -> None:
        path = scope.get("path", "")
        if scope["type"] != "http" or self._is_open(path):
            await self.app(scope, receive, send)
            return
        cookies = dict(scope["headers"]).get(b"cookie", b"").decode("latin-1")
        if await asyncio.to_thread(self._sessions.name, cookies) is None:
            await _turned_away(path)(scope, receive, send)
            return

        async def send_uncached(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start" and not path.startswith(_UNCHANGING):
                kept = [pair for pair in message.get("headers", ()) if pair[0].lower() != b"cache-control"]
                message["headers"] = [*kept, (b"cache-control", b"no-store")]
            await send(message)

        await self.app(scope, receive, send_uncached)

    def _is_open(self, path: str) -> bool:
        if path in _OPEN or path.startswith("/fonts/") or is_public(path):
            return True
        return self._has_token and is_for_programs(path)


def _turned_away(path: str) -> Response:
    if path == "/":
        return RedirectResponse("/login", 303)
    if is_api(path):
        hint = "log in with a browser; programs need CITEWELL_API_TOKEN to be set on the server"
        return Failure(401, "nobody is logged in", hint).response(path)
    return PlainTextResponse("nobody is logged in", 401)
