"""One question with what came of it, as HTML: on its way, answered, refused, stopped or failed."""

from __future__ import annotations

import re

from rag.answer import Answer, Found
from ui.web.answers import colophon, sentences_html
from ui.web.engine import Show
from ui.web.markup import plain
from ui.web.passages import closest_passages
from ui.web.refusals import refusal_html
from ui.web.sources import find_sources, source_list

_QUESTION_SHOWN = 600

_MARKER = re.compile(r" ?\[(\d{1,3})\]")


def working_html(number: int, question: str, text: str, *, waiting: bool = False, side: str = "") -> str:
    """An answer as far as it has come; `side` is what was found for it."""
    if text:
        body = f'<div class="answer">{_streamed(text)}</div>'
    else:
        label = "Waiting for a free place" if waiting else "Reading" if side else "Searching the articles"
        body = f'<p class="working-note">{label}<span class="dots" aria-hidden="true"></span></p>'
    return _exchange(number, "working", _question(question) + body, side)


def found_html(found: Found, show: Show) -> str:
    """The passages that the answer is looked for in, for beside it while it is being written."""
    return closest_passages(found.passages, show, heading="Reading these")


def note_html(number: int, question: str, text: str, *, kind: str, message: str, hint: str = "") -> str:
    """An exchange that ended without an answer: stopped by the user, or failed with a message."""
    partial = f'<div class="answer">{_streamed(text)}</div>' if text else ""
    aside = f'<p class="hint">{plain(hint)}</p>' if hint else ""
    role = ' role="alert"' if kind == "failed" else ""
    note = f'<div class="note {kind}"{role}><p>{plain(message)}</p>{aside}</div>'
    return _exchange(number, kind, _question(question) + partial + note)


def answer_html(number: int, question: str, answer: Answer, show: Show, *, searched: int) -> str:
    """A finished answer with its sources beside it, or the refusal with the closest passages.

    Args:
        number: place of the exchange in the conversation; makes element ids unique.
        searched: how many articles the library holds.
    """
    head = _question(question)
    if answer.standalone_question.strip() != question.strip():
        understood = plain(answer.standalone_question)
        head += f'<p class="standalone">Understood as <q dir="auto">{understood}</q></p>'
    if not answer.answerable:
        main = head + refusal_html(answer, searched)
        return _exchange(number, "refused", main, closest_passages(answer.passages, show))
    sources = find_sources(answer.citations, show)
    notices = "".join(f'<p class="hint">{plain(notice)}</p>' for notice in answer.notices)
    body = f'<div class="answer">{sentences_html(number, answer, sources)}</div>'
    main = head + body + notices + colophon(answer)
    return _exchange(number, "done", main, source_list(number, sources))


def _question(question: str) -> str:
    """The question as asked; a very long one is cut for display."""
    shown = question if len(question) <= _QUESTION_SHOWN else question[:_QUESTION_SHOWN].rstrip() + " …"
    return f'<h2 class="question" dir="auto">{plain(shown)}</h2>'


def _exchange(number: int, state: str, main: str, side: str = "") -> str:
    """One question with what came of it. `state` is `working`, `done`, `refused`, `stopped` or `failed`."""
    aside = f'<div class="beside">{side}</div>' if side else ""
    busy = "true" if state == "working" else "false"
    return (
        f'<article class="exchange {state}" id="e{number}" data-state="{state}" aria-busy="{busy}">'
        f'<div class="main">{main}</div>{aside}</article>'
    )


def _streamed(text: str) -> str:
    """Text on its way: markers stand where they will, but open nothing before the answer is checked."""
    paragraphs = [p for p in text.split("\n") if p.strip()]
    marked = [_MARKER.sub(r'<span class="cite waiting">[\1]</span>', plain(p)) for p in paragraphs]
    return "".join(f'<p dir="auto">{p}</p>' for p in marked)
