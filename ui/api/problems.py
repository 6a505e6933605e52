"""What can go wrong, for the API's own documentation: each status with its form and an example."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

from ui.api.errors import RETRY_AFTER_SECONDS, Failure


class Problem(BaseModel):
    """A request that failed."""

    error: str = Field(description="What is wrong.")
    hint: str = Field(description="What to do about it; may be empty.")


class OpenAIProblem(BaseModel):
    """A request that failed, as OpenAI's API tells it."""

    class Inner(BaseModel):
        """What is wrong and what to do about it."""

        message: str
        type: str
        param: None
        code: str | None

    error: Inner


_MEANINGS: dict[int, tuple[str, Failure]] = {
    400: (
        "The request cannot be understood, or asks for what is not there to be asked.",
        Failure(400, "the question is empty", "ask something about the articles"),
    ),
    401: (
        "The server has a token, and the request does not carry it.",
        Failure(401, "the token is missing or wrong", "send the header Authorization: Bearer TOKEN"),
    ),
    404: (
        "What the address names is not there.",
        Failure(404, "there is no article 'x.md' in this library", "citewell list shows the ids"),
    ),
    413: (
        "The request is longer than any may be.",
        Failure(413, "the request is too long", "the limit is 1,000,000 bytes"),
    ),
    422: (
        "A field is wrong: it is named. Or none of the articles that were sent could be added.",
        Failure(422, "since: Value error, write the date as 2025-06-09", "/api/docs tells what it takes"),
    ),
    502: (
        "The language model that was to answer failed.",
        Failure(502, "the model does not answer", "is it running? CITEWELL_FALL_BACK=true quotes instead"),
    ),
    503: (
        f"Busy: ask again after the seconds that `Retry-After` tells ({RETRY_AFTER_SECONDS}).",
        Failure(503, "too many questions are waiting just now", "ask again in a moment", retryable=True),
    ),
    507: (
        "The library cannot be written.",
        Failure(507, "the library cannot be written: No space left on device", "free some space"),
    ),
}


def problems(*statuses: int, openai: bool = False) -> dict[int | str, dict[str, Any]]:
    """How a route fails, by status; `openai`: in the form of `/v1`."""
    model = OpenAIProblem if openai else Problem
    told: dict[int | str, dict[str, Any]] = {
        "default": {"model": model, "description": "Whatever else goes wrong has this form too."}
    }
    for status in (401, *statuses):
        meaning, failure = _MEANINGS[status]
        example = failure.as_openai() if openai else failure.as_json()
        told[status] = {
            "model": model,
            "description": meaning,
            "content": {"application/json": {"example": example}},
        }
        if failure.retryable:
            told[status]["headers"] = {
                "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}
            }
    return told
