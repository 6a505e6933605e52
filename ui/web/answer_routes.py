"""One answer of the visitor's own over HTTP: as Markdown, judged, turned into an eval case, gone on from."""

# No `from __future__ import annotations`: FastAPI could not read annotations that name what a function holds.
from collections.abc import Callable, Sequence
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Body, Depends, HTTPException, Request
from fastapi.responses import HTMLResponse, PlainTextResponse, Response

from index.errors import CitewellError
from rag.answer import Turn
from ui.web.actions import suggestions_html
from ui.web.cases import Cases
from ui.web.chat import Conversation
from ui.web.exchange import Exchange
from ui.web.export import conversation_markdown, exchange_markdown, file_name
from ui.web.store.conversations import Conversations
from ui.web.store.feedback import Feedback, Verdict
from ui.web.store.visitors import Owners

_COMMENT_CHARS = 4_000

Suggest = Callable[[Sequence[Exchange]], Sequence[str]]
"""Questions to go on with, from the exchanges of a conversation."""


def answer_routes(
    conversations: Conversations, feedback: Feedback, cases: Cases, visitors: Owners, suggest: Suggest
) -> APIRouter:
    """Routes below `/conversations/ID`; what is not the visitor's own is not found."""
    router = APIRouter(prefix="/conversations/{conversation}", include_in_schema=False)

    def owner(request: Request) -> str:
        return visitors.of(request.headers.get("cookie")) or ""

    def loaded(conversation: str, owner: Annotated[str, Depends(owner)]) -> list[Exchange]:
        found = conversations.load(owner, conversation)
        if not found:
            raise HTTPException(404, "There is no such conversation.")
        return found

    Owner = Annotated[str, Depends(owner)]  # noqa: N806
    Loaded = Annotated[list[Exchange], Depends(loaded)]  # noqa: N806

    @router.get(".md", response_class=PlainTextResponse)
    def whole(owner: Owner, conversation: str, exchanges: Loaded) -> Response:
        title = conversations.title(owner, conversation) or "Conversation"
        return _markdown(title, conversation_markdown(title, exchanges))

    @router.get("/verdicts")
    def said(owner: Owner, conversation: str) -> dict[int, dict[str, str]]:
        return {number: each._asdict() for number, each in feedback.of(owner, conversation).items()}

    @router.get("/{number}.md", response_class=PlainTextResponse)
    def one(exchanges: Loaded, number: int) -> Response:
        exchange = _at(exchanges, number)
        return _markdown(exchange.question, exchange_markdown(exchange))

    @router.put("/{number}/verdict")
    def judge(
        owner: Owner,
        conversation: str,
        number: int,
        verdict: Annotated[Verdict, Body()],
        comment: Annotated[str, Body(max_length=_COMMENT_CHARS)] = "",
    ) -> Response:
        if not feedback.give(owner, conversation, number, verdict, comment.strip()):
            raise HTTPException(404, "There is no such answer.")
        return Response(status_code=204)

    @router.delete("/{number}/verdict")
    def unsay(owner: Owner, conversation: str, number: int) -> Response:
        feedback.take_back(owner, conversation, number)
        return Response(status_code=204)

    @router.get("/{number}/suggestions", response_class=HTMLResponse)
    def suggestions(exchanges: Loaded, number: int) -> str:
        """Questions to go on with, as HTML; none for an answer that is not the last."""
        exchange = _at(exchanges, number)
        return suggestions_html(suggest(exchanges)) if exchange is exchanges[-1] else ""

    @router.get("/{number}/case")
    def draft(exchanges: Loaded, number: int) -> dict[str, Any]:
        """What an eval case of this answer would begin as, for the user to edit."""
        answer = _at(exchanges, number).answer
        if answer is None:
            raise HTTPException(404, "There is no answer.")
        return {
            "question": answer.question,
            "refuse": not answer.answerable,
            "facts": [sentence.text for sentence in answer.sentences],
            "articles": list(dict.fromkeys(citation.title for citation in answer.citations)),
            "suite": str(cases.path),
        }

    @router.post("/{number}/case")
    def add(
        exchanges: Loaded,
        number: int,
        refuse: Annotated[bool, Body()],
        facts: Annotated[list[str], Body()],
        gold: Annotated[list[str], Body()],
    ) -> dict[str, str]:
        exchange = _at(exchanges, number)
        before = tuple(each for each in exchanges if each.number < number)
        history: list[Turn] = Conversation(exchanges=before).history()
        try:
            made = cases.add(exchange.question, history, refuse=refuse, facts=facts, gold=gold)
        except CitewellError as error:
            raise _problem(error) from error
        return {"id": made}

    @router.post("/{number}/case/{case_id}/run")
    def run(exchanges: Loaded, number: int, case_id: str) -> dict[str, Any]:
        _at(exchanges, number)
        try:
            ran = cases.run(case_id)
        except CitewellError as error:
            raise _problem(error) from error
        return {"passed": ran.passed, "problems": ran.problems, "verdict": ran.verdict}

    return router


def _at(exchanges: Sequence[Exchange], number: int) -> Exchange:
    for each in exchanges:
        if each.number == number:
            return each
    raise HTTPException(404, "There is no such answer.")


def _markdown(title: str, text: str) -> Response:
    named = {"content-disposition": f"attachment; filename*=UTF-8''{quote(file_name(title))}"}
    return PlainTextResponse(text, media_type="text/markdown", headers=named)


def _problem(error: CitewellError) -> HTTPException:
    return HTTPException(422, f"{error.message}. {error.hint}".strip())
