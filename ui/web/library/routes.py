"""What the Library view asks of the server: lists and pages as HTML, and the changes it makes.

Every change wants a header that no other site's page can send without this server's leave, which it never
gives: a form elsewhere that posts to this address changes nothing.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from starlette.requests import ClientDisconnect

from index import trash
from index.errors import CitewellError, InputError, LibraryError, UsageError
from index.library import Library
from index.readers.fields import FieldMap
from index.readers.files import check_file
from rag.settings import Settings
from ui.uploads import safe_name
from ui.web.library.adding import Adder
from ui.web.library.additions import Additions, Kind, State
from ui.web.library.article_page import article_page_html
from ui.web.library.columns import FIELDS, checked_fields, columns_of
from ui.web.library.glance import glance_html
from ui.web.library.listing import find, request_from
from ui.web.library.pasting import checked_paste, title_of
from ui.web.library.progress import MOST_TITLES, additions_html, removed_html
from ui.web.library.receiving import addresses_in, check_room, receive
from ui.web.library.rows import language_options, list_html, publisher_options
from ui.web.markup import plain

logger = logging.getLogger(__name__)

HEADER = "x-citewell"
_JSON_CHARS = 100_000


class LibraryPage:
    """The view of one library: its routes, and the thread that adds what is handed in."""

    def __init__(self, library: Library, settings: Settings) -> None:
        self.library = library
        self.settings = settings
        self.additions = Additions(library.path)
        self.adder = Adder(library, self.additions, settings)

    @asynccontextmanager
    async def running(self, app: FastAPI) -> AsyncIterator[None]:
        """Adds while the server runs."""
        self.adder.start()
        forgetting = asyncio.create_task(asyncio.to_thread(self._forget_old))
        try:
            yield
            await forgetting
        finally:
            await asyncio.to_thread(self.adder.close)

    def router(self) -> APIRouter:
        router = APIRouter(prefix="/library", include_in_schema=False)
        router.add_api_route("/articles", self.articles, methods=["GET"])
        router.add_api_route("/additions", self.under_way, methods=["GET"])
        router.add_api_route("/article", self.article, methods=["GET"])
        router.add_api_route("/columns", self.columns, methods=["GET"])
        for path, change in (
            ("/upload", self.upload),
            ("/paste", self.paste),
            ("/fetch", self.fetch),
            ("/stop", self.stop),
            ("/retry", self.retry),
            ("/map", self.map),
            ("/dismiss", self.dismiss),
            ("/remove", self.remove),
            ("/restore", self.restore),
            ("/forget", self.forget),
        ):
            router.add_api_route(path, _guarded(change), methods=["POST"])
        return router

    # Looking

    def articles(self, request: Request) -> Response:
        """The list as asked for in the address, and all that stands beside it."""
        try:
            wanted = request_from(request.query_params)
            listing, found = find(self.library, wanted)
        except CitewellError as error:
            return _refused(error)
        infos = self.library.list()
        searched = [info.article_id for info in found] if wanted.search else []
        return JSONResponse(
            {
                "rows": list_html(listing, searched),
                "publishers": publisher_options(infos, wanted.publisher),
                "languages": language_options(infos, wanted.language),
                "glance": glance_html(infos),
                "removed": removed_html(trash.kept_aside(self.library), self.settings.keep_removed_days),
                **self._state(),
            }
        )

    def under_way(self) -> Response:
        """What is being added, and whether the list has changed since (`generation`)."""
        return JSONResponse(self._state())

    def article(self, id: str, version: str | None = None, around: int | None = None) -> Response:
        try:
            return HTMLResponse(article_page_html(self.library, id, version, around=around))
        except CitewellError as error:
            return HTMLResponse(
                f'<p class="problem" role="alert">{plain(error.message[:500])}</p>', status_code=404
            )

    def columns(self, addition: int) -> Response:
        """What an export that failed calls its columns, what stands in them, and which are taken for what."""
        try:
            kept = self.additions.kept(addition)
            columns = columns_of(self.additions, kept)
        except CitewellError as error:
            return _refused(error)
        taken = FieldMap(self.settings.reading(kept.fields)).guesses(columns)
        return JSONResponse({"name": kept.name, "columns": columns, "fields": FIELDS, "taken": taken})

    def _state(self) -> dict[str, Any]:
        listed = self.additions.listed()
        infos = {
            article_id: self.library.catalog.article(article_id)
            for addition in listed
            for outcome in addition.outcomes[:MOST_TITLES]
            for article_id in (outcome.article_id, outcome.copy_of)
            if article_id
        }
        titles = {key: info.title for key, info in infos.items() if info is not None}
        return {
            "additions": additions_html(listed, self.adder.how_far, titles.get),
            "open": sum(each.state in ("waiting", "working") for each in listed),
            "generation": self.library.catalog.generation(),
        }

    # Changing

    async def upload(self, request: Request) -> dict[str, Any]:
        """One file: its path and size in the address, its bytes as the body.

        Of one that would not be read the page sends no bytes; it joins the list as failed, with the reason.
        """
        name = safe_name(request.query_params.get("name", ""))
        size = request.query_params.get("size", "")
        try:
            stated = int(size) if size.isdecimal() and len(size) < 20 else 0
            check_file(Path(name), stated, self.settings.reading())
        except InputError as error:
            check_room(self.additions, self.settings)
            return {"id": self.additions.refuse("file", name, error)}
        return {"id": await self._received("file", name, request.stream())}

    async def paste(self, request: Request) -> dict[str, Any]:
        limit = (
            2 * self.settings.max_article_bytes
        )  # JSON may write a character as two; `receive` counts again
        values = checked_paste(await _said(request, limit))
        data = json.dumps(values, ensure_ascii=False).encode("utf-8", "replace")
        return {"id": await self._received("text", title_of(values), _once(data))}

    async def fetch(self, request: Request) -> dict[str, Any]:
        """Addresses, one a line, of pages or of feeds; all of them, or none where one is no address."""
        said = await _said(request)
        kind: Kind = "feed" if said.get("feed") else "page"
        addresses = addresses_in(_text(said, "addresses"))
        return {"ids": [await self._received(kind, each, _once(each.encode())) for each in addresses]}

    async def stop(self, request: Request) -> dict[str, Any]:
        """End the fetching of a feed; what it has brought stays."""
        self.adder.stop(_number(await _said(request), "addition"))
        return {}

    async def _received(self, kind: Kind, name: str, chunks: AsyncIterator[bytes]) -> int:
        received = await receive(self.additions, self.settings, kind, name, chunks)
        self.adder.wake()
        return received

    async def retry(self, request: Request) -> dict[str, Any]:
        await asyncio.to_thread(self.additions.set_back, _number(await _said(request), "addition"))
        self.adder.wake()
        return {}

    async def map(self, request: Request) -> dict[str, Any]:
        """Read an export again, with the columns that its fields are said to be in."""
        said = await _said(request)
        fields = checked_fields(said.get("fields"))
        await asyncio.to_thread(self.additions.set_back, _number(said, "addition"), fields)
        self.adder.wake()
        return {}

    async def dismiss(self, request: Request) -> dict[str, Any]:
        """One addition off the list, or all that went well, or all that failed."""
        said = await _said(request)
        if "addition" in said:
            await asyncio.to_thread(self.additions.dismiss, _number(said, "addition"))
        else:
            state: State = "failed" if said.get("state") == "failed" else "done"
            await asyncio.to_thread(self.additions.dismiss_all, state)
        return {}

    async def remove(self, request: Request) -> dict[str, Any]:
        article_id = _text(await _said(request), "id")
        keep = self.settings.keep_removed_days
        await asyncio.to_thread(self._remove, article_id)
        return {"undo": keep > 0}

    def _remove(self, article_id: str) -> None:
        days = self.settings.keep_removed_days
        if not days:
            self.library.remove(article_id)
            return
        trash.discard(self.library, article_id)
        self._forget_old()

    def _forget_old(self) -> None:
        """Delete for good what was removed longer ago than it is kept."""
        before = datetime.now(UTC) - timedelta(days=self.settings.keep_removed_days)
        try:
            trash.forget(self.library, before=before)
        except LibraryError as error:  # read-only, or somebody else writes: there will be another time
            logger.warning("what was removed long ago is still kept: %s", error.message)

    async def restore(self, request: Request) -> dict[str, Any]:
        article_id = _text(await _said(request), "id")
        await asyncio.to_thread(trash.restore, self.library, article_id)
        return {}

    async def forget(self, request: Request) -> dict[str, Any]:
        await _said(request)
        return {"deleted": await asyncio.to_thread(trash.forget, self.library)}


def _guarded(
    change: Callable[[Request], Awaitable[dict[str, Any]]],
) -> Callable[[Request], Awaitable[Response]]:
    async def guarded(request: Request) -> Response:
        if HEADER not in request.headers:
            return JSONResponse({"message": "this was not sent by the page", "hint": ""}, status_code=403)
        try:
            return JSONResponse(await change(request))
        except CitewellError as error:
            return _refused(error)
        except ClientDisconnect:  # the page was left while it sent; nothing of it is kept
            return Response(status_code=400)

    return guarded


def _refused(error: CitewellError) -> JSONResponse:
    status = 400 if isinstance(error, (UsageError, InputError)) else 503
    return JSONResponse({"message": error.message, "hint": error.hint}, status_code=status)


async def _said(request: Request, limit: int = _JSON_CHARS) -> Mapping[str, Any]:
    """The JSON object that a request carries.

    Raises:
        UsageError: it carries something else, or too much.
    """
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise UsageError("this is too long", hint="save it as a file and add that")
    try:
        said = json.loads(body)
    except ValueError as error:
        raise UsageError("the request is not JSON") from error
    if not isinstance(said, dict):
        raise UsageError("the request is not a JSON object")
    return said


async def _once(data: bytes) -> AsyncIterator[bytes]:
    yield data


def _text(said: Mapping[str, Any], key: str) -> str:
    value = said.get(key)
    if not isinstance(value, str):
        raise UsageError(f"{key!r} has to be a text")
    return value


def _number(said: Mapping[str, Any], key: str) -> int:
    value = said.get(key)
    if not isinstance(value, int):
        raise UsageError(f"{key!r} has to be a number")
    return value
