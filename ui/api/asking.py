"""`/api/ask` and `/api/search`."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Sequence
from contextlib import aclosing, asynccontextmanager
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse
from fastapi.sse import format_sse_event

from rag.answer import Answer, Found, Turn, passage_dict
from ui.api.errors import Route, failure_of
from ui.api.examples import ANSWER, EVENTS, PASSAGES
from ui.api.problems import problems
from ui.api.requests import AskRequest, SearchRequest
from ui.api.service import Service
from ui.arrivals import Arrivals

Item = Found | str | Answer
Write = Callable[[Sequence[Item]], Iterator[str]]
"""From what has just come to the events that tell it."""

CLIENT_GONE = 499
"""Nobody reads this status; it is for a log."""


def routes(service: Service) -> APIRouter:
    router = APIRouter(prefix="/api", route_class=Route, tags=["ask"])

    @router.post(
        "/ask", responses={200: {"content": {**ANSWER, **EVENTS}}, **problems(400, 413, 422, 502, 503)}
    )
    async def ask(
        request: Request,
        body: AskRequest,
        stream: Annotated[bool, Query(description="Whether to answer by server-sent events.")] = False,
    ) -> Response:
        """Answer a question, each sentence with its quote.

        With `?stream=1` or `Accept: text/event-stream`, the answer comes as server-sent events: `sources`
        (the passages it will rest on), `text` (a sentence each), then `answer`, the whole of it; `error` in
        their place when it fails on the way.
        """
        work = begin(service, body, tuple(exchange.turn for exchange in body.history))
        if stream or "text/event-stream" in request.headers.get("accept", ""):
            return await streamed(request, work, lambda items: _events(items, body.id), _error_event)
        answer = await answer_of(request, work)
        return gone() if answer is None else JSONResponse(answer.to_dict() | {"id": body.id})

    @router.get("/search", responses={200: {"content": PASSAGES}, **problems(400, 422, 503)})
    def search(asked: Annotated[SearchRequest, Query()]) -> Response:
        """The passages nearest to a question, best first; no answer."""
        with service.places.taken():
            passages = service.default.search(asked.question, filters=asked.filters, top_k=asked.top_k)
        return JSONResponse({"question": asked.question, "passages": [passage_dict(p) for p in passages]})

    return router


def begin(service: Service, asked: AskRequest, history: tuple[Turn, ...]) -> Arrivals[Item]:
    """Put a question; it waits for a place in its own thread."""
    return Arrivals(
        lambda: service.stream(
            asked.question, history, llm=asked.llm, filters=asked.filters, top_k=asked.top_k
        ),
        service.places,
    )


async def answer_of(request: Request, work: Arrivals[Item]) -> Answer | None:
    """The finished answer; None if the client went away first, which ends the answering."""
    async with _stopping_when_gone(request, work), aclosing(work.batches()) as batches:
        async for items in batches:
            for item in items:
                if isinstance(item, Answer):
                    return item
    return None


async def streamed(
    request: Request, work: Arrivals[Item], write: Write, write_error: Callable[[Exception], str]
) -> Response:
    """Server-sent events, as the answer comes; `write_error` for what goes wrong on the way.

    Raises:
        Exception: what goes wrong before the first event, so that it has a status of its own.
    """
    batches = work.batches()
    async with _stopping_when_gone(request, work):
        first = await anext(batches, None)
    if first is None:
        return gone()

    async def events() -> AsyncGenerator[str, None]:
        async with aclosing(batches):  # closed when the client goes away
            try:
                yield "".join(write(first))
                async for items in batches:
                    yield "".join(write(items))
            except Exception as error:
                yield write_error(error)

    return StreamingResponse(events(), media_type="text/event-stream", headers={"Cache-Control": "no-store"})


def event(data: object, name: str | None = None) -> str:
    """One server-sent event."""
    said = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)
    return format_sse_event(data_str=said, event=name).decode()


def gone() -> Response:
    return Response(status_code=CLIENT_GONE)


def _events(items: Sequence[Item], given_id: str | float | None) -> Iterator[str]:
    for item in items:
        if isinstance(item, Found):
            found = {
                "question": item.question,
                "standalone_question": item.standalone_question,
                "passages": [passage_dict(passage) for passage in item.passages],
            }
            yield event(found, "sources")
        elif isinstance(item, Answer):
            yield event(item.to_dict() | {"id": given_id}, "answer")
        else:
            yield event({"text": item}, "text")


def _error_event(error: Exception) -> str:
    return event(failure_of(error).as_json(), "error")


@asynccontextmanager
async def _stopping_when_gone(request: Request, work: Arrivals[Item]) -> AsyncIterator[None]:
    """Stops the work when the client closes the connection."""

    async def watch() -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass
        work.stop()

    watching = asyncio.create_task(watch())
    try:
        yield
    finally:
        watching.cancel()
