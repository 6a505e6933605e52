"""What can be done with an answer, as buttons below it; `actions.js` does it."""

from __future__ import annotations

from collections.abc import Sequence

from ui.web.exchange import Exchange
from ui.web.markup import plain


def actions_html(exchange: Exchange) -> str:
    """The buttons below a finished exchange; page.css hides those of the last one in all others."""
    question = f' data-question="{plain(exchange.question)}"'
    buttons = [
        _button("Ask again", "again", question, "last"),
        _button("Edit the question", "edit", question, "last"),
    ]
    if exchange.answer is not None:
        buttons += [
            _button("Copy", "copy", ' title="With its citations, as Markdown"'),
            _button("Save", "save", ' title="As a Markdown file"'),
            _button("Good", "good", ' aria-pressed="false"', "verdict"),
            _button("Bad", "bad", ' aria-pressed="false"', "verdict"),
            _button("Make an eval case", "case"),
        ]
    return f'<div class="actions" role="group" aria-label="This answer">{"".join(buttons)}</div>'


def suggestions_html(questions: Sequence[str]) -> str:
    """Questions to go on with; empty when there are none."""
    if not questions:
        return ""
    buttons = "".join(
        f'<li><button type="button" data-act="ask" data-question="{each}" dir="auto">{each}</button></li>'
        for each in map(plain, questions)
    )
    return f'<div class="next"><h3 class="label">The articles also answer</h3><ul>{buttons}</ul></div>'


def _button(label: str, act: str, more: str = "", kind: str = "") -> str:
    return f'<button type="button" class="quiet {kind}" data-act="{act}"{more}>{label}</button>'
