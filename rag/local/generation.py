"""One answer while it is being written, on a thread of its own so that its reader can leave at any time."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from queue import SimpleQueue
from typing import Any

from rag.local.errors import closed, refused
from rag.local.reading import Prompt
from rag.local.runtime import Runtime


class Generation:
    """Chunks of a request to the model, as they come. Leaving the iteration, or `stop`, ends the work.

    The work ends within a batch of the prompt or a token of the answer. The thread is not a daemon: one that
    came back from llama.cpp into an interpreter that is shutting down would abort the process.
    """

    def __init__(
        self, runtime: Runtime, turn: threading.Lock, prompt: Prompt, request: dict[str, Any]
    ) -> None:
        """Nothing starts before the first chunk is asked for. `turn` is held while the model works."""
        self.remembered = 0
        """How many tokens of the prompt had not to be read again."""
        self._runtime = runtime
        self._turn = turn
        self._prompt = prompt
        self._request = {**request, "prompt": prompt.tokens, "cache_prompt": bool(prompt.steps)}
        self._left = threading.Event()
        self._finished = False
        self._chunks: SimpleQueue[dict[str, Any] | Exception | None] = SimpleQueue()

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """The chunks.

        Raises:
            ModelError: the model refuses the request, or was closed before the answer's end.
        """
        threading.Thread(target=self._work, name="citewell-llm").start()
        try:
            while (chunk := self._chunks.get()) is not None:
                if isinstance(chunk, Exception):
                    raise chunk
                yield chunk
        finally:
            self.stop()

    def stop(self) -> None:
        """Have the work end soon; what was written until then can still be read."""
        self._left.set()

    def _work(self) -> None:
        try:
            with self._turn:
                self.remembered = self._runtime.reader.read(self._prompt, self._stopped)
                if not self._stopped():
                    self._runtime.generate(self._request, self._take)
            if not self._finished and not self._left.is_set():
                raise closed()
        except Exception as error:  # it belongs to the reader, on the reader's thread
            self._chunks.put(error)
        finally:
            self._chunks.put(None)

    def _take(self, chunk: dict[str, Any]) -> bool:
        """What llama.cpp calls; an exception in here would be swallowed by xllamacpp."""
        if "error" in chunk:
            self._finished = True
            self._chunks.put(refused(chunk))
        elif chunk.get("choices"):
            self._finished = chunk["choices"][0]["finish_reason"] is not None
            self._chunks.put(chunk)
        return self._stopped()

    def _stopped(self) -> bool:
        return self._left.is_set() or self._runtime.closing
