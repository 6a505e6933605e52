"""Answers and conversations as Markdown: numbered references, each with its words as they were cited."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.answer import AlsoIn, AnswerSentence, Citation
from ui.web.exchange import Exchange
from ui.web.links import safe_url
from ui.web.markup import long_date, straight
from ui.web.sentences import doubt, paragraphs, words_of

_MARKS = re.compile(r"([\\`*_{}\[\]<>#|~!])")
_NAME_CHARS = 60


def conversation_markdown(title: str, exchanges: Sequence[Exchange]) -> str:
    """A whole conversation; each answer has references of its own."""
    return "\n".join([f"# {_text(title)}\n", *map(exchange_markdown, exchanges)])


def exchange_markdown(exchange: Exchange) -> str:
    """One question and its answer, its references below it."""
    head = f"## {_text(exchange.question)}\n\n"
    answer = exchange.answer
    if answer is None:
        return head + (f"{_text(exchange.text)}\n\n" if exchange.text else "") + "(Not finished.)\n"
    if answer.standalone_question.strip() != exchange.question.strip():
        head += f"Understood as: {_text(answer.standalone_question)}\n\n"
    if (looked := exchange.looked) is not None and looked.filters:
        filters = "; ".join(_text(words) for words, _ in looked.filters)
        head += f"Asked of {looked.searched:,} of {looked.held:,} articles: {filters}\n\n"
    if not answer.answerable:
        return head + f"{_text(answer.answer)}\n"
    body = [" ".join(map(_sentence, sentences)) for sentences in paragraphs(answer)]
    body += [_text(notice) for notice in answer.notices]
    references = "\n".join(map(_reference, sorted(answer.citations, key=lambda c: c.number)))
    return head + "\n\n".join([*body, references]) + "\n"


def file_name(title: str) -> str:
    """The name of the file that something of this title is saved in.

    >>> file_name("Who founded the “Wagner Group”, and when?"), file_name("Où ?!"), file_name("?")
    ('who-founded-the-wagner-group-and-when.md', 'où.md', 'citewell.md')
    """
    words = re.findall(r"[^\W_]+", title.casefold())
    return f"{'-'.join(words)[:_NAME_CHARS].strip('-') or 'citewell'}.md"


def _sentence(sentence: AnswerSentence) -> str:
    before, closing = words_of(sentence)
    marks = "".join(f"[{n}]" for n in sentence.citations)
    why = f" ({_text(doubt(sentence))})" if sentence.support != "supported" else ""
    return f"{_text(before)} {marks}{_text(closing)}{why}"


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
        f"p. {source.page}" if isinstance(source, Citation) and source.page else "",
        f"<{url}>" if url and not re.search(r"[\s<>]", url) else "",
    ]
    return ", ".join(part for part in parts if part)


def _text(text: str) -> str:
    """Words on one line that Markdown shows as they are: nothing of an article becomes markup or loads.

    >>> _text("![x](http://a) <img> 1*2")
    '\\\\!\\\\[x\\\\](http://a) \\\\<img\\\\> 1\\\\*2'
    """
    return _MARKS.sub(r"\\\1", " ".join(straight(text).split()))
