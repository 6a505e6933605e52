"""Who asks: a random id in a signed cookie that only the server reads.

Gradio's session hash is chosen by the browser and carries no authority. The cookie is `Lax`, so that no other
site can act in a visitor's name, while a link to this page from elsewhere still finds the visitor's own.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from http.cookies import CookieError, SimpleCookie
from typing import Any, Protocol

from ui.web.store.file import Store

_SECONDS = 400 * 24 * 3600  # the longest that browsers keep a cookie

App = Callable[..., Awaitable[None]]


class Owners(Protocol):
    """Tells whose a request is: a browser's (`Visitors`), or with a login a user's (`Sessions`)."""

    def of(self, cookies: str | None) -> str | None:
        """The owner of what is asked with a `Cookie` header; None where it says nobody."""


class Visitors:
    """Makes and reads the cookies of one store."""

    def __init__(self, store: Store) -> None:
        self._secret = store.secret
        self._name = f"citewell-{store.name}"

    def of(self, cookies: str | None) -> str | None:
        """The visitor whose cookie is in a `Cookie` header; None where there is none that we made."""
        try:
            found = SimpleCookie(cookies or "").get(self._name)
        except CookieError:
            return None
        visitor, _, mark = (found.value if found else "").partition(".")
        return visitor if visitor and hmac.compare_digest(mark, self._mark(visitor)) else None

    def new_cookie(self) -> str:
        """A `Set-Cookie` header for somebody new."""
        visitor = secrets.token_urlsafe(18)
        value = f"{visitor}.{self._mark(visitor)}"
        return f"{self._name}={value}; Path=/; Max-Age={_SECONDS}; HttpOnly; SameSite=Lax"

    def _mark(self, visitor: str) -> str:
        return hmac.new(self._secret, visitor.encode(), hashlib.sha256).hexdigest()[:40]


class Greeter:
    """ASGI middleware: gives whoever opens the page without a cookie of ours one."""

    def __init__(self, app: App, visitors: Visitors) -> None:
        self.app = app
        self.visitors = visitors

    async def __call__(
        self, scope: MutableMapping[str, Any], receive: Callable[..., Any], send: Callable[..., Any]
    ) -> None:
        if scope["type"] != "http" or scope["path"] != "/":
            await self.app(scope, receive, send)
            return
        cookies = dict(scope["headers"]).get(b"cookie", b"").decode("latin-1")
        new = [] if self.visitors.of(cookies) else [(b"set-cookie", self.visitors.new_cookie().encode())]

        async def send_greeting(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *new]
            await send(message)

        await self.app(scope, receive, send_greeting)
