"""A web site on loopback that plays what servers do: pages, redirects, packing, faults, slowness."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

STORY = (
    "The island council has ordered a new ferry for {name}. It will carry 550 passengers and 100 cars. "
    "The minister said on Monday that the old one would be kept until the end of the year, because the "
    "inspectors are still at work."
)
PAGE = """<!DOCTYPE html><html lang="en"><head><title>{name}</title>{head}</head><body>
<nav><a href="/">Home</a></nav><article><h1>{name}</h1><p>{story}</p>
<p>Traders in the old town of {name} had asked for an earlier date, and now want to go to court.</p>
</article><footer>Imprint</footer></body></html>"""


def html_page(name: str, head: str = "") -> bytes:
    return PAGE.format(name=name, head=head, story=STORY.format(name=name)).encode()


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What a request gets. Pieces are sent one after another; a number among them is a pause in seconds."""

    body: bytes | Sequence[bytes | float] | Callable[[], Iterator[bytes]] = b""
    status: int = 200
    type: str | None = "text/html; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)
    length: int | None = None
    """Content-Length to claim; by default the true one of bytes, and none of pieces."""


class Request(NamedTuple):
    path: str
    headers: dict[str, str]
    """Names in lower case."""


class Site:
    """Serves replies by path; a list of replies is served one by one, the last again and again."""

    def __init__(self) -> None:
        self.pages: dict[str, Reply | list[Reply]] = {}
        self.requests: list[Request] = []
        self.closing = threading.Event()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._http.daemon_threads = True
        self._http.handle_error = lambda *_: None  # clients that leave are part of the play
        self.port = self._http.server_port
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,))

    def __enter__(self) -> Site:
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.closing.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def page(self, path: str, name: str, head: str = "", **reply: object) -> str:
        """Serve an article; its address."""
        self.pages[path] = Reply(body=html_page(name, head), **reply)  # type: ignore[arg-type]
        return self.url + path

    def reply(self, path: str, *replies: Reply) -> str:
        """Serve replies; their address."""
        self.pages[path] = list(replies)
        return self.url + path

    def redirect(self, path: str, location: str, status: int = 302) -> str:
        return self.reply(path, Reply(status=status, headers={"Location": location}))

    def asked(self, path: str) -> list[Request]:
        return [request for request in self.requests if request.path == path]

    def take(self, request: Request) -> Reply:
        self.requests.append(request)
        found = self.pages.get(request.path)
        if found is None:
            return Reply(status=404, body=b"no such page")
        if isinstance(found, Reply):
            return found
        return found.pop(0) if len(found) > 1 else found[0]


def _handler(site: Site) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            reply = site.take(Request(self.path, headers))
            etag = reply.headers.get("ETag")
            if etag is not None and headers.get("if-none-match") == etag:
                reply = Reply(status=304, headers=reply.headers, type=None)
            self.send_response(reply.status)
            if reply.type is not None:
                self.send_header("Content-Type", reply.type)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            length = len(reply.body) if isinstance(reply.body, bytes) else reply.length
            if length is not None:
                self.send_header("Content-Length", str(length if reply.length is None else reply.length))
            self.end_headers()
            pieces = [reply.body] if isinstance(reply.body, bytes) else reply.body
            for piece in pieces() if callable(pieces) else pieces:
                if isinstance(piece, bytes):
                    self.wfile.write(piece)
                    self.wfile.flush()
                elif site.closing.wait(piece):
                    return

        def log_message(self, *_: object) -> None:
            pass

    return Handler
