"""The sentences of an answer as HTML, each with the marks that open its sources."""

from __future__ import annotations

from collections.abc import Sequence

from rag.answer import Answer, AnswerSentence
from rag.citations import with_markers
from ui.answerers import label_of
from ui.web.markup import plain
from ui.web.sources import Source

_LONGEST_UNBROKEN = 24
_SUPPORT_NOTE = {
    "weak": "the quoted words carry this only in part",
    "unsupported": "the quoted words do not carry this",
}


def sentences_html(number: int, answer: Answer, sources: Sequence[Source]) -> str:
    """The sentences with their marks, in the paragraphs of the answer.

    Marks come from `AnswerSentence.citations`, never from the text, so a bracketed number that an article
    itself contains stays text.
    """
    known = {source.citation.number: source for source in sources}
    paragraphs: list[list[str]] = [[]]
    position = 0
    for sentence in answer.sentences:
        found = answer.answer.find(sentence.text.rstrip(" .:!?…"), position)
        if found >= 0:
            if "\n" in answer.answer[position:found] and paragraphs[-1]:
                paragraphs.append([])
            position = found
        paragraphs[-1].append(_sentence(number, sentence, known))
    if not any(paragraphs):
        return "".join(f'<p dir="auto">{plain(p)}</p>' for p in answer.answer.split("\n") if p.strip())
    return "".join(f'<p dir="auto">{" ".join(p)}</p>' for p in paragraphs if p)


def _sentence(number: int, sentence: AnswerSentence, known: dict[int, Source]) -> str:
    marks = "".join(_mark(number, known[n]) for n in sentence.citations if n in known)
    written = "".join(f"[{n}]" for n in sentence.citations)
    words, _, closing = with_markers(sentence).rpartition(written) if written else (sentence.text, "", "")
    before, space, last = words.strip().rpartition(" ")
    if len(last) > _LONGEST_UNBROKEN:
        before, space, last = words.strip(), "", ""
    start = (plain(before) + space).replace("\n", "<br>")
    # The last word holds its marks: none stands alone at the start of a line.
    end = f'<span class="unbroken">{plain(last)}{marks}{plain(closing)}</span>'
    if sentence.support == "supported":
        return f"<span>{start}{end}</span>"
    note = plain("; ".join(sentence.reasons)) or _SUPPORT_NOTE[sentence.support]
    return (
        f'<span class="{sentence.support}"><span class="words">{start}</span>{end}'
        f' <small class="support">({note})</small></span>'
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


def colophon(answer: Answer) -> str:
    count = len({c.article_id for c in answer.citations})
    articles = "one article" if count == 1 else f"{count} articles"
    writer = plain(label_of(answer.answerer))
    who = {
        "verbatim": f"In the words of {articles}, quoted exactly",
        "catalogue": "Counted over the whole library; each number opens the words it was counted for",
    }.get(
        answer.answerer,
        f"Written by {writer} or quoted, from {articles}; open a number to check it",
    )
    return f'<p class="colophon">{who}.</p>'
