"""The choice of who answers, below the question's box, and what is loaded for it."""

# No `from __future__ import annotations`: FastAPI could not read annotations that name what a function holds.
from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Body, HTTPException

from index.errors import UsageError
from rag.settings import Settings
from ui.answerers import is_elsewhere, label_of
from ui.api.service import Service
from ui.web.markup import plain


def choice_html(names: Sequence[str], settings: Settings) -> str:
    """The choice, those that send something to another machine apart; empty where there is none."""
    if len(names) < 2:
        return ""
    here = [name for name in names if not is_elsewhere(name, settings)]
    elsewhere = [name for name in names if name not in here]
    options = _options(here)
    if elsewhere:
        options = (
            f'<optgroup label="On this machine">{options}</optgroup>'
            '<optgroup label="Elsewhere: question and quotes are sent there">'
            f"{_options(elsewhere)}</optgroup>"
        )
    return (
        f'<label for="answerer">Answered by</label><select id="answerer">{options}</select>'
        '<span id="answerer-note" role="status"></span>'
    )


def choice_routes(service: Service) -> APIRouter:
    """`POST /answerers`: an answerer is chosen, so what it needs is loaded before it is asked."""
    router = APIRouter(include_in_schema=False)

    @router.post("/answerers")
    def choose(answerer: Annotated[str, Body(embed=True, max_length=500)]) -> dict[str, str]:
        try:
            readiness = service.readiness(answerer)
        except UsageError as error:
            raise HTTPException(404, error.message) from error
        said: dict[str, str] = {"state": readiness.begin()}
        if readiness.trouble is not None:
            said |= {"message": readiness.trouble.message, "hint": readiness.trouble.hint}
        return said

    return router


def _options(names: Sequence[str]) -> str:
    return "".join(f'<option value="{plain(name)}">{plain(label_of(name))}</option>' for name in names)
