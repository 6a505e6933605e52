"""The local model as a LlamaIndex `LLM`."""

from __future__ import annotations

import math
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

from llama_index.core.base.llms.types import (
    ChatMessage,
    ChatResponse,
    ChatResponseGen,
    CompletionResponse,
    CompletionResponseGen,
    LLMMetadata,
    MessageRole,
    TextBlock,
)
from llama_index.core.llms import CustomLLM
from llama_index.core.llms.callbacks import llm_chat_callback, llm_completion_callback
from pydantic import Field, PrivateAttr

from index.errors import ModelError, ModelFileError, UsageError
from rag.local.cores import available_cores
from rag.local.generation import Generation
from rag.local.model_file import QWEN, model_file
from rag.local.reading import Prompt
from rag.local.runtime import Runtime
from rag.local.template import PlainMessage
from rag.settings import Settings

_ROLES = {
    MessageRole.SYSTEM: "system",
    MessageRole.DEVELOPER: "system",
    MessageRole.USER: "user",
    MessageRole.ASSISTANT: "assistant",
    MessageRole.CHATBOT: "assistant",
    MessageRole.MODEL: "assistant",
}
_PASSED_ON = ("stop", "grammar")
_SEED = 0
_Part = TypeVar("_Part", ChatResponse, CompletionResponse)


class LocalLLM(CustomLLM):
    """A GGUF model run in this process by llama.cpp; the bundled one unless a file is named.

    Greedy, so the same prompt gives the same words. Loaded on first use; one generation at a time, others
    wait. What prompts begin with is read once, up to the last message that they share: on two quiet cores the
    first of two 800-token prompts takes 15.5 s to its first word, the next over the same tokens 0.7 s, the
    same again 0.1 s.

    `chat`, `stream_chat`, `complete` and `stream_complete` take, besides LlamaIndex's arguments:

    - `max_tokens`: how much may be written, in tokens;
    - `stop`: strings at which writing ends, themselves left out;
    - `grammar`: a grammar, in llama.cpp's notation, that what is written must follow;
    - `assistant_prefix` (chats only): how the assistant's message begins; the response is what comes after
      it. A last message of the assistant's is taken as such a beginning too.

    Each raises ModelError when prompt and answer do not fit into the context window, and where the model
    cannot be loaded. Text of messages is never read for control tokens (see `rag.local.template`).
    """

    model_path: Path | None = Field(default=None, description="GGUF file; None: the bundled model.")
    cache: Path | None = Field(default=None, description="Where the bundled model is joined.")
    context_window: int = Field(default=4096, description="Tokens of prompt and answer together.")
    max_tokens: int = Field(default=256, description="Tokens written at most, unless a call says otherwise.")
    threads: int | None = Field(default=None, description="None: one to a core.")

    _runtime: Runtime | None = PrivateAttr(default=None)
    _loading: Any = PrivateAttr(default_factory=threading.Lock)
    _turn: Any = PrivateAttr(default_factory=threading.Lock)

    @classmethod
    def from_settings(cls, settings: Settings) -> LocalLLM:
        """The model that the settings name; it is not loaded yet."""
        return cls(
            model_path=settings.local_model,
            cache=settings.cache,
            context_window=settings.local_context,
            threads=settings.local_threads,
        )

    @classmethod
    def class_name(cls) -> str:
        return "CitewellLocalLLM"

    @property
    def metadata(self) -> LLMMetadata:
        return LLMMetadata(
            context_window=self.context_window,
            num_output=self.max_tokens,
            is_chat_model=True,
            model_name=self.model_path.stem if self.model_path else Path(QWEN.name).stem,
        )

    @llm_chat_callback()
    def chat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponse:
        return _last(self._chat(messages, kwargs))

    @llm_chat_callback()
    def stream_chat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponseGen:
        return self._chat(messages, kwargs)

    @llm_completion_callback()
    def complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponse:
        return _last(self._complete(prompt, formatted, kwargs))

    @llm_completion_callback()
    def stream_complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponseGen:
        return self._complete(prompt, formatted, kwargs)

    def first_token_probabilities(
        self, messages: Sequence[ChatMessage], top: int = 20, *, assistant_prefix: str = ""
    ) -> dict[str, float]:
        """The likeliest first tokens of the answer with their probabilities, the likeliest first.

        They are of the whole vocabulary, before any sampling, so they add up to less than 1. `""` is the end
        of the answer. The prompt stays read: a chat over the same messages, with an `assistant_prefix` or
        without, goes on from it.

        Raises:
            ModelError: the prompt does not fit into the context window, or the model cannot be loaded.
        """
        prompt = self._prompt(messages, assistant_prefix)
        request = self._request(prompt, {"max_tokens": 1}) | {"logprobs": top}
        probabilities: dict[str, float] = {}
        for chunk in Generation(self._loaded(), self._turn, prompt, request):
            for token in (chunk["choices"][0]["logprobs"] or {}).get("content", ())[:1]:
                for option in token["top_logprobs"]:
                    said = option["token"]
                    probabilities[said] = probabilities.get(said, 0.0) + math.exp(option["logprob"])
        return probabilities

    def count_tokens(self, text: str) -> int:
        """Length of a text in the model's tokens; loads the model."""
        return len(self._loaded().tokenize(text))

    def count_prompt_tokens(self, messages: Sequence[ChatMessage], assistant_prefix: str = "") -> int:
        """Length of the whole prompt that messages make, template included; loads the model."""
        return len(self._prompt(messages, assistant_prefix).tokens)

    def load(self) -> None:
        """Load the model now, not at the first question.

        Raises:
            UsageError: the file of the settings is no GGUF file.
            ModelError: it is not installed, cannot be joined in the cache, or cannot be loaded.
        """
        self._loaded()

    def close(self) -> None:
        """Free the model; a generation under way ends with a ModelError. The next call loads it again."""
        with self._loading:
            runtime, self._runtime = self._runtime, None
        if runtime is not None:
            runtime.closing = True
            with self._turn:
                runtime.close()

    def _loaded(self) -> Runtime:
        with self._loading:
            if self._runtime is None:
                try:
                    file = model_file(self.model_path, self.cache)
                except ModelFileError as error:  # to whoever asks, it is a model that does not answer
                    raise ModelError(error.message, hint=error.hint) from error
                self._runtime = Runtime(
                    file,
                    context_window=self.context_window,
                    threads=self.threads or available_cores(),
                )
            return self._runtime

    def _prompt(self, messages: Sequence[ChatMessage], assistant_prefix: str = "") -> Prompt:
        plain = [_plain(message) for message in messages]
        if plain and plain[-1].role == "assistant":
            assistant_prefix = plain.pop().content + assistant_prefix
        if not plain:
            raise UsageError("there is no message to answer", hint="give at least one message of the user's")
        return self._loaded().template.prompt(plain, assistant_prefix)

    def _request(self, prompt: Prompt, kwargs: dict[str, Any]) -> dict[str, Any]:
        max_tokens = kwargs.get("max_tokens") or self.max_tokens
        room = self._loaded().context_window
        if len(prompt.tokens) + max_tokens > room:
            raise ModelError(
                f"the prompt has {len(prompt.tokens):,} tokens and the answer may have {max_tokens:,}; "
                f"the model takes {room:,} in all",
                hint="give it less to read, or raise CITEWELL_LOCAL_CONTEXT",
            )
        passed_on = {name: kwargs[name] for name in _PASSED_ON if kwargs.get(name)}
        return {"max_tokens": max_tokens, "temperature": 0, "seed": _SEED, **passed_on}

    def _chat(self, messages: Sequence[ChatMessage], kwargs: dict[str, Any]) -> ChatResponseGen:
        prompt = self._prompt(messages, kwargs.get("assistant_prefix", ""))
        parts = self._write(prompt, self._request(prompt, kwargs))
        return (
            ChatResponse(
                message=ChatMessage(role=MessageRole.ASSISTANT, content=part.text),
                delta=part.delta,
                raw=part.raw,
                additional_kwargs=part.additional_kwargs,
            )
            for part in parts
        )

    def _complete(self, prompt: str, formatted: bool, kwargs: dict[str, Any]) -> CompletionResponseGen:
        """A prompt is a message of the user's; one that is `formatted` already is continued as it stands."""
        if formatted:
            read = Prompt(self._loaded().tokenize(prompt, start=True), steps=())
        else:
            read = self._prompt([ChatMessage(role=MessageRole.USER, content=prompt)])
        return self._write(read, self._request(read, kwargs))

    def _write(self, prompt: Prompt, request: dict[str, Any]) -> CompletionResponseGen:
        """What is written so far, token by token; the last one says how it ended and what it took."""
        text = ""
        generation = Generation(self._loaded(), self._turn, prompt, request)
        for chunk in generation:
            choice = chunk["choices"][0]
            text += choice["text"]
            if choice["text"] or choice["finish_reason"]:  # while the prompt is read, there is neither
                spent = _spent(chunk, generation.remembered)
                yield CompletionResponse(text=text, delta=choice["text"], raw=chunk, additional_kwargs=spent)


def _last(parts: Iterator[_Part]) -> _Part:
    """The last of them: a response holds all that was written before it."""
    return deque(parts, maxlen=1).pop()


def _plain(message: ChatMessage) -> PlainMessage:
    """A message as the template takes it.

    Raises:
        UsageError: it is in a role, or holds something, that the model does not know.
    """
    if message.role not in _ROLES or not all(isinstance(block, TextBlock) for block in message.blocks):
        raise UsageError(
            "the local model takes text of the system, the user and the assistant, and nothing else",
            hint="leave out tools, images and files",
        )
    return PlainMessage(_ROLES[message.role], message.content or "")


def _spent(chunk: dict[str, Any], remembered: int) -> dict[str, Any]:
    """How writing ended and how many tokens it took, under the names that LlamaIndex counts by."""
    timings = chunk.get("timings")
    if timings is None:
        return {}
    return {
        "finish_reason": chunk["choices"][0]["finish_reason"],
        "prompt_tokens": timings["cache_n"] + timings["prompt_n"],
        "cached_tokens": remembered,
        "completion_tokens": timings["predicted_n"],
    }
