"""Retrieved passages as HTML: beside a refusal, and beside an answer before its first word."""

from __future__ import annotations

from collections.abc import Sequence

from index.article import Span
from index.errors import CitewellError
from rag.answer import Answer, Citation, Passage
from ui.closest import CLOSEST, excerpt, says_something
from ui.web.engine import Show
from ui.web.links import article_link
from ui.web.markup import byline, plain


def closest_passages(passages: Sequence[Passage], show: Show, *, heading: str = "Closest passages") -> str:
    """The passages that came nearest and say something, each with a way into its article."""
    items = _items(passages, show, most=CLOSEST)
    return f'<h3 class="label">{heading}</h3><ul class="sources">{"".join(items)}</ul>' if items else ""


def uncited_passages(answer: Answer, show: Show) -> str:
    """What was retrieved for an answer and not cited by it, folded."""
    passages = [p for p in answer.passages if not any(_holds(p, c) for c in answer.citations)]
    items = _items(passages, show)
    if not items:
        return ""
    count = "One more passage" if len(items) == 1 else f"{len(items)} more passages"
    return (
        f'<details class="uncited"><summary>{count}, found and not cited</summary>'
        f'<ul class="sources">{"".join(items)}</ul></details>'
    )


def _holds(passage: Passage, citation: Citation) -> bool:
    same = passage.article_id == citation.article_id
    return same and passage.start < citation.end and citation.start < passage.end


def _items(passages: Sequence[Passage], show: Show, *, most: int | None = None) -> list[str]:
    items: list[str] = []
    for passage in passages:
        try:
            article = show(passage.article_id, None)
        except CitewellError:
            continue
        span = Span(passage.start, passage.end)
        edited_since = article.text[span.start : span.end] != passage.text
        if edited_since or not says_something(passage.text, article.title):
            continue
        items.append(
            f'<li class="source passage" data-read="{plain(article_link(article, span))}">'
            f'<button type="button" class="heading open">'
            f'<span class="title" dir="auto">{plain(article.title)}</span></button>'
            f'<p class="byline">{byline(article.publisher, article.published)}</p>'
            f'<p class="context" dir="auto">{plain(excerpt(passage.text))}</p></li>'
        )
        if len(items) == most:
            break
    return items
