"""The API put into the app that serves the page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from fastapi import APIRouter, FastAPI, Request, Response, Security
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse
from fastapi.security import HTTPBearer
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute, Match

from ui.api import articles, asking, completions, health
from ui.api.errors import Route
from ui.api.service import Service

ABOUT = """Questions to a collection of articles; every sentence of an answer carries a checked quote.

Where the server has a token, `/api` and `/v1` want it: `Authorization: Bearer TOKEN`. What goes wrong is told
with its status as `{"error", "hint"}`, under `/v1` as OpenAI's API tells it. Questions beyond those that may
wait are turned away at once: 503, with `Retry-After`. A page of another site gets 403, and a name that is
none of this server's 421.
"""
"""What the documentation begins with."""

_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


def add_api(app: FastAPI, service: Service) -> None:
    """Add every route of the API; what stands before them is ui/api/admission.py."""
    bearer = HTTPBearer(auto_error=False, description="CITEWELL_API_TOKEN, where the server has one.")
    routers = [module.routes(service) for module in (asking, articles, completions)]
    for router in routers:
        app.include_router(router, dependencies=[Security(bearer)])
    app.include_router(health.routes(service))
    known = [route for router in routers for route in router.routes]
    app.openapi = _described(app, known)  # type: ignore[method-assign]  # as FastAPI's own documentation does it
    # Swagger UI, from a wheel: the page may load nothing from elsewhere.
    app.mount("/api/docs/static", StaticFiles(packages=[("fastapi_offline", "static")]))
    app.add_api_route("/api/docs", lambda: _docs(app), include_in_schema=False)
    app.include_router(_what_is_not_there(known))


def _described(app: FastAPI, routes: Sequence[BaseRoute]) -> Callable[[], dict[str, Any]]:
    """The description of the API, with the nulls of the examples, which FastAPI leaves out."""
    describe = app.openapi

    def described() -> dict[str, Any]:
        told = describe()
        for route in routes:
            if isinstance(route, Route):
                for method in route.methods or ():
                    shown = told["paths"][route.path_format][method.lower()]["responses"]
                    for status, response in route.responses.items():
                        for kind, content in response.get("content", {}).items():
                            shown[str(status)]["content"][kind]["example"] = content["example"]
        return told

    return described


def _docs(app: FastAPI) -> HTMLResponse:
    return get_swagger_ui_html(
        openapi_url=app.openapi_url or "",
        title="Citewell: API",
        swagger_js_url="/api/docs/static/swagger-ui-bundle.js",
        swagger_css_url="/api/docs/static/swagger-ui.css",
        swagger_favicon_url="/favicon.ico",
        swagger_ui_parameters={"validatorUrl": None},
    )


def _what_is_not_there(known: Sequence[BaseRoute]) -> APIRouter:
    """Answers for what lies below `/api` and `/v1` and is not there: the page, mounted at `/`, would else."""
    router = APIRouter(route_class=Route, include_in_schema=False)

    async def nothing(request: Request) -> Response:
        allowed = {
            method
            for route in known
            if isinstance(route, Route) and route.matches(request.scope)[0] is Match.PARTIAL
            for method in route.methods or ()
        }
        if not allowed:
            raise HTTPException(404, "there is nothing here")
        raise HTTPException(405, f"this takes {', '.join(sorted(allowed))}")

    for prefix in ("/api", "/v1"):
        router.add_api_route(prefix + "/{rest:path}", nothing, methods=_METHODS)
    return router
