"""The seam to a language model: text in pieces, in time, and every failure a `ModelError`."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from llama_index.core.base.llms.types import ChatMessage
from pydantic import SecretStr
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt, stop_before_delay

from index.errors import CitewellError, ModelError
from index.tokens import count_tokens
from rag.models.failures import Failure, diagnose, retry_after
from rag.models.llms import LOCAL, key_of, key_setting, load_llm
from rag.models.reply import Reply
from rag.models.thoughts import without_thoughts
from rag.models.wire import Patience
from rag.settings import Settings

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

Message = ChatMessage | Mapping[str, str]
"""Or `{"role": "user", "content": "…"}`."""

_FIRST_WAIT = 0.5
_LONGEST_WAIT = 20.0
"""Seconds. A server that asks for more (`Retry-After`) is not asked again: the user is told."""
_CHARS_A_TOKEN = 16
"""Four times the usual, so that only a model that heeds no limit is cut off here."""


class Writer:
    """One language model, ready to write. Safe to use from threads as far as its `LLM` is."""

    def __init__(
        self,
        llm: LLM,
        *,
        name: str,
        is_local: bool,
        timeout: float = 180.0,
        stall: float = 60.0,
        retries: int = 2,
        context_window: int | None = None,
        key: SecretStr | None = None,
    ) -> None:
        """Takes any LlamaIndex LLM.

        Args:
            llm: Its own retries should be off.
            name: What messages call it.
            is_local: Whether it runs in this process.
            timeout: Seconds that a reply may take in all, retries included.
            stall: Seconds of silence allowed. Held to while it lasts where requests go through
                `rag.models.wire`, as those of `rag.models.llms` do; for any other LLM `timeout` alone is
                looked at, and only when a piece comes.
            retries: Further attempts before the first piece.
            context_window: Tokens, prompt and reply together; what the LLM says when None.
            key: Struck out of messages, should a server repeat it.
        """
        self.name = name
        self.is_local = is_local
        self.context_window = context_window or llm.metadata.context_window
        self.takes_prefix = hasattr(llm, "first_token_probabilities")
        """Whether a reply goes on from `assistant_prefix`; where not, the prefix is left out."""
        self._llm = llm
        self._timeout = timeout
        self._stall = stall
        self._retries = retries
        self._key = key.get_secret_value() if key is not None else None

    @classmethod
    def by_name(cls, name: str, settings: Settings) -> Writer | None:
        """The writer of a name (`rag.models.llms.FORMS`); None for `verbatim`.

        Raises:
            UsageError: as for `rag.models.llms.load_llm`.
        """
        llm = load_llm(name, settings)
        if llm is None:
            return None
        is_local = name.partition(":")[0] == LOCAL
        return cls(
            llm,
            name=name,
            is_local=is_local,
            timeout=settings.llm_timeout_seconds,
            stall=settings.llm_stall_seconds,
            retries=settings.llm_retries,
            context_window=None if is_local else settings.llm_context_window,
            key=key_of(name, settings),
        )

    def __repr__(self) -> str:
        return f"Writer({self.name!r})"

    def stream(
        self, messages: Sequence[Message], *, max_tokens: int, assistant_prefix: str = ""
    ) -> Generator[str, None, None]:
        """The reply in pieces, without thoughts in front of it; closing the iterator hangs up.

        Args:
            messages: The conversation, oldest first.
            max_tokens: Where the reply is cut off.
            assistant_prefix: How the reply begins, given only to a model that can go on from it (see
                `takes_prefix`); it is not repeated.

        Raises:
            ModelError: it fails, does not answer in time, or answers nothing; when it fails in the middle,
                after the pieces that came. Also when the reply ends without its end.
        """
        yield from without_thoughts(self._stream(messages, max_tokens, assistant_prefix))

    def _stream(
        self, messages: Sequence[Message], max_tokens: int, assistant_prefix: str
    ) -> Generator[str, None, None]:
        patience = Patience(total=self._timeout, stall=self._stall)
        asked = [_message(message) for message in messages]
        prefix = {"assistant_prefix": assistant_prefix} if assistant_prefix and self.takes_prefix else {}
        reply, first = self._begun(asked, patience, max_tokens, prefix)
        piece: str | None = first
        room = max_tokens * _CHARS_A_TOKEN
        try:
            while piece is not None and room > 0:
                yield piece[:room]
                room -= len(piece)
                piece = self._next(reply)
            if piece is None and reply.broken:
                raise ModelError(f"the model {self.name} {reply.broken}", hint="ask again", retryable=True)
        finally:
            reply.close()

    def yes_probability(self, messages: Sequence[Message]) -> float | None:
        """How likely the model answers yes rather than no; None where it cannot be asked, or means neither.

        Raises:
            ModelError: it fails.
        """
        probabilities_of = getattr(self._llm, "first_token_probabilities", None)
        if probabilities_of is None:
            return None
        try:
            tokens: dict[str, float] = probabilities_of([_message(m) for m in messages], top=20)
        except CitewellError:
            raise
        except Exception as error:
            raise self._translated(error) from error
        said = {"yes": 0.0, "no": 0.0}
        for token, probability in tokens.items():
            word = token.strip().lower()
            if word in said:
                said[word] += probability
        total = sum(said.values())
        return said["yes"] / total if total else None

    def count_tokens(self, text: str) -> int:
        """Tokens of a text: the model's own where it can count them, else about as many (cl100k)."""
        own = getattr(self._llm, "count_tokens", None)
        return int(own(text)) if own is not None else count_tokens(text)

    def close(self) -> None:
        """Free the model, or hang up on its server. To be called once nothing is being written."""
        for owner in (self._llm, *(getattr(self._llm, name, None) for name in ("_client", "_http_client"))):
            close = getattr(owner, "close", None)
            if callable(close):
                close()

    def _begun(
        self, messages: list[ChatMessage], patience: Patience, max_tokens: int, prefix: dict[str, str]
    ) -> tuple[Reply, str]:
        """The reply and its first piece, after as many attempts as it takes and is allowed."""
        attempts = Retrying(
            retry=retry_if_exception(_may_repeat),
            stop=_stop(self._retries, patience),
            wait=_wait,
            reraise=True,
        )
        return attempts(self._begin, messages, patience, max_tokens, prefix)

    def _begin(
        self, messages: list[ChatMessage], patience: Patience, max_tokens: int, prefix: dict[str, str]
    ) -> tuple[Reply, str]:
        llm = _limited(self._llm, max_tokens)
        with patience.applied():
            try:
                reply = Reply(llm.stream_chat(messages, max_tokens=max_tokens, **prefix), patience)
            except CitewellError:
                raise
            except Exception as error:
                raise self._translated(error) from error
            try:
                piece = self._next(reply)
            except BaseException:
                reply.close()
                raise
        if piece is None:
            reply.close()
            raise ModelError(
                f"the model {self.name} {reply.broken or 'answered nothing'}",
                hint="ask again, or name another model"
                if reply.events
                else "does its address end as it should?",
            )
        return reply, piece

    def _next(self, reply: Reply) -> str | None:
        try:
            return next(reply, None)
        except CitewellError:
            raise
        except Exception as error:
            raise self._translated(error) from error

    def _translated(self, error: Exception) -> ModelError:
        failure = diagnose(error)
        return ModelError(
            f"the model {self.name} {self._without_key(failure.cause)}",
            hint=self._hint(failure, getattr(error, "status_code", None)),
            retryable=failure.retryable,
        )

    def _hint(self, failure: Failure, status: int | None) -> str:
        kind, _, model = self.name.partition(":")
        if status in (401, 403):
            return f"{failure.hint}: CITEWELL_{key_setting(kind).upper()}"
        if status == 404 and kind == "ollama":
            return f"fetch it: ollama pull {model}"
        return failure.hint

    def _without_key(self, text: str) -> str:
        return text.replace(self._key, "…") if self._key else text


def _message(message: Message) -> ChatMessage:
    if isinstance(message, ChatMessage):
        return message
    return ChatMessage(role=message["role"], content=message["content"])


def _limited(llm: LLM, max_tokens: int) -> LLM:
    """Ollama's integration takes no limit with a call, only with the object; the connection is shared."""
    options: dict[str, Any] = getattr(llm, "additional_kwargs", None) or {}
    if "num_predict" not in options:
        return llm
    return llm.model_copy(update={"additional_kwargs": options | {"num_predict": max_tokens}})


def _may_repeat(error: BaseException) -> bool:
    cause = error.__cause__
    return isinstance(error, ModelError) and cause is not None and diagnose(cause).repeat


def _asked_wait(state: RetryCallState) -> float | None:
    error = state.outcome.exception() if state.outcome is not None else None
    return retry_after(error.__cause__) if error is not None else None


def _wait(state: RetryCallState) -> float:
    """Doubles from attempt to attempt, or is what the server asks for where that is longer."""
    doubling = _FIRST_WAIT * 2.0 ** (state.attempt_number - 1)
    return max(min(doubling, _LONGEST_WAIT), _asked_wait(state) or 0.0)


def _stop(retries: int, patience: Patience) -> Callable[[RetryCallState], bool]:
    used_up = stop_after_attempt(retries + 1) | stop_before_delay(patience.left)
    return lambda state: used_up(state) or (_asked_wait(state) or 0.0) > _LONGEST_WAIT
