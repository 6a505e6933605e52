"""The web chat as a running server: its address, its start and its end."""

from __future__ import annotations

import logging
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from errno import EACCES, EADDRINUSE
from types import FrameType

import uvicorn

from index.errors import UsageError
from rag.settings import Settings
from ui.printing import notice
from ui.web.app import build_app, open_engine
from ui.web.guard import is_loopback
from ui.web.store.file import Store

_LETTING_GO_SECONDS = 10.0


def serve(
    settings: Settings, *, ready: Callable[[str], None] | None = None, examples: Sequence[str] = ()
) -> None:
    """Run the web chat until it is interrupted.

    Args:
        ready: called with the address once it answers there; the address is printed if None.
        examples: questions offered on an empty page.

    Raises:
        UsageError: the address is taken, not allowed or not one of this machine; or nobody may log in.
        LibraryError: the library cannot be opened.
    """
    with (
        _listen(settings.host, settings.port) as listener,
        _threads_let_go(),
        open_engine(settings) as engine,
        closing(Store.beside(settings.library)) as store,
    ):
        app = build_app(engine, settings, examples=examples, store=store)
        name = f"[{settings.host}]" if ":" in settings.host else settings.host
        address = f"http://{name}:{listener.getsockname()[1]}"
        app.state.service.readiness().begin()
        _warn_of_strangers(settings)
        config = uvicorn.Config(
            app, log_level="warning", access_log=False, server_header=False, timeout_graceful_shutdown=1
        )
        # uvicorn has shut down when it passes the signal on
        with closing(app.state.service), suppress(KeyboardInterrupt):
            _Server(config, app.state.closing, lambda: (ready or _announce)(address)).run(sockets=[listener])


@contextmanager
def _threads_let_go() -> Iterator[None]:
    """Wait in the end for threads of ours: one that is cut off within a model aborts the process."""
    try:
        yield
    finally:
        latest = time.monotonic() + _LETTING_GO_SECONDS
        for thread in threading.enumerate():
            if thread.daemon and thread.name.startswith("citewell-"):
                thread.join(max(0.0, latest - time.monotonic()))


def _warn_of_strangers(settings: Settings) -> None:
    """Say what whoever reaches an address beyond this machine can do there."""
    if is_loopback(settings.host):
        return
    if settings.users is None:
        by_api = "" if settings.api_token else ", by page and API"
        for_api = "" if settings.api_token else ", CITEWELL_API_TOKEN the API for a token"
        notice(
            f"anyone who reaches {settings.host} can read and change the library{by_api}: "
            f"--users FILE makes the page ask for a login{for_api}"
        )
    notice("what is sent, passwords and tokens too, is not encrypted; put a proxy with HTTPS before it")


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
