"""The prompt read in the same steps whatever was read before, so that the same prompt gives the same answer.

llama.cpp goes on from the longest beginning that it remembers, and what it computes depends a little on how
many tokens it reads at once: a prompt read whole and the same prompt read from its hundredth token on gave
log-probabilities 0.03 to 0.1 apart, enough for another word now and then. So each message is a step of its
own, begun where the one before it ended, its last token read alone: who remembers a beginning comes to the
numbers of whoever reads it all. It costs one token more a step, and what is shared is still read once.
"""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from rag.local.errors import refused

_KNOWN_AT_MOST = 10_000

Chunk = dict[str, Any]
Generate = Callable[[dict[str, Any], Callable[[Chunk], bool]], None]


class Prompt(NamedTuple):
    """Tokens, and where they may be remembered from."""

    tokens: list[int]
    steps: tuple[int, ...]
    """How many tokens there are up to the end of each message; none for text that is no conversation."""


class Reader:
    """What was read by steps, and can be gone on from as long as llama.cpp still has it."""

    def __init__(self, generate: Generate) -> None:
        self._generate = generate
        self._known: set[bytes] = set()

    def read(self, prompt: Prompt, stopped: Callable[[], bool]) -> int:
        """Have all steps of a prompt read, and say how many of its tokens were remembered.

        Raises:
            ModelError: the model refuses the prompt.
        """
        tokens = prompt.tokens
        known = [step for step in prompt.steps if _key(tokens[:step]) in self._known]
        start = known[-1] if known else 0
        if start and not self._step(tokens[:start], start - 1, stopped):
            start = 0  # llama.cpp has dropped it since
        remembered = start
        for step in prompt.steps:
            if step <= start:
                continue
            read = self._step(tokens[:step], start, stopped)
            if read and step < len(tokens):  # the last token alone, as when the step is gone on from later
                read = self._step(tokens[:step], step - 1, stopped)
            if not read:  # the reader has left
                break
            if len(self._known) >= _KNOWN_AT_MOST:
                self._known.clear()
            self._known.add(_key(tokens[:step]))
            start = step
        return remembered

    def _step(self, tokens: Sequence[int], remembered: int, stopped: Callable[[], bool]) -> bool:
        """Read `tokens`, of which `remembered` are; false if it was stopped or another number were."""
        last: Chunk = {}

        def take(chunk: Chunk) -> bool:
            last.clear()
            last.update(chunk)
            progress = chunk.get("prompt_progress")
            return (progress is not None and progress["cache"] != remembered) or stopped()

        self._generate({"prompt": tokens, "max_tokens": 0, "cache_prompt": remembered > 0}, take)
        if "error" in last:
            raise refused(last)
        return bool(last.get("choices")) and last["choices"][0]["finish_reason"] is not None


def _key(tokens: Sequence[int]) -> bytes:
    return hashlib.sha256(array("i", tokens).tobytes()).digest()
