"""What the API takes, checked."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from index.article import Article, Filters
from index.readers.dates import not_in_future
from index.readers.language import detect_language
from index.readers.page import parse_language, parse_url
from rag.answer import Turn
from ui.printing import valid

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def _listed(value: Any) -> Any:
    """One value as a list of it."""
    return [value] if isinstance(value, str) else value


def _day(value: Any) -> Any:
    """A date as text only: a number would be taken for seconds."""
    if isinstance(value, date) or value is None or (isinstance(value, str) and _DAY.fullmatch(value)):
        return value
    raise ValueError("write the date as 2025-06-09")


def _language(value: str) -> str:
    code = parse_language(value)
    if code is None:
        raise ValueError("write the language in two letters, as ISO 639-1 has them: en")
    return code


def _one_line(value: str) -> str:
    if any(unicodedata.category(character) == "Cc" for character in value):
        raise ValueError("it holds a line break or another control character")
    return value


def _web_address(value: str) -> str:
    if parse_url(value) is None:
        raise ValueError("write the address in full, as https://host/path")
    return value


def _begun(value: date | None) -> date | None:
    if value is not None and not_in_future(value) is None:
        raise ValueError("this day has not come yet")
    return value


Words = Annotated[str, AfterValidator(valid)]
"""Text in which half a character, which JSON can carry and nothing else, is replaced."""
Names = Annotated[list[Words], BeforeValidator(_listed)]
Languages = Annotated[list[Annotated[str, AfterValidator(_language)]], BeforeValidator(_listed)]
Day = Annotated[date | None, BeforeValidator(_day)]


class Narrowing(BaseModel):
    """Which articles are meant; all of them where nothing is said."""

    model_config = ConfigDict(extra="forbid")

    publisher: Names = Field(default=[], description="Only these publishers.")
    since: Day = Field(default=None, description="Only articles published on this day or later.")
    until: Day = Field(default=None, description="Only articles published on this day or earlier.")
    article: Names = Field(default=[], description="Only the articles of these ids.")
    language: Languages = Field(default=[], description="Only articles in these languages: en, de, …")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.since and self.until and self.since > self.until:
            raise ValueError(f"since {self.since} is after until {self.until}")
        return self

    @property
    def filters(self) -> Filters:
        return Filters(
            publishers=tuple(self.publisher),
            since=self.since,
            until=self.until,
            articles=tuple(self.article),
            languages=tuple(self.language),
        )


class Choice(Narrowing):
    """Which articles may answer, and how many passages of them are read."""

    top_k: int | None = Field(default=None, ge=1, le=100, description="Passages to retrieve.")


class Exchange(BaseModel):
    """An earlier exchange."""

    model_config = ConfigDict(extra="forbid")

    question: Words
    answer: Words = ""

    @property
    def turn(self) -> Turn:
        return Turn(question=self.question, answer=self.answer)


class AskRequest(Choice):
    """A question."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"question": "How many passengers does the ferry carry?", "since": "2024-01-01"},
                {
                    "question": "And how many cars?",
                    "history": [
                        {
                            "question": "How many passengers does the ferry carry?",
                            "answer": "The new ferry carries 550 passengers [1].",
                        }
                    ],
                },
            ]
        }
    )

    question: Words = Field(description="In plain language.")
    history: list[Exchange] = Field(default=[], description="Earlier exchanges, oldest first.")
    llm: Words | None = Field(
        default=None, description="Who answers, of those this server offers; `GET /v1/models` lists them."
    )
    id: Words | int | float | None = Field(default=None, description="Your own, given back as it came.")


class SearchRequest(Choice):
    """What to look for."""

    question: Words = Field(description="In plain language.")


class ListRequest(Narrowing):
    """A page of the list of articles."""

    offset: int = Field(default=0, ge=0, description="Articles to pass over.")
    limit: int = Field(default=100, ge=1, le=1_000, description="Articles to list at most.")


class NewArticle(BaseModel):
    """An article as it is."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "title": "New ferry for Port Ellen",
                    "text": "The new ferry carries 550 passengers.",
                    "publisher": "Island Post",
                    "published": "2024-03-01",
                }
            ]
        },
    )

    title: str
    text: str = Field(description="Paragraphs are separated by line breaks.")
    article_id: Annotated[str, AfterValidator(_one_line)] = Field(
        default="",
        description="Stays the same when the text changes. Without one: the URL, or a hash.",
    )
    author: str | None = None
    publisher: str | None = None
    url: Annotated[str, AfterValidator(_web_address)] | None = None
    published: Annotated[Day, AfterValidator(_begun)] = Field(
        default=None, description="The article's own date."
    )
    language: Annotated[str, AfterValidator(_language)] | None = Field(
        default=None, description="ISO 639-1 code. Without one it is told by the letters, where that is sure."
    )

    @property
    def article(self) -> Article:
        language = self.language or detect_language(self.text)
        return Article(
            **{**self.model_dump(), "article_id": self.article_id or self.url or "", "language": language}
        )
