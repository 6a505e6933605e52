"""The nouns of the collection: an article, its spans, and the chunks it is retrieved by.

Every offset in Citewell is an index into `Article.text`, in Python's characters (code points), with
`end` exclusive, so that `article.text[start:end]` is always the quoted words.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple


class Span(NamedTuple):
    """A half-open range of characters of an article's text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One article as people read it. `text` never changes within a version."""

    article_id: str
    """Stable across versions: canonical URL, else path relative to what was added, else content hash."""
    text: str
    """Cleaned text; paragraphs are separated by line breaks. All offsets point into it."""
    title: str
    author: str | None = None
    publisher: str | None = None
    url: str | None = None
    published: date | None = None
    """The article's own date; None where it does not say. Never the time it was fetched."""
    language: str | None = None
    """ISO 639-1 code where known."""
    source: str = ""
    """Absolute path or URL it was read from."""
    added_at: datetime | None = None
    """When this version was catalogued (UTC); None before that."""
    pages: tuple[int, ...] = ()
    """Where its printed pages begin in `text`, the first page first; empty where it has none."""
    version: str = field(default="")
    """SHA-256 of `text`, in hex. Computed when not given."""

    def __post_init__(self) -> None:
        if not self.version:
            object.__setattr__(self, "version", version_of(self.text))

    def page_at(self, offset: int) -> int | None:
        """The printed page, from 1, that holds this character; None where there are no pages."""
        return bisect_right(self.pages, offset) or None


def version_of(text: str) -> str:
    """SHA-256 of an article's text: the name of a version.

    A lone surrogate, which UTF-8 cannot carry, is hashed as such rather than refused here.
    """
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """A run of whole sentences of one version of an article: the unit of retrieval."""

    article_id: str
    version: str
    number: int
    """Position among the chunks of its version, from 0."""
    start: int
    end: int
    text: str
    """`article.text[start:end]`."""
    sentences: tuple[Span, ...]
    """Its sentences, as offsets into the article's text, in order and without overlap."""

    @property
    def chunk_id(self) -> str:
        """Deterministic, so that writing a chunk twice is writing it once."""
        return f"{self.article_id}:{self.version[:12]}:{self.number}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Which articles a search may look at. An empty filter lets everything pass."""

    publishers: tuple[str, ...] = ()
    """Any of these, compared without regard to case."""
    since: date | None = None
    """Published on this day or later; articles without a date do not pass."""
    until: date | None = None
    """Published on this day or earlier; articles without a date do not pass."""
    articles: tuple[str, ...] = ()
    """Any of these article ids."""
    languages: tuple[str, ...] = ()
    """Any of these, as `language_code` gives them; articles whose language is unknown do not pass."""

    def __bool__(self) -> bool:
        return bool(self.publishers or self.since or self.until or self.articles or self.languages)


def language_code(tag: str) -> str:
    """What languages are compared by: a tag without its region and script, in small letters.

    >>> language_code("en-GB"), language_code("PT_br")
    ('en', 'pt')
    """
    return tag.strip().lower().replace("_", "-").partition("-")[0]
