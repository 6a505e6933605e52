"""A refusal as HTML: why, what was searched, what to do about it, and the passages that came closest."""

from __future__ import annotations

from collections.abc import Sequence

from index.article import Span
from index.errors import CitewellError
from rag.answer import Answer, Passage, RefusalReason
from rag.prompts import REFUSAL, REFUSAL_REASONS
from ui.closest import CLOSEST, excerpt, says_something
from ui.web.engine import Show
from ui.web.links import article_link
from ui.web.markup import byline, plain
from ui.web.welcome import HOW_TO_ADD

_WAYS_ON: dict[RefusalReason, str] = {
    "empty_library": "Add some, then ask again.",
    "no_evidence": "Try the words that an article would use, or add an article about it.",
    "low_evidence": "Read the closest passages, or ask for one thing at a time.",
    "filtered_out": "Widen the publishers, dates or articles, then ask again.",
}


def refusal_html(answer: Answer, searched: int) -> str:
    reason = answer.refusal_reason or "no_evidence"
    where = "one article" if searched == 1 else f"{searched:,} articles"
    looked = (
        HOW_TO_ADD
        if reason == "empty_library"
        else f'<p class="searched">Searched {where} for '
        f'<q dir="auto">{plain(answer.standalone_question)}</q></p>'
    )
    why = answer.answer.removeprefix(REFUSAL).strip() or REFUSAL_REASONS[reason]
    return (
        f'<div class="note refusal"><p class="verdict">{REFUSAL}</p>'
        f'<p>{plain(why)}</p><p class="hint">{_WAYS_ON[reason]}</p>{looked}</div>'
    )


def closest_passages(passages: Sequence[Passage], show: Show) -> str:
    """The passages that came nearest and say something, each with a way into its article."""
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
        if len(items) == CLOSEST:
            break
    if not items:
        return ""
    return f'<h3 class="label">Closest passages</h3><ul class="sources">{"".join(items)}</ul>'
