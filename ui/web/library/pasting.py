"""A text that somebody pasted, with what they said of it, as an article."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path

from index.article import Article, version_of
from index.errors import InputError, UsageError
from index.readers import text
from index.readers.cleaning import clean_line
from index.readers.dates import parse_date
from index.readers.page import parse_url

FIELDS = ("title", "author", "publisher", "published", "url")
PASTED = "pasted:"
"""What the source of a pasted article begins with; its id follows."""
_TITLE_CHARS = 80
_NAME = Path("pasted.txt")


def checked_paste(said: Mapping[str, object]) -> dict[str, str]:
    """The text and what is said of it, as strings.

    Raises:
        UsageError: there is no text, or a date or address is none.
    """
    values = {name: str(said.get(name) or "").strip() for name in ("text", *FIELDS)}
    if not values["text"]:
        raise UsageError("there is no text", hint="paste the article's text")
    if values["published"] and parse_date(values["published"]) is None:
        raise UsageError(f"{values['published']!r} is no date", hint="write it as 2025-06-09")
    if values["url"] and parse_url(values["url"]) is None:
        raise UsageError(f"{values['url']!r} is no web address", hint="it begins with https:// or http://")
    return values


def title_of(values: Mapping[str, str]) -> str:
    """The title that was given, or else the beginning of the text.

    >>> title_of({"title": "", "text": "The ferry sails.\\nIt is late."})
    'The ferry sails.'
    """
    given = clean_line(values["title"])
    if given:
        return given
    first = clean_line(values["text"].strip().partition("\n")[0])
    return first if len(first) <= _TITLE_CHARS else first[:_TITLE_CHARS].rsplit(" ", 1)[0] + " …"


def read_pasted(data: bytes) -> Article:
    """The article of a paste that was checked and kept as JSON. Its id is its address, else its content.

    Raises:
        InputError: the text holds nothing to read.
    """
    values = json.loads(data)
    try:
        page = text.read_page(values["text"].encode("utf-8", "replace"), _NAME)
    except InputError as error:
        raise InputError(f"the text {error.message.removeprefix(f'{_NAME} ')}", hint=error.hint) from error
    untitled = page.title == _NAME.stem
    page = dataclasses.replace(
        page,
        title=title_of(values) if values["title"] or untitled else page.title,
        author=clean_line(values["author"]) or page.author,
        publisher=clean_line(values["publisher"]) or page.publisher,
        published=parse_date(values["published"]) or page.published,
        url=parse_url(values["url"]) or page.url,
    )
    article_id = page.url or version_of(page.text)
    return Article(
        article_id=article_id,
        source=f"{PASTED}{article_id}",
        **{each.name: getattr(page, each.name) for each in dataclasses.fields(page)},
    )
