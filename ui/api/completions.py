"""`/v1` as OpenAI's API has it: the last message is the question, what comes before it the history.

The text holds the markers `[n]`; the whole answer, with the citation of each number, is in the field
`citewell` beside `choices` (of the last piece, where the answer is streamed), in the form of `/api/ask`. The
request may have a field `citewell` as well: `publisher`, `since`, `until`, `article`, `top_k`, as `/api/ask`
takes them. Fields that steer a model's writing (`temperature`, `max_tokens`, `tools` …) have no effect.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator, Sequence
from typing import Any, Literal

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from index.errors import UsageError
from index.tokens import count_tokens
from rag.answer import Answer, Turn
from ui.api.asking import Item, answer_of, begin, event, gone, streamed
from ui.api.errors import NotFound, Route, failure_of
from ui.api.examples import CHUNKS, COMPLETION, MODEL, MODELS
from ui.api.problems import problems
from ui.api.requests import AskRequest, Choice, Words
from ui.api.service import Service

OWN_MODEL = "citewell"
"""The model's name for whoever does not choose: the server's own answerer."""


class Part(BaseModel):
    """A piece of a message."""

    model_config = ConfigDict(extra="allow")

    type: str
    text: Words = ""


class Message(BaseModel):
    """Of a conversation."""

    model_config = ConfigDict(extra="allow")

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: Words | list[Part] | None = None

    @property
    def text(self) -> str:
        """Its words.

        Raises:
            UsageError: it holds something else, an image say.
        """
        if not isinstance(self.content, list):
            return self.content or ""
        other = next((part.type for part in self.content if part.type != "text"), None)
        if other is not None:
            raise UsageError(f"a message holds a part of type {other!r}", hint="send text only")
        return "\n".join(part.text for part in self.content)


class StreamOptions(BaseModel):
    """What else a stream tells."""

    include_usage: bool = False


class CompletionRequest(BaseModel):
    """Fields of OpenAI's request that have a meaning here."""

    model_config = ConfigDict(
        extra="allow",
        json_schema_extra={
            "examples": [
                {
                    "model": OWN_MODEL,
                    "messages": [{"role": "user", "content": "How many passengers does the ferry carry?"}],
                    "citewell": {"since": "2024-01-01"},
                }
            ]
        },
    )

    model: Words = Field(default=OWN_MODEL, description="Who answers; `GET /v1/models` lists them.")
    messages: list[Message] = Field(min_length=1)
    stream: bool = False
    stream_options: StreamOptions | None = None
    n: int | None = Field(default=None, ge=1, le=1, description="There is one answer.")
    citewell: Choice = Field(default=Choice(), description="Which articles may answer.")

    def conversation(self) -> tuple[str, tuple[Turn, ...]]:
        """The question, and the exchanges before it. What a system message says has no effect.

        Raises:
            UsageError: the last message is not the user's.
        """
        said = [m for m in self.messages if m.role in ("user", "assistant")]
        if not said or said[-1].role != "user":
            raise UsageError("the last message is not the user's", hint="the question comes last")
        turns: list[Turn] = []
        for message in said[:-1]:
            if message.role == "user":
                turns.append(Turn(question=message.text))
            elif turns and not turns[-1].answer:
                turns[-1] = Turn(question=turns[-1].question, answer=message.text)
        return said[-1].text, tuple(turns)


def routes(service: Service) -> APIRouter:
    router = APIRouter(prefix="/v1", route_class=Route, tags=["as OpenAI's API"])

    @router.get("/models", responses={200: {"content": MODELS}, **problems(openai=True)})
    def models() -> dict[str, Any]:
        """Who answers: `citewell` is whom this server was started with."""
        return {"object": "list", "data": [_model(name) for name in (OWN_MODEL, *service.engines)]}

    @router.get("/models/{name:path}", responses={200: {"content": MODEL}, **problems(404, openai=True)})
    def model(name: str) -> dict[str, Any]:
        """One of them."""
        _engine_name(service, name)
        return _model(name)

    @router.post(
        "/chat/completions",
        responses={
            200: {"content": {**COMPLETION, **CHUNKS}},
            **problems(400, 404, 413, 422, 502, 503, openai=True),
        },
    )
    async def complete(request: Request, body: CompletionRequest) -> Response:
        """Answer the last message, each sentence with its marker; see the field `citewell` for the quotes.

        `[n]` in the text is the citation of that number in `citewell.citations`. Streamed, `citewell` comes
        with the last piece. The request's own field `citewell` takes `publisher`, `since`, `until`,
        `article` and `top_k`. Fields that steer a model's writing have no effect.
        """
        question, history = body.conversation()
        llm = _engine_name(service, body.model)
        asked = AskRequest(question=question, llm=llm, **body.citewell.model_dump())
        work = begin(service, asked, history)
        reply = _Reply(body, question)
        if body.stream:
            return await streamed(request, work, reply.events, reply.error_event)
        answer = await answer_of(request, work)
        return gone() if answer is None else JSONResponse(reply.whole(answer))

    return router


def _engine_name(service: Service, model: str) -> str | None:
    if model == OWN_MODEL:
        return None
    try:
        service.engine(model)
    except UsageError as error:
        raise NotFound(error.message, hint=error.hint) from error
    return model


def _model(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": 0, "owned_by": "citewell"}


class _Reply:
    """One answer in OpenAI's form."""

    def __init__(self, request: CompletionRequest, question: str) -> None:
        self._question = question
        self._with_usage = bool(request.stream_options and request.stream_options.include_usage)
        self._head = {
            "id": f"chatcmpl-{uuid.uuid4().hex}",
            "created": int(time.time()),
            "model": request.model,
        }
        self._begun = False

    def whole(self, answer: Answer) -> dict[str, Any]:
        message = {"role": "assistant", "content": answer.answer}
        return {
            **self._head,
            "object": "chat.completion",
            "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
            "usage": self._usage(answer),
            "citewell": answer.to_dict(),
        }

    def events(self, items: Sequence[Item]) -> Iterator[str]:
        if not self._begun:
            self._begun = True
            yield self._piece({"role": "assistant", "content": ""})
        for item in items:
            if isinstance(item, str):
                yield self._piece({"content": item})
            elif isinstance(item, Answer):
                yield self._piece({}, finish_reason="stop", citewell=item.to_dict())
                if self._with_usage:
                    yield event({**self._chunk([]), "usage": self._usage(item)})
                yield event("[DONE]")

    def error_event(self, error: Exception) -> str:
        return event(failure_of(error).as_openai())

    def _piece(self, delta: dict[str, str], *, finish_reason: str | None = None, **further: Any) -> str:
        choice = {"index": 0, "delta": delta, "finish_reason": finish_reason}
        return event({**self._chunk([choice]), **further})

    def _chunk(self, choices: list[dict[str, Any]]) -> dict[str, Any]:
        return {**self._head, "object": "chat.completion.chunk", "choices": choices}

    def _usage(self, answer: Answer) -> dict[str, int]:
        """Tokens of question and answer; what a model read besides is not counted."""
        asked, written = count_tokens(self._question), count_tokens(answer.answer)
        return {"prompt_tokens": asked, "completion_tokens": written, "total_tokens": asked + written}
