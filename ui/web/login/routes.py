"""`/login` and `/logout`."""

# No `from __future__ import annotations`: FastAPI could not read annotations that name what a function holds.
import threading
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from ui.web.login.attempts import Attempts
from ui.web.login.page import login_html
from ui.web.login.passwords import MOST_CHARS
from ui.web.login.sessions import Sessions
from ui.web.login.users import tidy_name

USER_HEADER = "x-citewell-user"
"""Tells the page who is logged in, percent-encoded."""
_TRIED_AT_ONCE = 2
"""Each try takes 32 MB and .2 s of a core."""
_WRONG = "Name or password is wrong."


def login_routes(sessions: Sessions) -> APIRouter:
    """The page that asks for name and password, and what it sends to."""
    router = APIRouter(include_in_schema=False)
    attempts = Attempts()
    trying = threading.BoundedSemaphore(_TRIED_AT_ONCE)

    def check(name: str, password: str) -> str | None:
        with trying:
            return sessions.users.check(name, password)

    @router.get("/login")
    def ask(request: Request) -> Response:
        if sessions.name(request.headers.get("cookie")) is not None:
            return RedirectResponse("/", 303)
        return _page()

    @router.post("/login")
    async def log_in(request: Request) -> Response:
        async with request.form(max_files=0, max_fields=8) as form:
            name, password = (str(form.get(key, ""))[:MOST_CHARS] for key in ("name", "password"))
        address = request.client.host if request.client else ""
        wait = attempts.begin(tidy_name(name), address)
        if wait:
            said = f"Too many attempts. Try again in {-(-wait // 60)} min."
            return _page(said, name, 429, {"Retry-After": str(wait)})
        user = await run_in_threadpool(check, name, password)
        if user is None:
            return _page(_WRONG, name, 401)
        attempts.succeeded(tidy_name(name), address)
        secure = request.url.scheme == "https"
        cookie = await run_in_threadpool(lambda: sessions.begin(user, secure=secure))
        return RedirectResponse("/", 303, headers={"set-cookie": cookie})

    @router.post("/logout")
    def log_out(request: Request) -> Response:
        cookie = sessions.end(request.headers.get("cookie"))
        return Response(status_code=204, headers={"set-cookie": cookie})

    return router


def user_header(sessions: Sessions, cookies: str | None) -> dict[str, str]:
    """The header by which the page learns who is logged in."""
    return {USER_HEADER: quote(sessions.name(cookies) or "")}


def _page(
    problem: str = "", name: str = "", status: int = 200, headers: dict[str, str] | None = None
) -> HTMLResponse:
    return HTMLResponse(
        login_html(problem, name), status, headers={"Cache-Control": "no-store", **(headers or {})}
    )
