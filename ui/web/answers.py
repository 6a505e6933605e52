"""The sentences of an answer as HTML, each with the marks that open its sources."""

from __future__ import annotations

from collections.abc import Sequence

from rag.answer import Answer, AnswerSentence
from ui.answerers import label_of
from ui.web.exchange import Looked
from ui.web.markup import plain
from ui.web.sentences import doubt, paragraphs, words_of
from ui.web.sources import Source

_LONGEST_UNBROKEN = 24


def sentences_html(number: int, answer: Answer, sources: Sequence[Source]) -> str:
    """The sentences with their marks, in the paragraphs of the answer.

    Marks come from `AnswerSentence.citations`, never from the text, so a bracketed number that an article
    itself contains stays text.
    """
    known = {source.citation.number: source for source in sources}
    found = paragraphs(answer)
    if not found:
        return "".join(f'<p dir="auto">{plain(p)}</p>' for p in answer.answer.split("\n") if p.strip())
    return "".join(
        f'<p dir="auto">{" ".join(_sentence(number, each, known) for each in sentences)}</p>'
        for sentences in found
    )


def _sentence(number: int, sentence: AnswerSentence, known: dict[int, Source]) -> str:
    marks = "".join(_mark(number, known[n]) for n in sentence.citations if n in known)
    words, closing = words_of(sentence)
    before, space, last = words.rpartition(" ")
    if len(last) > _LONGEST_UNBROKEN:
        before, space, last = words, "", ""
    start = (plain(before) + space).replace("\n", "<br>")
    why = plain(doubt(sentence))
    last = f'<span class="words">{plain(last)}</span>' if why else plain(last)
    # The last word holds its marks: none stands alone at the start of a line.
    end = f'<span class="unbroken">{last}{marks}{plain(closing)}</span>'
    if not why:
        return f"<span>{start}{end}</span>"
    return (
        f'<span class="{sentence.support}"><span class="words">{start}</span>{end}'
        f' <small class="support">({why})</small></span>'
    )


def _mark(number: int, source: Source) -> str:
    n = source.citation.number
    label = f"Source {n}: {source.citation.title}"
    if source.article is None and not source.since:
        return f'<span class="cite broken" title="{plain(label)} cannot be shown">[{n}]</span>'
    return (
        f'<button type="button" class="cite" data-source="e{number}-s{n}" aria-label="{plain(label)}">'
        f"[{n}]</button>"
    )


def colophon(answer: Answer, looked: Looked | None = None) -> str:
    """Whose words the answer is made of."""
    count = len({c.article_id for c in answer.citations})
    articles = "one article" if count == 1 else f"{count} articles"
    writer = plain(label_of(answer.answerer))
    counted = "the articles that pass the filters" if looked and looked.filters else "the whole library"
    who = {
        "verbatim": f"In the words of {articles}, quoted exactly",
        "catalogue": f"Counted over {counted}; each number opens the words it was counted for",
    }.get(
        answer.answerer,
        f"Written by {writer} or quoted, from {articles}; open a number to check it",
    )
    return f'<p class="colophon">{who}.</p>'
