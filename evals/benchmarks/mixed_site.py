"""A web site on loopback with pages, documents, a feed, a sitemap, and what goes wrong on the web."""

from __future__ import annotations

import gzip
import html
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

from evals.benchmarks.mixed_files import Good, Hostile, Story, page

SLOW_SECONDS = 60
_BLOCK = b"<!-- endless -->" * 4_096


class Reply(NamedTuple):
    body: bytes | Callable[[], Iterator[bytes]] = b""
    type: str = "text/html; charset=utf-8"
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()


class Site:
    """Serves replies by path; what is not there is 404."""

    def __init__(self) -> None:
        self.pages: dict[str, Reply] = {}
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self.pages))
        self._http.daemon_threads = True
        self._http.handle_error = lambda *_: None  # type: ignore[method-assign]  # clients that leave
        self.url = f"http://127.0.0.1:{self._http.server_port}"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True)

    def __enter__(self) -> Site:
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._http.shutdown()
        self._http.server_close()


class Offer(NamedTuple):
    """What a site has to add, and what has to come of it."""

    addresses: list[str]
    feeds: list[str]
    sitemaps: list[str]
    good: list[Good]
    hostile: list[Hostile]


def fill(site: Site, told: Iterator[Story], documents: Sequence[tuple[Good, bytes]]) -> Offer:
    """Put pages, documents, a feed, a sitemap and faults on a site.

    Between two faults stands a page, since a host that fails three times in a row is left alone.
    """
    says = ("title", "author", "publisher", "published")
    good: list[Good] = []

    def put(kind: str, path: str, reply: Callable[[Story], Reply] = lambda story: Reply(page(story))) -> str:
        story = next(told)
        site.pages[path] = reply(story)
        good.append(Good(source=site.url + path, format=kind, story=story, says=says))
        return site.url + path

    addresses, hostile = [], []
    for number, (path, reply, reason) in enumerate(_faults(site)):
        site.pages.update({path: reply} if reply is not None else {})
        hostile.append(Hostile(source=site.url + path, format="page", reason=reason))
        addresses += [site.url + path, put("page", f"/page/{number}")]
    put("page in latin-1", "/old", _in_latin)
    addresses.append(site.url + "/old")
    for number, (file, content) in enumerate(documents):
        path = f"/download/{number}"
        site.pages[path] = Reply(content, "application/octet-stream")
        known = ("title",) if file.format == ".docx" else ()
        good.append(
            Good(source=site.url + path, format=f"{file.format} by URL", story=file.story, says=known)
        )
        addresses.append(site.url + path)
    items = [put("feed", f"/item/{number}") for number in range(15)]
    site.pages["/feed"] = Reply(_feed([*items, f"{site.url}/item/gone"]), "application/rss+xml")
    hostile.append(Hostile(source=f"{site.url}/item/gone", format="feed", reason="no such page"))
    pages = [put("sitemap", f"/map/{number}") for number in range(15)]
    site.pages["/sitemap.xml"] = Reply(_sitemap(pages), "application/xml")
    site.pages["/no-feed"] = Reply(b"Just words, and no feed at all.", "text/plain")
    site.pages["/endless-feed"] = Reply(_endless(b"<rss><channel>"), "application/rss+xml")
    site.pages["/no-sitemap"] = Reply(b"{}", "application/json")
    hostile += [
        Hostile(source=f"{site.url}/no-feed", format="feed", reason="no feed"),
        Hostile(source=f"{site.url}/endless-feed", format="feed", reason="more than .* bytes"),
        Hostile(source=f"{site.url}/no-sitemap", format="sitemap", reason="no sitemap"),
    ]
    feeds = [f"{site.url}/{name}" for name in ("feed", "no-feed", "endless-feed")]
    sitemaps = [f"{site.url}/{name}" for name in ("sitemap.xml", "no-sitemap")]
    return Offer(addresses, feeds, sitemaps, good, hostile)


def _faults(site: Site) -> Iterator[tuple[str, Reply | None, str]]:
    packed = (("Content-Encoding", "gzip"),)
    bomb = gzip.compress(b" " * 200_000_000, 9)
    yield "/missing", None, "no such page"
    yield "/failing", Reply(b"sorry", status=500), "answers 500"
    yield "/forbidden", Reply(b"no", status=403), "refuses it"
    yield "/slow", Reply(_slowly), "no whole answer"
    yield "/circle", Reply(status=302, headers=(("Location", "/circle"),)), "circle"
    yield "/private", Reply(status=302, headers=(("Location", "http://169.254.169.254/"),)), "169.254.169.254"
    yield "/bomb", Reply(bomb, headers=packed), "more than .* bytes"
    yield "/not-packed", Reply(b"<html>plain</html>", headers=packed), "not packed as it claims"
    yield "/endless", Reply(_endless(b"<html><body>")), "more than .* bytes"
    yield "/empty", Reply(b"<html><body><nav><a href='/'>Home</a></nav></body></html>"), "no article"
    yield "/photo", Reply(b"\x89PNG", "image/png"), "image/png"
    yield "/no.pdf", Reply(b"<html><body>Sign in</body></html>", "application/pdf"), "not a PDF"


def _endless(head: bytes) -> Callable[[], Iterator[bytes]]:
    def pieces() -> Iterator[bytes]:
        yield head
        while True:
            yield _BLOCK

    return pieces


def _slowly() -> Iterator[bytes]:
    yield b"<html>"
    time.sleep(SLOW_SECONDS)


def _in_latin(story: Story) -> Reply:
    """A page that is not in the encoding that it names."""
    return Reply(page(story).decode().encode("cp1252", "xmlcharrefreplace"), "text/html")


def _feed(addresses: Sequence[str]) -> bytes:
    items = "".join(
        f"<item><link>{html.escape(a)}</link><guid>{html.escape(a)}</guid></item>" for a in addresses
    )
    return f'<rss version="2.0"><channel><title>News</title>{items}</channel></rss>'.encode()


def _sitemap(addresses: Sequence[str]) -> bytes:
    places = "".join(f"<url><loc>{html.escape(address)}</loc></url>" for address in addresses)
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{places}</urlset>'.encode()


def _handler(pages: dict[str, Reply]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            reply = pages.get(self.path, Reply(b"no such page", status=404))
            self.send_response(reply.status)
            self.send_header("Content-Type", reply.type)
            for name, value in reply.headers:
                self.send_header(name, value)
            if isinstance(reply.body, bytes):
                self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            for piece in [reply.body] if isinstance(reply.body, bytes) else reply.body():
                self.wfile.write(piece)

        def log_message(self, *_: object) -> None:
            pass

    return Handler
