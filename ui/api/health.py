"""Whether the server lives, and whether it can answer."""

from __future__ import annotations

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse

from ui.api.errors import Failure, Route
from ui.api.service import Service


def routes(service: Service) -> APIRouter:
    router = APIRouter(route_class=Route, tags=["health"])

    @router.get("/healthz")
    async def healthz() -> dict[str, str]:
        """The server lives. No token is asked for."""
        return {"status": "ok"}

    @router.get("/readyz", responses={503: {"description": "Not yet, or never: the reason is in `error`."}})
    def readyz() -> Response:
        """The library is open and the models are loaded. No token is asked for."""
        if service.is_ready():
            return JSONResponse({"status": "ready"})
        failure = Failure(503, "the models are being loaded", "ask again in a moment", retryable=True)
        return failure.response("/readyz")

    return router
