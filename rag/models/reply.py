"""One reply of a model while it comes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rag.models.wire import Patience


class Reply(Iterator[str]):
    """The pieces of text of one reply, in order; afterwards, whether it was whole.

    Not all that comes is text: there are thoughts, and counts of tokens. They are signs of life.
    """

    def __init__(self, responses: Iterator[Any], patience: Patience) -> None:
        """`responses` are LlamaIndex's `ChatResponse`s, with their `delta`."""
        self.events = 0
        """What came, text or not."""
        self._responses = responses
        self._patience = patience
        self._tells_end = False
        self._ended = False
        self._withheld = False

    def __next__(self) -> str:
        self._patience.begin()  # its reader may have taken its time
        for response in self._responses:
            self._patience.heard()
            self.events += 1
            self._look_for_end(response)
            if response.delta:
                return str(response.delta)
        raise StopIteration

    @property
    def broken(self) -> str:
        """What is wrong with a reply that ended, as it goes on from "the model …"; empty when nothing is.

        A connection that ends in the middle of an event looks to the libraries like the end of the reply.
        """
        if not self.events:
            return "gave what is not a reply"
        if self._withheld:
            return "withheld its reply (content filter)"
        return "broke off before the end of its reply" if self._tells_end and not self._ended else ""

    def close(self) -> None:
        """Hangs up."""
        close = getattr(self._responses, "close", None)
        if close is not None:
            close()
        self._patience.hang_up()

    def _look_for_end(self, response: Any) -> None:
        """Each service says in its own way why a reply ended; an LLM that does none of this is believed."""
        raw = response.raw
        if isinstance(raw, dict):
            choices, done = raw.get("choices"), raw.get("done")  # the local model's, Ollama's
        else:
            choices, done = getattr(raw, "choices", None), None  # OpenAI's
        reason = None
        if choices:
            first = choices[0]
            reason = first.get("finish_reason") if isinstance(first, dict) else first.finish_reason
        elif "stop_reason" in response.message.additional_kwargs:  # Anthropic's
            reason = response.message.additional_kwargs["stop_reason"]
        elif done is None and choices is None:
            return
        self._tells_end = True
        self._ended = self._ended or bool(reason or done)
        self._withheld = self._withheld or reason == "content_filter"
