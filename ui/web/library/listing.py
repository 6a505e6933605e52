"""Which articles the list shows, in which order, and which page of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal, Protocol, get_args

from index.article import Filters, language_code
from index.errors import UsageError
from index.tables import ArticleInfo
from index.words import Words

PAGE_SIZE = 25
MAX_SEARCH_CHARS = 200

Sort = Literal["added", "published", "oldest", "title", "publisher"]
SORTS: dict[Sort, str] = {
    "added": "Last added",
    "published": "Newest",
    "oldest": "Oldest",
    "title": "Title",
    "publisher": "Publisher",
}


class Articles(Protocol):
    """What a listing needs of a library."""

    def list(self, filters: Filters = ...) -> list[ArticleInfo]: ...

    def words(self) -> Words: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What somebody wants to see of the library."""

    search: str = ""
    """Words of the title, or of the text."""
    sort: Sort = "added"
    publisher: str = ""
    language: str = ""
    """A code, as `language_code` gives it."""
    since: date | None = None
    until: date | None = None
    page: int = 1

    @property
    def filters(self) -> Filters:
        return Filters(
            publishers=(self.publisher,) if self.publisher else (),
            since=self.since,
            until=self.until,
            languages=(self.language,) if self.language else (),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One page of what was asked for."""

    request: Request
    """As asked for, the page brought within the pages there are."""
    shown: tuple[ArticleInfo, ...]
    matching: int
    """Articles on all pages."""
    total: int
    """Articles in the library."""

    @property
    def pages(self) -> int:
        return max(1, -(-self.matching // PAGE_SIZE))


def request_from(values: Mapping[str, str]) -> Request:
    """A request as it stands in an address.

    Raises:
        UsageError: a date is none, or the order is not one of ours.
    """
    sort: Any = values.get("sort") or "added"
    if sort not in get_args(Sort):
        raise UsageError(f"there is no order {sort!r}", hint=f"there are {', '.join(SORTS)}")
    page = values.get("page") or "1"
    return Request(
        search=" ".join(values.get("search", "").split())[:MAX_SEARCH_CHARS],
        sort=sort,
        publisher=values.get("publisher", ""),
        language=language_code(values.get("language", "")),
        since=day_from(values.get("since", "")),
        until=day_from(values.get("until", "")),
        page=int(page) if page.isdecimal() and len(page) < 10 else 1,
    )


def day_from(value: str) -> date | None:
    """A day in ISO 8601; None for nothing.

    Raises:
        UsageError: it is no date.
    """
    try:
        return date.fromisoformat(value) if value else None
    except ValueError as error:
        raise UsageError(f"{value!r} is no date", hint="write it as 2025-06-09") from error


def find(library: Articles, request: Request) -> tuple[Listing, list[ArticleInfo]]:
    """The page that is asked for, and all that fit, in order; a page beyond the last is the last."""
    total = library.list()
    found = library.list(request.filters) if request.filters else total
    if request.search:
        holding = library.words().articles_with(request.search)
        typed = request.search.casefold().split()
        found = [info for info in found if info.article_id in holding or _is_titled(info, typed)]
    found = _sorted(found, request.sort)
    pages = max(1, -(-len(found) // PAGE_SIZE))
    page = min(max(1, request.page), pages)
    listing = Listing(
        request=replace(request, page=page),
        shown=tuple(found[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]),
        matching=len(found),
        total=len(total),
    )
    return listing, found


def _is_titled(info: ArticleInfo, words: Sequence[str]) -> bool:
    title = info.title.casefold()
    return all(word in title for word in words)


def _sorted(infos: list[ArticleInfo], sort: Sort) -> list[ArticleInfo]:
    """In order; those that lack what they are ordered by come last, and equal ones are ordered by title."""
    infos = sorted(infos, key=lambda info: (info.title.casefold(), info.article_id))
    value: Callable[[ArticleInfo], Any] = {
        "added": lambda info: info.added_at,
        "published": lambda info: info.published,
        "oldest": lambda info: info.published,
        "title": lambda info: info.title.casefold() or None,
        "publisher": lambda info: (info.publisher or "").casefold() or None,
    }[sort]
    known = [info for info in infos if value(info) is not None]
    unknown = [info for info in infos if value(info) is None]
    return sorted(known, key=value, reverse=sort in ("added", "published")) + unknown
