"""The visitor's own conversations over HTTP: the list in the bar, and what is done with one of them."""

# No `from __future__ import annotations`: FastAPI could not read annotations that name what a function holds.
from typing import Annotated

from fastapi import APIRouter, Body, Depends, HTTPException, Request
from fastapi.responses import HTMLResponse, Response

from ui.web.frame import conversation_list
from ui.web.login.routes import user_header
from ui.web.login.sessions import Sessions
from ui.web.store.conversations import TITLE_CHARS, Conversations
from ui.web.store.visitors import Owners


def conversation_routes(conversations: Conversations, visitors: Owners) -> APIRouter:
    """Routes under `/conversations`; whoever has no cookie of ours has no conversations."""
    router = APIRouter(prefix="/conversations", include_in_schema=False)

    def owner(request: Request) -> str:
        return visitors.of(request.headers.get("cookie")) or ""

    Owner = Annotated[str, Depends(owner)]  # noqa: N806

    @router.get("", response_class=HTMLResponse)
    def titles(owner: Owner, request: Request) -> HTMLResponse:
        """The list as HTML, the conversation that changed last first."""
        html = conversation_list(conversations.titles(owner) if owner else [])
        cookies = request.headers.get("cookie")
        return HTMLResponse(
            html, headers=user_header(visitors, cookies) if isinstance(visitors, Sessions) else {}
        )

    @router.put("/{conversation}/title")
    def rename(
        owner: Owner,
        conversation: str,
        title: Annotated[str, Body(embed=True, max_length=TITLE_CHARS)],
    ) -> Response:
        if not title.strip():
            raise HTTPException(422, "A title has at least one character.")
        if not conversations.rename(owner, conversation, " ".join(title.split())):
            raise _gone()
        return Response(status_code=204)

    @router.delete("/{conversation}")
    def delete(owner: Owner, conversation: str) -> Response:
        if not conversations.delete(owner, conversation):
            raise _gone()
        return Response(status_code=204)

    return router


def _gone() -> HTTPException:
    return HTTPException(404, "There is no such conversation.")
