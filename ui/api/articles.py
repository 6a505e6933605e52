"""`/api/articles`: what is in the library, into it and out of it."""

from __future__ import annotations

import dataclasses
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json
from starlette.datastructures import UploadFile

from index.article import Article
from index.batches import batched
from index.errors import InputError, LibraryLocked, UsageError
from index.folder import LOCK_FILE
from index.ingest import AddResult, Source, failed, unreadable, uploaded
from index.lock import WriterLock
from index.readers.files import check_file
from index.readers.reading import Reading
from index.reprints import Reprints
from ui.adding import parse_fields
from ui.api.errors import NotFound, Route
from ui.api.examples import ADDED, ARTICLE, ARTICLES, REMOVED
from ui.api.problems import problems
from ui.api.requests import ListRequest, NewArticle
from ui.api.service import Service
from ui.printing import article_json, jsonable
from ui.uploads import FOLDER, safe_name, staging

_ARTICLES = TypeAdapter(list[NewArticle])
_FORM = 'an article, {"title": …, "text": …}, or a list of them'
_ONE = NewArticle.model_json_schema()
_FILES = {
    "type": "object",
    "required": ["file"],
    "properties": {
        "file": {"type": "array", "items": {"type": "string", "format": "binary"}},
        "map": {
            "type": "array",
            "items": {"type": "string"},
            "description": "As the parameter `map`: what an export calls its fields.",
        },
    },
}
_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": {"oneOf": [_ONE, {"type": "array", "items": _ONE}]}},
            "multipart/form-data": {"schema": _FILES},
        },
    }
}
_MOST_FILES = 1_000
_STAGED_TOGETHER = 100
"""Each is an open file until it is added."""
_MOST_NAME_CHARS = 300


def routes(service: Service) -> APIRouter:
    router = APIRouter(prefix="/api", route_class=Route, tags=["articles"])
    library = service.default.library

    @router.get("/articles", responses={200: {"content": ARTICLES}, **problems(422)})
    def list_articles(asked: Annotated[ListRequest, Query()]) -> Response:
        """The articles by id, without their texts, a page at a time."""
        infos = library.list(asked.filters)
        page = infos[asked.offset : asked.offset + asked.limit]
        copies = Reprints(library.catalog).ids(info.article_id for info in page)
        return JSONResponse(
            {
                "articles": [jsonable(article_json(info, copies.get(info.article_id, ()))) for info in page],
                "total": len(infos),
                "offset": asked.offset,
                "limit": asked.limit,
            }
        )

    @router.get("/articles/{article_id:path}", responses={200: {"content": ARTICLE}, **problems(404)})
    def show_article(
        article_id: str,
        version: Annotated[str | None, Query(description="As it was: a hash, or its beginning.")] = None,
    ) -> Response:
        """An article with its text, and the hashes of all versions it has had, oldest first."""
        with _named():
            article = library.show(article_id, version)
        versions = library.catalog.version_hashes(article_id)
        copies = Reprints(library.catalog).ids([article_id]).get(article_id, ())
        return JSONResponse({**jsonable(article_json(article, copies)), "versions": versions})

    @router.post(
        "/articles",
        openapi_extra=_BODY,
        responses={200: {"content": ADDED}, **problems(400, 413, 422, 503, 507)},
    )
    async def add_articles(
        request: Request,
        fields: Annotated[
            list[str] | None,
            Query(alias="map", description="What an export calls its fields, as text=Body,title=Headline."),
        ] = None,
    ) -> Response:
        """Add or update articles: one as JSON, a list of them, or files of any format that is read.

        Each is settled by itself, and said in `results`: added, updated, unchanged, or failed with the
        reason. Where none could be added the status is 422, and `results` are told all the same. A file of a
        name that was sent before is the next version of that article. While the library is being changed
        otherwise, the answer is 503.
        """
        given = list(fields or ())
        if request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
            async with request.form(max_files=_MOST_FILES) as form:
                files = [value for _, value in form.multi_items() if isinstance(value, UploadFile)]
                given += [value for value in form.getlist("map") if isinstance(value, str)]
                if not files:
                    raise UsageError("the form holds no file", hint="send files: curl -F file=@article.md")
                reading = service.settings.reading(parse_fields(given))
                return _told(await run_in_threadpool(_add_files, service, files, reading))
        reading = service.settings.reading(parse_fields(given))
        return _told(await run_in_threadpool(_add, service, _given(await request.body()), reading))

    @router.delete(
        "/articles/{article_id:path}", responses={200: {"content": REMOVED}, **problems(404, 503, 507)}
    )
    def remove_article(article_id: str) -> Response:
        """Remove an article with all its versions, for good."""
        _check_writable(service)
        with _named():
            library.remove(article_id)
        return JSONResponse({"article_id": article_id, "status": "removed"})

    return router


def _given(body: bytes) -> list[Article]:
    try:
        data = from_json(body)
    except ValueError as error:
        raise UsageError("the request is not JSON", hint=f"send {_FORM}") from error
    try:
        many = _ARTICLES.validate_python(data if isinstance(data, list) else [data])
    except ValidationError as error:
        raise RequestValidationError(
            # an article that is alone is not called the first
            [
                {**problem, "loc": ("body", *problem["loc"][0 if isinstance(data, list) else 1 :])}
                for problem in error.errors()
            ]
        ) from error
    if not many:
        raise UsageError("the list holds no article", hint=f"send {_FORM}")
    return [each.article for each in many]


def _add_files(service: Service, files: Sequence[UploadFile], reading: Reading) -> list[AddResult]:
    results: list[AddResult] = []
    for some in batched(files, _STAGED_TOGETHER):
        with ExitStack() as waiting:
            results += _add(service, [_sent(service, file, reading, waiting) for file in some], reading)
    return results


def _sent(service: Service, file: UploadFile, reading: Reading, waiting: ExitStack) -> Source:
    """A file as a source whose bytes wait in the library's folder; or what is wrong with it."""
    given = file.filename or ""
    try:
        name = safe_name(given)
        check_file(Path(name), file.size or 0, reading)
    except InputError as error:
        return unreadable(given[:_MOST_NAME_CHARS], error)
    staged = waiting.enter_context(staging(service.default.library.path / FOLDER))
    shutil.copyfileobj(file.file, staged)
    staged.flush()
    return uploaded(name, Path(staged.name))


def _add(service: Service, sources: Sequence[Source | Article], reading: Reading) -> Sequence[AddResult]:
    wrong = [
        failed(each, each.failure)
        for each in sources
        if isinstance(each, Source) and each.failure is not None
    ]
    if len(wrong) == len(sources):
        return wrong
    _check_writable(service)
    return service.default.library.add(sources, reading=reading)


def _told(results: Sequence[AddResult]) -> Response:
    counts = Counter(result.status for result in results)
    said: dict[str, Any] = {
        "results": [dataclasses.asdict(result) for result in results],
        "summary": {status: counts[status] for status in ("added", "updated", "unchanged", "failed")},
    }
    if counts["failed"] < len(results):
        return JSONResponse(said)
    return JSONResponse({"error": results[0].reason, "hint": results[0].hint, **said}, 422)


def _check_writable(service: Service) -> None:
    """Whether the library can be changed at once.

    Raises:
        LibraryLocked: it is being changed: by another process, the page or another request.
        LibraryUnwritable: this process may not change it.
    """
    lock = WriterLock(service.default.library.path / LOCK_FILE)
    if not lock.try_acquire():
        raise LibraryLocked(
            f"the library is being changed just now ({lock.holder()})", hint="try again when that is done"
        )
    lock.release()


@contextmanager
def _named() -> Iterator[None]:
    """An article that the address names and that is not there is 404."""
    try:
        yield
    except UsageError as error:
        raise NotFound(error.message, hint=error.hint) from error
