"""What stands before the page: security headers, and a refusal of every request that the page never makes.

Gradio sends no security header and opens about fifty routes (uploads, a proxy, run history, code editing);
an article may carry markup that loads remote images. The policy below stopped every such request in a
browser while the chat kept working. The API's own conditions are in ui/api/admission.py.
"""

from __future__ import annotations

import asyncio
import ipaddress
import re
import threading
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from fastapi.responses import PlainTextResponse

from rag.settings import Settings
from ui.api.admission import is_api, is_upload, longest_body, refusal
from ui.api.errors import Failure, TooLong

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:",  # Gradio compiles its templates
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "media-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "worker-src 'self' blob:",
        "frame-src 'none'",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    ]
)

_POLICY_OF_LOGIN = "; ".join(
    [
        "default-src 'none'",
        "style-src 'unsafe-inline'",
        "font-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)
"""The page that takes a password runs no script, and sends to us alone."""


def headers_of(path: str) -> tuple[tuple[bytes, bytes], ...]:
    """The headers that every answer at a path has."""
    policy = _POLICY_OF_LOGIN if path == "/login" else CONTENT_SECURITY_POLICY
    return (
        (b"content-security-policy", policy.encode()),
        (b"referrer-policy", b"same-origin"),  # without one a login form says its origin is "null"
        (b"x-content-type-options", b"nosniff"),
    )


_OPEN = re.compile(
    r"/(api/.*|v1/.*|healthz|readyz"
    r"||article|library/[a-z]+|conversations(/.*)?|answerers|login|logout|config/?|theme\.css|favicon\.ico|manifest\.json|robots\.txt"
    r"|(static|assets|svelte)/.*|fonts/[a-z0-9-]+\.woff2"
    r"|gradio_api/(queue/(join|data)|heartbeat/[^/]+|cancel|reset/?|startup-events|theme\.css|info/?"
    r"|app_id/?|login_check/?|user/?|call/ask(/[^/]+)?|call/v2/ask(/[^/]+)?|run/[^/]+|api/ask))"
)
"""The paths of the page, of the public `ask` and of the API; no other one is answered."""

_RECEIVING = ("/library/upload", "/library/paste")
"""What takes articles in: it counts the bytes as they come, so they are not gathered here."""

_BODY_MARGIN = 4_096
_BODY_BYTES_PER_CHAR = 12  # a character may travel as two escapes, \uXXXX\uXXXX


class Guard:
    """ASGI middleware: see the module's docstring."""

    def __init__(self, app: App, *, settings: Settings, closing: threading.Event | None = None) -> None:
        """`closing`, once set, lets pages that hold a connection open go, so that the server can end."""
        self.app = app
        self.settings = settings
        self.closing = closing or threading.Event()
        self.max_body = _BODY_MARGIN + _BODY_BYTES_PER_CHAR * max(settings.max_question_chars, 4_096)
        self.hosts = _hosts_of(settings.host)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        own_headers = headers_of(scope["path"])

        async def receive_until_closing() -> Message:
            return {"type": "http.disconnect"} if self.closing.is_set() else await receive()

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *own_headers]
            await send(message)

        path = scope["path"]
        if self.hosts and _host_name(headers.get(b"host", b"").decode("latin-1")) not in self.hosts:
            failure: Failure | None = Failure(421, "ask for this page by the address that citewell printed")
        elif not _OPEN.fullmatch(path):
            failure = Failure(404, "not found")
        else:
            failure = refusal(scope["method"], path, headers, self.settings)
        if failure is not None:
            await _refuse(scope, receive, send_guarded, failure)
        else:
            try:
                await self._within_limit(scope, headers, receive_until_closing, send_guarded)
            except asyncio.CancelledError:
                if not self.closing.is_set():
                    raise

    async def _within_limit(
        self, scope: Scope, headers: dict[bytes, bytes], receive: Receive, send: Send
    ) -> None:
        """Pass the request on with its body, unless that is longer than any question may be."""
        path = scope["path"]
        if path in _RECEIVING:
            await self.app(scope, receive, send)
            return
        longest = longest_body(path, headers, self.settings) if is_api(path) else self.max_body
        too_long = Failure(413, "the request is too long", f"the limit is {longest:,} bytes")
        length = headers.get(b"content-length", b"0")
        if not length.isdigit() or int(length) > longest:
            await _refuse(scope, receive, send, too_long)
            return
        if scope["method"] not in ("POST", "PUT", "PATCH"):
            await self.app(scope, receive, send)
            return
        if is_upload(path, headers):
            await self.app(scope, _counted(receive, longest, too_long), send)
            return
        body = bytearray()
        more = True
        while more:
            message = await receive()
            if message["type"] != "http.request":
                return
            body += message.get("body", b"")
            more = message.get("more_body", False)
            if len(body) > longest:
                await _refuse(scope, receive, send, too_long)
                return
        first: list[Message] = [{"type": "http.request", "body": bytes(body), "more_body": False}]

        async def replay() -> Message:
            return first.pop() if first else await receive()

        await self.app(scope, replay, send)


def _counted(receive: Receive, longest: int, too_long: Failure) -> Receive:
    """What is received, up to so many bytes; then `TooLong` ends whoever reads it."""
    came = 0

    async def counted() -> Message:
        nonlocal came
        message = await receive()
        came += len(message.get("body", b""))
        if came > longest:
            raise TooLong(too_long.message, hint=too_long.hint)
        return message

    return counted


def _hosts_of(host: str) -> frozenset[str]:
    """Names a loopback server may be asked by; none means any.

    A page of another site whose name was made to resolve to 127.0.0.1 would otherwise read the library
    (DNS rebinding).
    """
    return frozenset({host, "127.0.0.1", "localhost", "::1"}) if is_loopback(host) else frozenset()


def is_loopback(host: str) -> bool:
    """Whether an address can be reached from this machine only.

    >>> is_loopback("127.0.0.1"), is_loopback("localhost"), is_loopback("0.0.0.0")
    (True, True, False)
    """
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _host_name(header: str) -> str:
    """The name in a Host header, without its port.

    >>> _host_name("[::1]:7860"), _host_name("LocalHost:80"), _host_name("127.0.0.1")
    ('::1', 'localhost', '127.0.0.1')
    """
    name = header[1:].partition("]")[0] if header.startswith("[") else header.partition(":")[0]
    return name.lower()


async def _refuse(scope: Scope, receive: Receive, send: Send, failure: Failure) -> None:
    path = scope["path"]
    response = failure.response(path) if is_api(path) else PlainTextResponse(failure.message, failure.status)
    await response(scope, receive, send)
