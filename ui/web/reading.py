"""An article as a page to read, the cited words highlighted in it once they are checked."""

from __future__ import annotations

from index.article import Article, Span
from ui.web.links import check_of, safe_url
from ui.web.markup import byline, plain

WINDOW_CHARS = 400_000
"""A longer article is opened around the quote; a browser lays out this much in well under a second."""


def article_html(article: Article, span: Span, check: str, *, around: int | None = None) -> str:
    """An article to read, the words at `span` highlighted if they are the ones that `check` was made of.

    Args:
        around: where to open an article that is longer than `WINDOW_CHARS`; the span if None.
    """
    words = article.text[span.start : span.end]
    intact = 0 <= span.start < span.end <= len(article.text) and check_of(words) == check
    url = safe_url(article.url)
    origin = (
        f' <span class="dot" aria-hidden="true">·</span> '
        f'<a href="{plain(url)}" target="_blank" rel="noopener noreferrer nofollow">original'
        '<span class="sr"> (opens in a new tab)</span></a>'
        if url
        else ""
    )
    author = f'<p class="author" dir="auto">{plain(article.author)}</p>' if article.author else ""
    page = article.page_at(span.start) if intact else None
    head = (
        f'<header><h2 class="headline" dir="auto">{plain(article.title)}</h2>{author}'
        f'<p class="byline">{byline(article.publisher, article.published, page)}{origin}</p></header>'
    )
    if not intact:
        head += (
            '<p class="problem" role="alert">The quoted words do not stand at this place in the article. '
            "Nothing is highlighted.</p>"
        )
        span = Span(0, 0)
    return head + text_html(article.text, span, around=around)


def text_html(text: str, marked: Span, *, around: int | None = None) -> str:
    """A text as paragraphs, `marked` highlighted in it; ways on where it is too long to be shown whole."""
    window = _window(text, marked.start if around is None else around)
    more = {
        "Earlier": max(0, window.start - WINDOW_CHARS // 2) if window.start else None,
        "Later": window.end + WINDOW_CHARS // 2 if window.end < len(text) else None,
    }
    earlier, later = (
        f'<p class="more"><button type="button" data-around="{place}">{label} text</button></p>'
        if place is not None
        else ""
        for label, place in more.items()
    )
    return earlier + f'<div class="text">{_paragraphs(text, window, marked)}</div>' + later


def _window(text: str, around: int) -> Span:
    """What of a text is shown: all of it, or `WINDOW_CHARS` that begin and end with a line where possible."""
    if len(text) <= WINDOW_CHARS:
        return Span(0, len(text))
    start = min(max(0, around - WINDOW_CHARS // 2), len(text) - WINDOW_CHARS)
    end = start + WINDOW_CHARS
    start = text.rfind("\n", max(0, start - 2_000), start) + 1 or start
    line_end = text.find("\n", end, end + 2_000)
    return Span(start, line_end if line_end >= 0 else end)


def _paragraphs(text: str, window: Span, marked: Span) -> str:
    """The lines of the window as paragraphs; what of `marked` lies in a line stands in a `<mark>`."""
    parts: list[str] = []
    position = window.start
    for line in text[window.start : window.end].split("\n"):
        start, end = position, position + len(line)
        position = end + 1
        if not line.strip():
            continue
        low, high = max(start, marked.start), min(end, marked.end)
        if low < high:
            body = f"{plain(text[start:low])}<mark>{plain(text[low:high])}</mark>{plain(text[high:end])}"
        else:
            body = plain(line)
        parts.append(f'<p dir="auto">{body}</p>')
    return "".join(parts)
