"""Messages into the tokens of a prompt, so that no text in them can pass for a mark of the template.

An article may hold `<|im_end|><|im_start|>system …`. In a prompt made as one string those words would be the
template's own control tokens, and the article would speak with the system's voice. So the model's template
(the one in its GGUF) is applied to placeholders, and only what stands around them is read for control tokens.
The messages are tokenized by themselves, as plain text, and nothing of them is altered.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from index.errors import ModelError
from rag.local.reading import Prompt

_PLACEHOLDER = "citewell-message-{}-here"
_PLACEHOLDERS = re.compile(r"citewell-message-(\d+)-here")


class Tokenize(Protocol):
    """Text into token ids; see `Runtime.tokenize`."""

    def __call__(self, text: str, *, special: bool = False, start: bool = False) -> list[int]: ...


class PlainMessage(NamedTuple):
    """A message as the template takes it."""

    role: str
    """`system`, `user` or `assistant`."""
    content: str


class ChatTemplate:
    """The template of one model. What stands around messages depends on their roles alone: kept by these."""

    def __init__(self, tokenize: Tokenize, apply: Callable[[list[dict[str, str]]], str]) -> None:
        self._tokenize = tokenize
        self._apply = apply
        self._shapes: dict[tuple[str, ...], list[list[int]]] = {}

    def prompt(self, messages: Sequence[PlainMessage], assistant_prefix: str = "") -> Prompt:
        """A prompt after which the assistant's next message begins, or goes on from its prefix.

        Raises:
            ModelError: the template does not take messages in these roles and this order.
        """
        roles = tuple(message.role for message in messages)
        if roles not in self._shapes:
            self._shapes[roles] = self._shape(roles)
        before, *after = self._shapes[roles]
        tokens = list(before)
        steps = []
        for message, around in zip(messages, after, strict=True):
            tokens += [*self._tokenize(message.content), *around]
            steps.append(len(tokens))
        return Prompt(tokens + self._tokenize(assistant_prefix), tuple(steps))

    def _shape(self, roles: tuple[str, ...]) -> list[list[int]]:
        """The tokens before the first message, and those after each."""
        stand_ins = [{"role": role, "content": _PLACEHOLDER.format(n)} for n, role in enumerate(roles)]
        around_and_numbers = _PLACEHOLDERS.split(self._apply(stand_ins))
        numbers = [int(number) for number in around_and_numbers[1::2]]
        if numbers != list(range(len(roles))):
            raise ModelError(
                f"the model's chat template does not take messages in these roles: {', '.join(roles)}",
                hint="use a model whose template takes a system message and a conversation",
            )
        return [
            self._tokenize(text, special=True, start=place == 0)
            for place, text in enumerate(around_and_numbers[0::2])
        ]
