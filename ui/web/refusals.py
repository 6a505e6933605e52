"""A refusal as HTML: why, what was searched, and what to do about it."""

from __future__ import annotations

from rag.answer import Answer, RefusalReason
from rag.prompts import REFUSAL, REFUSAL_REASONS
from ui.web.markup import plain
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
