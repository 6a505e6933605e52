"""A language model that says what it is told to, and remembers what it was asked."""

from __future__ import annotations

import re
from typing import Any

from llama_index.core.base.llms.types import ChatMessage, ChatResponse, CompletionResponse, LLMMetadata
from llama_index.core.llms import CustomLLM
from pydantic import PrivateAttr

from index.errors import ModelError

KEY = re.compile(r"^\[(\w+)\] (.*)$", re.MULTILINE)


class ScriptedLLM(CustomLLM):
    """`enqueue` replies; `{KEY:words}` in one becomes the key of the evidence line that has the words."""

    opinion: float = 0.9
    """Probability of its Yes."""
    _replies: list[str | ModelError] = PrivateAttr(default_factory=list)
    _asked: list[str] = PrivateAttr(default_factory=list)

    @property
    def metadata(self) -> LLMMetadata:
        return LLMMetadata(model_name="scripted", is_chat_model=True, context_window=8192)

    @property
    def asked(self) -> list[str]:
        """The last message of each prompt that was written on."""
        return self._asked

    def enqueue(self, *replies: str | ModelError) -> ScriptedLLM:
        self._replies.extend(replies)
        return self

    def stream_chat(self, messages: list[ChatMessage], **kwargs: Any) -> Any:
        prompt = messages[-1].content or ""
        self._asked.append(prompt)
        reply = self._replies.pop(0)
        if isinstance(reply, ModelError):
            raise reply
        return self._pieces(re.sub(r"\{KEY:([^}]*)\}", lambda match: _key(prompt, match[1]), reply))

    def _pieces(self, text: str) -> Any:
        said = ""
        for piece in re.findall(r".{1,7}", text, re.DOTALL):
            said += piece
            yield ChatResponse(message=ChatMessage(role="assistant", content=said), delta=piece)

    def complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponse:
        raise NotImplementedError

    stream_complete = complete


class ScriptedLocalLLM(ScriptedLLM):
    """Gives its opinion as probabilities, and goes on from a prefix, as the local model does."""

    def first_token_probabilities(self, messages: Any, top: int = 20) -> dict[str, float]:
        return {"Yes": self.opinion, "No": 1 - self.opinion}


def _key(prompt: str, words: str) -> str:
    return next(key for key, line in KEY.findall(prompt) if words in line)
