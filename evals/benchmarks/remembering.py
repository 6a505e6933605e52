"""A model whose words are kept in a file: what it was asked once, it is not asked again."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from llama_index.core.base.llms.types import ChatMessage

from rag.models.writer import Message, Writer
from rag.prompts import SAYS_YES

MAX_TOKENS = 160


class Remembering:
    """One model's opinions and replies with the seconds they took, by question.

    They are greedy, so the same prompt gives the same words. Where the prompt has changed, the model is asked
    anew; with `stale`, what it said of the question before is taken.
    """

    def __init__(self, writer: Writer, log: Path | None, *, stale: bool = False) -> None:
        self.writer = writer
        self.stale = 0
        """How often the prompt had changed and the model was not asked."""
        self._log = log
        self._takes_stale = stale
        self._known: dict[tuple[str, str], dict[str, Any]] = {}
        if log is not None and log.exists():
            for line in log.read_text(encoding="utf-8").splitlines():
                self._remember(json.loads(line))

    def opinion(self, question: str, messages: Sequence[Message]) -> tuple[float, float]:
        """How likely the model says Yes rather than No, and after how many seconds."""
        said = self._known_of("opinion", question, messages)
        if said is None:
            began = time.perf_counter()
            yes = self.writer.yes_probability(messages)
            said = {"seconds": time.perf_counter() - began, "yes": 0.5 if yes is None else yes}
            self._write("opinion", question, messages, said)
        return said["yes"], said["seconds"]

    def reply(self, question: str, messages: Sequence[Message]) -> Iterator[tuple[float, str]]:
        """What the model writes after Yes, each piece with the seconds until it came."""
        said = self._known_of("reply", question, messages)
        if said is not None:
            yield from said["pieces"]
            return
        began = time.perf_counter()
        pieces: list[tuple[float, str]] = []
        for piece in self.writer.stream(messages, max_tokens=MAX_TOKENS, assistant_prefix=SAYS_YES):
            pieces.append((time.perf_counter() - began, piece))
            yield pieces[-1]
        self._write("reply", question, messages, {"pieces": pieces})

    def count_tokens(self, question: str, text: str) -> int:
        """The text's length in the model's tokens."""
        said = self._known_of("tokens", question, [{"role": "user", "content": text}])
        if said is None:
            said = {"count": self.writer.count_tokens(text)}
            self._write("tokens", question, [{"role": "user", "content": text}], said)
        return int(said["count"])

    def close(self) -> None:
        """Free the model."""
        self.writer.close()

    def _known_of(self, sort: str, question: str, messages: Sequence[Message]) -> dict[str, Any] | None:
        said = self._known.get((sort, question))
        if said is None or said["prompt"] == prompt_sha256(messages):
            return said
        self.stale += self._takes_stale
        return said if self._takes_stale else None

    def _write(self, sort: str, question: str, messages: Sequence[Message], said: dict[str, Any]) -> None:
        entry = {"sort": sort, "question": question, "prompt": prompt_sha256(messages), **said}
        self._remember(entry)
        if self._log is not None:
            with self._log.open("a", encoding="utf-8") as file:
                file.write(json.dumps(entry) + "\n")

    def _remember(self, entry: dict[str, Any]) -> None:
        self._known[entry["sort"], entry["question"]] = entry


def prompt_sha256(messages: Sequence[Message]) -> str:
    """Of the roles and texts of messages."""
    texts = [
        [message.role.value, message.content] if isinstance(message, ChatMessage) else sorted(message.items())
        for message in messages
    ]
    return sha256(json.dumps(texts).encode()).hexdigest()
