"""What goes wrong, as HTTP answers: `{"error", "hint"}` under `/api`, OpenAI's shape under `/v1`."""

from __future__ import annotations

import logging
from collections.abc import Callable, Coroutine, Mapping
from http import HTTPStatus
from typing import Any, NamedTuple

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from index.errors import CitewellError, InputError, LibraryError, LibraryUnwritable, ModelError, UsageError

logger = logging.getLogger(__name__)

RETRY_AFTER_SECONDS = 5
_DOCS = "/api/docs tells what it takes"


class NotFound(UsageError):
    """Raised when what an address names is not there."""


class TooLong(UsageError):
    """Raised when a request goes on beyond what it may have."""


class Failure(NamedTuple):
    """A request that failed, in words."""

    status: int
    message: str
    hint: str = ""
    retryable: bool = False

    @property
    def headers(self) -> dict[str, str]:
        if self.retryable:
            return {"Retry-After": str(RETRY_AFTER_SECONDS)}
        return {"WWW-Authenticate": "Bearer"} if self.status == HTTPStatus.UNAUTHORIZED else {}

    def response(self, path: str) -> Response:
        """In the shape of the interface that the path belongs to."""
        said = self.as_openai() if path.startswith("/v1") else self.as_json()
        return JSONResponse(said, self.status, headers=self.headers)

    def as_json(self) -> dict[str, Any]:
        return {"error": self.message, "hint": self.hint}

    def as_openai(self) -> dict[str, Any]:
        message = f"{self.message}: {self.hint}" if self.hint else self.message
        kind = "server_error" if self.status >= 500 else "invalid_request_error"
        code = "busy" if self.retryable else _OPENAI_CODES.get(self.status)
        return {"error": {"message": message, "type": kind, "param": None, "code": code}}


_OPENAI_CODES: Mapping[int, str] = {401: "invalid_api_key", 404: "model_not_found"}


def failure_of(error: Exception) -> Failure:
    """Any error in words; one that is not ours is logged and kept vague."""
    if isinstance(error, CitewellError):
        return Failure(_status(error), error.message, error.hint, error.retryable)
    if isinstance(error, RequestValidationError):
        return _wrong_fields(error)
    if isinstance(error, HTTPException):
        return Failure(error.status_code, str(error.detail), _DOCS if error.status_code < 500 else "")
    logger.error("a request failed", exc_info=error)
    return Failure(500, "something went wrong", "the server's log has the details")


def _status(error: CitewellError) -> int:
    if error.retryable:
        return 503
    if isinstance(error, NotFound):
        return 404
    if isinstance(error, TooLong):
        return 413
    if isinstance(error, InputError):
        return 422
    if isinstance(error, ModelError):
        return 502
    if isinstance(error, LibraryUnwritable):
        return 507
    return 400 if isinstance(error, UsageError) else 503 if isinstance(error, LibraryError) else 500


def _wrong_fields(error: RequestValidationError) -> Failure:
    problems = error.errors()
    if any(problem["type"] == "json_invalid" for problem in problems):
        return Failure(400, "the request is not JSON", _DOCS)
    said = "; ".join(
        f"{'.'.join(map(str, problem['loc'][1:])) or 'the request'}: {problem['msg']}"[:300]
        for problem in problems[:5]
    )
    return Failure(422, said, _DOCS)


class Route(APIRoute):
    """A route whose every error is an answer in the shape of its interface."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def answered(request: Request) -> Response:
            try:
                return await handle(request)
            except Exception as error:
                return failure_of(error).response(request.url.path)

        return answered
