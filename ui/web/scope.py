"""Which articles the next questions are put to: filters in words, and what each leaves out."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import fields

from index.article import Filters
from index.errors import CitewellError
from ui.web.engine import Library
from ui.web.exchange import Looked
from ui.web.markup import language_name, long_date, plain

_TITLE_SHOWN = 80


def looked_in(library: Library, filters: Filters) -> Looked:
    """Where a question with these filters is looked for."""
    held = library.article_count()
    return Looked(
        searched=library.count_matching(filters) if filters else held,
        held=held,
        filters=tuple((words, held - library.count_matching(alone)) for words, alone in parts(filters)),
    )


def parts(filters: Filters) -> list[tuple[str, Filters]]:
    """Each filter in words, and as filters of its own.

    >>> [words for words, _ in parts(Filters(publishers=("Reuters", "AFP"), articles=("a", "b")))]
    ['2 chosen articles', 'Published by Reuters or AFP']
    """
    found: list[tuple[str, Filters]] = []
    if count := len(filters.articles):
        words = "One chosen article" if count == 1 else f"{count:,} chosen articles"
        found.append((words, Filters(articles=filters.articles)))
    if filters.publishers:
        words = "Published by " + " or ".join(filters.publishers)
        found.append((words, Filters(publishers=filters.publishers)))
    if filters.since or filters.until:
        words = " ".join(
            part
            for part in (
                "Published",
                filters.since and f"from {long_date(filters.since)}",
                filters.until and f"until {long_date(filters.until)}",
            )
            if part
        )
        found.append((words, Filters(since=filters.since, until=filters.until)))
    if filters.languages:
        words = "In " + " or ".join(map(language_name, filters.languages))
        found.append((words, Filters(languages=filters.languages)))
    return found


def scope_html(library: Library, filters: Filters) -> str:
    """The line above the question's box that says which articles are asked; empty when it is all of them."""
    if not filters:
        return ""
    chips = "".join(_chip(library, words, alone) for words, alone in parts(filters))
    return (
        f'<div class="scope"><span>Asking {library.count_matching(filters):,} of {library.article_count():,} '
        f'articles</span>{chips}<button type="button" class="quiet" data-act="all">Ask all</button></div>'
    )


def _chip(library: Library, words: str, alone: Filters) -> str:
    """One filter in words, with the way to drop it; a single article by its title."""
    if len(alone.articles) == 1:
        with suppress(CitewellError):  # removed since: it is still said that one was chosen
            title = library.show(alone.articles[0], None).title
            words = title if len(title) <= _TITLE_SHOWN else f"{title[:_TITLE_SHOWN].rstrip()} …"
    names = [field.name for field in fields(alone) if getattr(alone, field.name)]
    return (
        f'<span class="chip"><b dir="auto">{plain(words)}</b><button type="button" '
        f'data-drop="{" ".join(names)}" aria-label="Ask without: {plain(words)}">×</button></span>'
    )
