"""An article's page: its text as it was read, what is known of it, and the versions it has had."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from index.article import Article, Span, language_code
from index.errors import UsageError
from index.ingest import uploaded_name
from index.library import Library
from index.tables import ArticleInfo
from ui.web.library.links import article_fragment
from ui.web.library.pasting import PASTED
from ui.web.library.rows import shortened
from ui.web.links import safe_url
from ui.web.markup import byline, language_name, long_date, plain
from ui.web.reading import text_html


def article_page_html(
    library: Library, article_id: str, version: str | None = None, *, around: int | None = None
) -> str:
    """The page of a live article.

    Args:
        library: Where it is.
        article_id: Its id.
        version: An older version, by its hash; the live one if None.
        around: Where to open a text that is too long to be shown whole.

    Raises:
        UsageError: there is no such article or version.
    """
    article = library.show(article_id, version)
    info = library.catalog.article(article_id)
    if info is None:  # removed between the two
        raise UsageError(f"there is no article {article_id!r} in this library")
    versions = [
        known
        for known in (
            library.catalog.version(article_id, each) for each in library.catalog.version_hashes(article_id)
        )
        if known is not None
    ]
    return (
        f'<article data-id="{plain(article_id)}" data-title="{plain(shortened(info.title))}">'
        f"{_header(article)}{_actions()}{_notice(article, info)}"
        f'<div class="columns"><div class="body">{text_html(article.text, Span(0, 0), around=around)}</div>'
        f'<aside class="about"><h3 class="label">About this article</h3>{_facts(article, info)}'
        f"{_versions(versions, article, info)}</aside></div></article>"
    )


def _header(article: Article) -> str:
    author = f'<p class="author" dir="auto">{plain(article.author)}</p>' if article.author else ""
    url = safe_url(article.url)
    original = (
        f' <span class="dot" aria-hidden="true">·</span> <a href="{plain(url)}" target="_blank" '
        'rel="noopener noreferrer nofollow">original<span class="sr"> (opens in a new tab)</span></a>'
        if url
        else ""
    )
    return (
        f'<header><h2 class="headline" tabindex="-1" dir="auto">{plain(article.title)}</h2>{author}'
        f'<p class="byline">{byline(article.publisher, article.published)}{original}</p></header>'
    )


def _actions() -> str:
    return (
        '<p class="actions">'
        '<button type="button" class="plain" data-do="ask-this">Ask only this article</button>'
        '<button type="button" class="quiet" data-do="remove">Remove</button></p>'
    )


def _notice(article: Article, info: ArticleInfo) -> str:
    if article.version == info.version:
        return ""
    return (
        '<p class="earlier" role="note">This is an earlier version, kept for the answers that quote it. '
        f'<a href="{article_fragment(info.article_id)}">The present version</a> is the one that is asked.</p>'
    )


def _facts(article: Article, info: ArticleInfo) -> str:
    facts = [
        ("Added", _time(article.added_at)),
        ("Read from", plain(_origin(article.source))),
        ("Language", plain(language_name(language_code(article.language))) if article.language else ""),
        ("Length", f"{len(article.text.split()):,} words"),
        ("Id", plain(article.article_id)),
    ]
    if article.version == info.version:
        facts.insert(4, ("Passages", f"{info.chunks:,}"))
    rows = "".join(f'<div><dt>{name}</dt><dd dir="auto">{value}</dd></div>' for name, value in facts if value)
    return f'<dl class="facts">{rows}</dl>'


def _origin(source: str) -> str:
    """Where it was read from, in words where it was sent here."""
    if name := uploaded_name(source):
        return f"{name}, uploaded"
    return "a text pasted on this page" if source.startswith(PASTED) else source


def _versions(versions: Sequence[Article], shown: Article, info: ArticleInfo) -> str:
    if len(versions) < 2:
        return ""
    rows = []
    for each in reversed(versions):
        live = each.version == info.version
        current = ' aria-current="true"' if each.version == shown.version else ""
        target = article_fragment(each.article_id, None if live else each.version)
        rows.append(
            f'<li><a href="{target}"{current}>{_time(each.added_at)}</a>'
            f'<p class="byline">{"present, " if live else ""}{len(each.text.split()):,} words</p></li>'
        )
    return f'<h3 class="label">Versions</h3><ol class="versions" reversed>{"".join(rows)}</ol>'


def _time(moment: datetime | None) -> str:
    if moment is None:
        return ""
    local = moment.astimezone()
    return f'<time datetime="{plain(moment.isoformat())}">{long_date(local.date())}, {local:%H:%M}</time>'
