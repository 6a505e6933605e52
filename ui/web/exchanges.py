"""One question with what came of it, as HTML: on its way, answered, refused, stopped or failed."""

from __future__ import annotations

import re

from rag.answer import Found
from ui.web.actions import actions_html
from ui.web.answers import colophon, sentences_html
from ui.web.engine import Show
from ui.web.exchange import Exchange, Looked
from ui.web.markup import plain
from ui.web.passages import closest_passages, uncited_passages
from ui.web.refusals import is_reply, refusal_html
from ui.web.sources import find_sources, source_list

_QUESTION_SHOWN = 600

_MARKER = re.compile(r" ?\[(\d{1,3})\]")


def working_html(
    number: int, question: str, text: str, *, waiting: bool = False, side: str = "", conversation: str = ""
) -> str:
    """An answer as far as it has come; `side` is what was found for it."""
    if text:
        body = f'<div class="answer">{_streamed(text)}</div>'
    else:
        label = "Waiting for a free place" if waiting else "Reading" if side else "Searching the articles"
        body = f'<p class="working-note">{label}<span class="dots" aria-hidden="true"></span></p>'
    return _exchange(number, "working", _question(question) + body, side, conversation)


def found_html(found: Found, show: Show) -> str:
    """The passages that the answer is looked for in, for beside it while it is being written."""
    return closest_passages(found.passages, show, heading="Reading these")


def exchange_html(exchange: Exchange, show: Show, *, conversation: str = "", kept: bool = False) -> str:
    """A finished exchange: the answer with its sources beside it, the refusal, or why there is neither.

    Args:
        exchange: what came of the question.
        show: reads articles.
        conversation: id of the conversation it belongs to.
        kept: whether it is an old one, whose articles may have changed since.
    """
    answer, number = exchange.answer, exchange.number
    head = _question(exchange.question)
    side = ""
    if answer is None:
        state: str = exchange.outcome
        main = head + _note(exchange)
    else:
        if answer.standalone_question.strip() != exchange.question.strip():
            head += _understood(answer.standalone_question)
        if answer.answerable:
            state = "done"
            sources = find_sources(answer.citations, show, kept=kept)
            notices = "".join(f'<p class="hint">{plain(notice)}</p>' for notice in answer.notices)
            body = f'<div class="answer">{sentences_html(number, answer, sources)}</div>'
            main = head + body + notices + colophon(answer, exchange.looked)
            side = source_list(number, sources) + uncited_passages(answer, show)
        elif is_reply(answer):
            reply = f'<div class="note"><p>{plain(answer.answer)}</p></div>'
            return _exchange(number, "replied", head + reply, "", conversation, exchange.llm)
        else:
            state = "refused"
            main = head + refusal_html(answer, exchange.looked or Looked(searched=0, held=0))
            side = closest_passages(answer.passages, show)
    return _exchange(number, state, main + actions_html(exchange), side, conversation, exchange.llm)


def _understood(standalone: str) -> str:
    return (
        f'<p class="standalone">Understood as <q dir="auto">{plain(standalone)}</q> '
        f'<button type="button" class="quiet" data-act="edit" data-question="{plain(standalone)}">'
        "Not meant? Edit</button></p>"
    )


def _note(exchange: Exchange) -> str:
    """What there is of an answer that was stopped or failed, and why."""
    partial = f'<div class="answer">{_streamed(exchange.text)}</div>' if exchange.text else ""
    message = exchange.message or "Stopped."
    aside = f'<p class="hint">{plain(exchange.hint)}</p>' if exchange.hint else ""
    role = ' role="alert"' if exchange.outcome == "failed" else ""
    return f'{partial}<div class="note {exchange.outcome}"{role}><p>{plain(message)}</p>{aside}</div>'


def _question(question: str) -> str:
    """The question as asked; a very long one is cut for display."""
    shown = question if len(question) <= _QUESTION_SHOWN else question[:_QUESTION_SHOWN].rstrip() + " …"
    return f'<h2 class="question" dir="auto">{plain(shown)}</h2>'


def _exchange(number: int, state: str, main: str, side: str, conversation: str, llm: str = "") -> str:
    """One question with what came of it.

    `state` is `working`, `done`, `refused`, `replied` (to a courtesy), `stopped` or `failed`.
    """
    aside = f'<div class="beside">{side}</div>' if side else ""
    busy = "true" if state == "working" else "false"
    return (
        f'<article class="exchange {state}" id="e{number}" data-number="{number}" data-state="{state}" '
        f'data-conversation="{plain(conversation)}" data-answerer="{plain(llm)}" aria-busy="{busy}">'
        f'<div class="main">{main}</div>{aside}</article>'
    )


def _streamed(text: str) -> str:
    """Text on its way: markers stand where they will, but open nothing before the answer is checked."""
    paragraphs = [p for p in text.split("\n") if p.strip()]
    marked = [_MARKER.sub(r'<span class="cite waiting">[\1]</span>', plain(p)) for p in paragraphs]
    return "".join(f'<p dir="auto">{p}</p>' for p in marked)
