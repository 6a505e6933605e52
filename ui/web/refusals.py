"""A refusal as HTML: why, what was searched, and what to do about it."""

from __future__ import annotations

from rag.answer import Answer, RefusalReason
from rag.prompts import COURTESIES, REFUSAL, REFUSAL_REASONS
from ui.web.exchange import Looked
from ui.web.markup import plain
from ui.web.welcome import HOW_TO_ADD

_WAYS_ON: dict[RefusalReason, str] = {
    "empty_library": "Add some, then ask again.",
    "no_evidence": "Try the words that an article would use, or add an article about it.",
    "low_evidence": "Read the closest passages, or ask for one thing at a time.",
    "filtered_out": "Widen the publishers, dates, articles or languages, then ask again.",
}


def is_reply(answer: Answer) -> bool:
    """Whether it only answers a courtesy: nothing was asked, so nothing was refused."""
    return not answer.answerable and answer.answer in COURTESIES.values()


def refusal_html(answer: Answer, looked: Looked) -> str:
    reason = answer.refusal_reason or "no_evidence"
    searched = (
        HOW_TO_ADD
        if reason == "empty_library"
        else f'<div class="searched"><p>Searched {_where(looked)} for '
        f'<q dir="auto">{plain(answer.standalone_question)}</q></p>{_filters(looked)}</div>'
    )
    why = answer.answer.removeprefix(REFUSAL).strip() or REFUSAL_REASONS[reason]
    return (
        f'<div class="note refusal"><p class="verdict">{REFUSAL}</p>'
        f'<p>{plain(why)}</p><p class="hint">{_WAYS_ON[reason]}</p>{searched}</div>'
    )


def _where(looked: Looked) -> str:
    count = "no article" if looked.searched == 0 else _articles(looked.searched)
    return f"{count} of {looked.held:,}" if looked.filters else count


def _filters(looked: Looked) -> str:
    """What each filter alone leaves out."""
    if not looked.filters:
        return ""
    items = "".join(
        f"<li>{plain(words)}: leaves out {_articles(count) if count else 'none'}</li>"
        for words, count in looked.filters
    )
    return f'<ul class="filters">{items}</ul>'


def _articles(count: int) -> str:
    return "one article" if count == 1 else f"{count:,} articles"
