"""Answers and conversations as Markdown: numbered references, each with its words as they were cited."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.answer import AlsoIn, Answer, Citation
from ui.web.exchange import Exchange
from ui.web.links import safe_url
from ui.web.markup import long_date, straight

_MARKS = re.compile(r"([\\`*_{}\[\]<>#|~!])")


def conversation_markdown(title: str, exchanges: Sequence[Exchange]) -> str:
    """A whole conversation; each answer has references of its own."""
    return "\n".join([f"# {_text(title)}\n", *map(exchange_markdown, exchanges)])


def exchange_markdown(exchange: Exchange) -> str:
    """One question and its answer, its references below it."""
    head = f"## {_text(exchange.question)}\n\n"
    answer = exchange.answer
    if answer is None:
        return head + (f"{_text(exchange.text)}\n\n" if exchange.text else "") + "(Not finished.)\n"
    if not answer.answerable:
        return head + f"{_text(answer.answer)}\n"
    references = "\n".join(map(_reference, sorted(answer.citations, key=lambda c: c.number)))
    return f"{head}{_sentences(answer)}\n\n{references}\n"


def _sentences(answer: Answer) -> str:
    written = []
    for sentence in answer.sentences:
        doubt = "" if sentence.support == "supported" else f" ({sentence.support})"
        written.append(_text(sentence.text) + doubt + "".join(f" [{n}]" for n in sentence.citations))
    return " ".join(written)


def _reference(citation: Citation) -> str:
    quote = "\n".join(f"   > {_text(line)}" for line in citation.quote.splitlines() if line.strip())
    also = "".join(f"\n   Also in {_described(copy)}\n" for copy in citation.also_in)
    return f"{citation.number}. {_described(citation)}\n\n{quote}\n{also}"


def _described(source: Citation | AlsoIn) -> str:
    url = safe_url(source.url)
    parts = [
        f"*{_text(source.title)}*",
        _text(source.publisher or ""),
        long_date(source.published) if source.published else "undated",
        f"<{url}>" if url and not re.search(r"[\s<>]", url) else "",
    ]
    return ", ".join(part for part in parts if part)


def _text(text: str) -> str:
    """Words on one line that Markdown shows as they are: nothing of an article becomes markup or loads.

    >>> _text("![x](http://a) <img> 1*2")
    '\\\\!\\\\[x\\\\](http://a) \\\\<img\\\\> 1\\\\*2'
    """
    return _MARKS.sub(r"\\\1", " ".join(straight(text).split()))
