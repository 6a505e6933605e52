"""The list of articles as HTML, and what stands around it: how many there are, the pages, nothing found."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence

from index.article import language_code
from index.tables import ArticleInfo
from ui.web.library.links import article_fragment
from ui.web.library.listing import Listing
from ui.web.markup import byline, language_name, long_date, plain

_DOT = '<span class="dot" aria-hidden="true">·</span>'
TITLE_SHOWN = 300
"""Characters of a title in a list; its page shows all of it."""
MOST_NAMED = 500
"""Articles that a question can be limited to one by one."""


def list_html(listing: Listing, found_ids: Sequence[str]) -> str:
    """The articles of one page.

    Args:
        listing: That page.
        found_ids: What a search has found, so that questions can be limited to it; empty without a search.
    """
    if not listing.total:
        return (
            '<p class="none">The library is empty.</p>'
            '<p class="hint">Drop files anywhere on this page, paste a text, or run '
            "<code>citewell add</code> in a terminal.</p>"
        )
    if not listing.matching:
        return (
            '<p class="none">No article fits.</p><p class="hint">Try fewer words or a wider span. '
            '<button type="button" class="quiet" data-do="reset">Show all articles</button></p>'
        )
    rows = "".join(_row(info) for info in listing.shown)
    return f'{_count(listing, found_ids)}<ul class="articles">{rows}</ul>{_pages(listing)}'


def publisher_options(infos: Sequence[ArticleInfo], chosen: str) -> str:
    """The publishers as options of a choice, by name, with how many articles each has."""
    counts = Counter(info.publisher for info in infos if info.publisher)
    return _options("All publishers", counts, chosen, shortened)


def language_options(infos: Sequence[ArticleInfo], chosen: str) -> str:
    """The languages in the same form; empty where there is nothing to choose."""
    counts = Counter(language_code(info.language) for info in infos if info.language)
    return _options("All languages", counts, chosen, language_name) if len(counts) > 1 or chosen else ""


def _options(every: str, counts: Counter[str], chosen: str, name: Callable[[str], str]) -> str:
    if chosen and chosen not in counts:
        counts[chosen] = 0
    options = [f'<option value="">{every}</option>']
    for value in sorted(counts, key=lambda value: name(value).casefold()):
        selected = " selected" if value == chosen else ""
        label = f"{plain(name(value))} ({counts[value]:,})"
        options.append(f'<option value="{plain(value)}"{selected}>{label}</option>')
    return "".join(options)


def shortened(title: str) -> str:
    """A title as it fits a list."""
    return title if len(title) <= TITLE_SHOWN else title[:TITLE_SHOWN].rstrip() + " …"


def _count(listing: Listing, found_ids: Sequence[str]) -> str:
    request = listing.request
    many = "1 article" if listing.matching == 1 else f"{listing.matching:,} articles"
    said = many if listing.matching == listing.total else f"{many} of {listing.total:,}"
    limit = ""
    if request.search and len(found_ids) <= MOST_NAMED:
        limit = f' data-ids="{plain(json.dumps(found_ids))}"'
    if limit or (request.filters and not request.search):
        what = "this one" if listing.matching == 1 else f"these {listing.matching:,}"
        limit = f'<button type="button" class="quiet" data-do="ask-these"{limit}>Ask only {what}</button>'
    every = ""
    if request.filters or request.search:
        every = '<button type="button" class="quiet" data-do="reset" data-key="reset">Show all</button>'
    return f'<p class="count"><span>{said}</span>{every}{limit}</p>'


def _row(info: ArticleInfo) -> str:
    title = plain(shortened(info.title))
    identity = plain(info.article_id)
    added = ""
    if info.added_at is not None:
        day = info.added_at.astimezone().date()
        added = f' {_DOT} added <time datetime="{day}">{long_date(day)}</time>'
    return (
        f'<li class="article" data-id="{identity}" data-title="{title}">'
        f'<input type="checkbox" data-key="choose {identity}" aria-label="Ask only: {title}">'
        '<div class="what">'
        f'<a class="title" href="{article_fragment(info.article_id)}" dir="auto">{title}</a>'
        f'<p class="byline">{byline(info.publisher, info.published)}{added}</p></div>'
        f'<button type="button" class="quiet remove" data-do="remove" data-key="remove {identity}" '
        f'aria-label="Remove: {title}">Remove</button></li>'
    )


def _pages(listing: Listing) -> str:
    if listing.pages == 1:
        return ""
    page = listing.request.page
    previous = _step("Previous", page - 1, page > 1)
    following = _step("Next", page + 1, page < listing.pages)
    return (
        f'<nav class="pages" aria-label="Pages">{previous}<span>Page {page:,} of {listing.pages:,}</span>'
        f"{following}</nav>"
    )


def _step(label: str, page: int, possible: bool) -> str:
    disabled = "" if possible else " disabled"
    return (
        f'<button type="button" class="quiet" data-do="page" data-page="{page}" data-key="{label}"{disabled}>'
        f"{label}</button>"
    )
