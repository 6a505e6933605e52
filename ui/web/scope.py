"""Which articles the next questions are put to: filters in words, and what each leaves out."""

from __future__ import annotations

from index.article import Filters
from ui.web.engine import Library
from ui.web.exchange import Looked
from ui.web.markup import long_date, plain


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
    return found


def scope_html(library: Library, filters: Filters) -> str:
    """The line above the question's box that says which articles are asked; empty when it is all of them."""
    if not filters:
        return ""
    looked = looked_in(library, filters)
    words = ", ".join(words for words, _ in looked.filters)
    return (
        f'<p class="scope"><span>Asking {looked.searched:,} of {looked.held:,} articles: '
        f'<b dir="auto">{plain(words)}</b></span> '
        '<button type="button" class="quiet" data-act="all">Ask all</button></p>'
    )
