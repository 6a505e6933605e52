"""What can be done with an answer, as a row of buttons below it; `actions.js` does it."""

from __future__ import annotations

from ui.web.exchange import Exchange
from ui.web.markup import plain


def actions_html(exchange: Exchange) -> str:
    """The buttons below a finished exchange; page.css hides those of the last one in all others."""
    question = f' data-question="{plain(exchange.question)}"'
    last = "".join(
        (
            _button("Ask again", "again", question, "last"),
            _button("Edit the question", "edit", question, "last"),
        )
    )
    return f'<div class="actions" role="group" aria-label="This answer">{last}</div>'


def _button(label: str, act: str, more: str = "", kind: str = "") -> str:
    return f'<button type="button" class="quiet {kind}" data-act="{act}"{more}>{label}</button>'
