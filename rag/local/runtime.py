"""One model loaded in this process: the only file that imports xllamacpp.

xllamacpp's `Server` is llama.cpp's own, so it always listens somewhere. Here that is a Unix socket in a
folder that only this user can enter, not a port: its defaults answer any page open in a browser, and `/slots`
would show the prompts. The socket is also how text is made into tokens, for which `Server` has no method.
"""

from __future__ import annotations

import http.client
import json
import socket
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from index.errors import ModelError
from index.scratch import Scratch
from rag.local.errors import closed, refused
from rag.local.reading import Reader
from rag.local.template import ChatTemplate

_BATCH_TOKENS = 128
"""Prompt tokens read at a time, which is how long a reader that has left keeps the model busy. 128 to 512 are
equally fast."""
_KEPT_PREFIXES_MIB = 512
"""Memory for the state of earlier prompts, 28 KB a token: prompts of several shapes (an answer's, a check's)
take turns on the one slot, and each finds its own beginning again."""
_QUIET = -1
_PLACE_PATH_BYTES = 68
"""What the place of a socket's folder may take of the 104 to 108 bytes that systems allow for the path."""
_TIMEOUT_SECONDS = 60.0


class Runtime:
    """A loaded model. Generating is for one caller at a time; tokenizing is for any number."""

    def __init__(self, path: Path, *, context_window: int, threads: int) -> None:
        """Load the model, in seconds.

        Raises:
            ModelError: xllamacpp is not installed, or cannot load the file.
        """
        self._folder = _private_folder()
        self._socket = str(self._folder.path / "llm.sock")
        self._server: Any = start_server(
            path, context_window=context_window, threads=threads, host=self._socket, port=0
        )
        self.context_window: int = self._ask("GET", "/props")["default_generation_settings"]["n_ctx"]
        """Tokens; the model's own limit where that is less than was asked for."""
        self.template = ChatTemplate(self.tokenize, self._apply_template)
        self.reader = Reader(self.generate)
        self.closing = False
        """Set to have the generation under way end soon."""

    def generate(self, request: dict[str, Any], on_chunk: Callable[[dict[str, Any]], bool]) -> None:
        """Run one request of llama.cpp's `/v1/completions`, streamed; `on_chunk` says True to end it.

        `on_chunk` is called before the first batch of the prompt and after each (`prompt_progress`), so a
        generation can also be ended while the prompt is still being read.
        """
        if self._server is None:
            raise closed()
        self._server.handle_completions({**request, "stream": True, "return_progress": True}, on_chunk)

    def tokenize(self, text: str, *, special: bool = False, start: bool = False) -> list[int]:
        """Token ids of a text.

        Args:
            text: any text.
            special: whether `<|im_end|>` and its like are control tokens here, not the words of somebody.
            start: whether the text begins a prompt, for models that have a token for this.
        """
        if not text:
            return []
        said = self._ask(
            "POST", "/tokenize", {"content": text, "parse_special": special, "add_special": start}
        )
        tokens: list[int] = said["tokens"]
        return tokens

    def close(self) -> None:
        """Free the model; nothing may be generating."""
        self._server = None  # its destructor waits for llama.cpp's threads
        self._folder.close()

    def _apply_template(self, messages: list[dict[str, str]]) -> str:
        prompt: str = self._ask("POST", "/apply-template", {"messages": messages})["prompt"]
        return prompt

    def _ask(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        connection = _SocketConnection(self._socket)
        try:
            payload = None if body is None else json.dumps(body)
            connection.request(method, path, payload, {"Content-Type": "application/json"})
            said: dict[str, Any] = json.loads(connection.getresponse().read())
        except (OSError, http.client.HTTPException) as error:
            raise closed() from error
        finally:
            connection.close()
        if "error" in said:
            raise refused(said)
        return said


def start_server(
    path: Path, *, context_window: int, threads: int, host: str, port: int, name: str = ""
) -> Any:
    """An `xllamacpp.Server` of the model, which listens until it is dropped; nothing is logged.

    Raises:
        ModelError: xllamacpp is not installed, or cannot load the file or listen there.
    """
    try:
        import xllamacpp
    except ImportError as error:
        raise ModelError(
            f"the local model cannot run: {error}", hint="install it: pip install 'citewell[local]'"
        ) from error
    params = xllamacpp.CommonParams()
    params.model.path = str(path)
    if name:
        params.model_alias = [name]
    params.n_ctx = context_window
    params.n_parallel = 1
    params.n_batch = params.n_ubatch = _BATCH_TOKENS
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = threads
    params.cache_ram_mib = _KEPT_PREFIXES_MIB
    params.fit_params = False  # a second, trial loading, to share the layers among graphics cards
    params.hostnames = [host]
    params.port = port
    params.n_threads_http = 2
    params.cors_origins = ""  # no page of another site may ask
    params.ui = False
    params.endpoint_slots = False  # it shows the prompts
    params.verbosity = _QUIET
    try:
        return xllamacpp.Server(params)
    except Exception as error:
        raise ModelError(
            f"the model {path} cannot be loaded",
            hint="it must be a whole GGUF file of a model that llama.cpp knows, and fit into memory",
        ) from error


def _private_folder() -> Scratch:
    too_long = len(tempfile.gettempdir().encode()) > _PLACE_PATH_BYTES
    return Scratch(Path("/tmp") if too_long else None)


class _SocketConnection(http.client.HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=_TIMEOUT_SECONDS)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)
