"""A model's server on loopback that follows a script: OpenAI's, Ollama's and Anthropic's wire formats."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple


@dataclass(kw_only=True)
class Reply:
    """What one request gets: a status and headers, then pieces of the body, with pauses between them."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "text/event-stream"})
    body: Sequence[bytes | float] = ()
    """Bytes are sent as they stand, a number is a pause in seconds."""
    cut: bool = False
    """The connection ends without the end of the body."""
    at_end: bool = False
    """The body ends with the connection, as it did before chunks: a cut cannot be seen."""


class Request(NamedTuple):
    """A request as it came."""

    path: str
    headers: dict[str, str]
    """Names in lower case."""
    body: dict


class ScriptedServer:
    """Answers request after request with the replies of its script; the last one again and again."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.hung_up = threading.Event()
        """Set when a client left before its reply was sent."""
        self.closing = threading.Event()
        self._replies: list[Reply] = []
        self._lock = threading.Lock()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._http.daemon_threads = True
        self._http.handle_error = lambda *_: None  # clients that leave are part of the play
        self.url = f"http://127.0.0.1:{self._http.server_port}"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,))

    def __enter__(self) -> ScriptedServer:
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.closing.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def script(self, *replies: Reply) -> None:
        self._replies = list(replies)

    def take(self, request: Request) -> Reply:
        with self._lock:
            self.requests.append(request)
            return self._replies.pop(0) if len(self._replies) > 1 else self._replies[0]


def _handler(script: ScriptedServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            reply = script.take(Request(self.path, headers, json.loads(raw)))
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            if reply.at_end:
                self.send_header("Connection", "close")
            else:
                self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            try:
                for part in reply.body:
                    if isinstance(part, float):
                        script.closing.wait(part)
                    else:
                        self._send(part, chunked=not reply.at_end)
                if not reply.cut and not reply.at_end:
                    self.wfile.write(b"0\r\n\r\n")
            except OSError:
                script.hung_up.set()
            self.close_connection = self.close_connection or reply.cut or reply.at_end

        def _send(self, data: bytes, *, chunked: bool) -> None:
            self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data) if chunked else data)

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler


def _event(data: object, name: str = "") -> bytes:
    head = f"event: {name}\n" if name else ""
    return f"{head}data: {json.dumps(data)}\n\n".encode()


def openai_events(*pieces: str, end: str | None = "stop") -> list[bytes]:
    """Chat completions, streamed; without `end` neither the reason nor `[DONE]` comes."""

    def chunk(delta: dict, finish: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        return _event(
            {"id": "c", "object": "chat.completion.chunk", "created": 0, "model": "m", "choices": [choice]}
        )

    events = [chunk({"role": "assistant", "content": ""}), *(chunk({"content": piece}) for piece in pieces)]
    return [*events, chunk({}, end), b"data: [DONE]\n\n"] if end else events


def ollama_events(*pieces: str, end: str | None = "stop") -> list[bytes]:
    """Ollama's chat: a JSON object a line."""

    def line(content: str, **more: object) -> bytes:
        said = {"model": "m", "created_at": "2025-01-01T00:00:00Z", "done": False, **more}
        return json.dumps(said | {"message": {"role": "assistant", "content": content}}).encode() + b"\n"

    lines = [line(piece) for piece in pieces]
    return [*lines, line("", done=True, done_reason=end)] if end else lines


def anthropic_events(*pieces: str, end: str | None = "end_turn") -> list[bytes]:
    """Anthropic's messages."""
    usage = {"input_tokens": 1, "output_tokens": 1}
    message = {
        **{"id": "m", "type": "message", "role": "assistant", "model": "m", "content": []},
        **{"stop_reason": None, "stop_sequence": None, "usage": usage},
    }
    block = {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}
    events = [
        _event({"type": "message_start", "message": message}, "message_start"),
        _event(block, "content_block_start"),
        _event({"type": "ping"}, "ping"),
    ]
    for piece in pieces:
        delta = {"type": "text_delta", "text": piece}
        said = {"type": "content_block_delta", "index": 0, "delta": delta}
        events.append(_event(said, "content_block_delta"))
    if end:
        stop = {"type": "message_delta", "delta": {"stop_reason": end, "stop_sequence": None}, "usage": usage}
        events += [
            _event({"type": "content_block_stop", "index": 0}, "content_block_stop"),
            _event(stop, "message_delta"),
            _event({"type": "message_stop"}, "message_stop"),
        ]
    return events


def error(
    status: int, message: str = "no", *, code: str | None = None, retry_after: str | None = None
) -> Reply:
    """A refusal with a JSON body, as all three put it closely enough."""
    headers = {"Content-Type": "application/json"}
    if retry_after is not None:
        headers["Retry-After"] = retry_after
    body = {"type": "error", "error": {"type": "error", "message": message, "code": code}}
    return Reply(status=status, headers=headers, body=[json.dumps(body).encode()])


def said(events: Callable[..., list[bytes]], *pieces: str) -> Reply:
    """A whole reply."""
    return Reply(body=events(*pieces))


def with_pauses(parts: Sequence[bytes], seconds: float) -> Iterator[bytes | float]:
    """The parts with a pause before each but the first."""
    for number, part in enumerate(parts):
        if number:
            yield seconds
        yield part
