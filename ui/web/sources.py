"""The list of sources beside an answer: each citation's words in their article, compared once more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from index.article import Article, Span
from index.errors import CitewellError, UsageError
from rag.answer import Citation
from ui.web.engine import Show
from ui.web.library.links import article_fragment
from ui.web.links import article_link
from ui.web.markup import byline, plain

CONTEXT_CHARS = 140
"""How much of the article stands around a quote in the list of sources, on each side, at most."""
_SHOWN_CHARS = 340
"""Of a quote and what stands around it: what the list shows without cutting the quote."""


Since = Literal["", "removed", "changed", "gone"]
"""What became of a cited article since: its words may still stand in it (`changed`) or not (`gone`)."""

_SINCE_NOTE = {
    "removed": "Removed from the library since. These are its words as they were cited.",
    "changed": "Changed since. The words still stand in it; it opens as it was.",
    "gone": "Changed since, and the words no longer stand in it; it opens as it was.",
}


class Source(NamedTuple):
    """A citation with its article, or with the reason why it cannot be shown."""

    citation: Citation
    article: Article | None
    problem: str
    since: Since = ""

    @property
    def span(self) -> Span:
        return Span(self.citation.start, self.citation.end)


def find_sources(citations: Sequence[Citation], show: Show, *, kept: bool = False) -> list[Source]:
    """The article of every citation, by id and version, its quote compared with the text once more.

    With `kept`, the answer is an old one that was checked when it was given: it is told what became of its
    articles since, and the kept quote stands for an article that is no longer there.
    """
    sources: list[Source] = []
    for citation in sorted(citations, key=lambda c: c.number):
        try:
            article = show(citation.article_id, citation.version)
        except CitewellError as error:
            removed = kept and isinstance(error, UsageError)
            sources.append(Source(citation, None, error.message, "removed" if removed else ""))
            continue
        intact = (
            article.version == citation.version
            and 0 <= citation.start < citation.end
            and article.text[citation.start : citation.end] == citation.quote
        )
        if intact:
            sources.append(Source(citation, article, "", _since(citation, show) if kept else ""))
        else:
            sources.append(
                Source(citation, None, "The quoted words do not stand at this place in the article.")
            )
    return sources


def _since(citation: Citation, show: Show) -> Since:
    try:
        now = show(citation.article_id, None)
    except CitewellError:
        return ""
    if now.version == citation.version:
        return ""
    return "changed" if citation.quote in now.text else "gone"


def source_list(number: int, sources: Sequence[Source]) -> str:
    if not sources:
        return ""
    items = "".join(_source(number, source) for source in sources)
    return f'<h3 class="label">Sources</h3><ol class="sources">{items}</ol>'


def _source(number: int, source: Source) -> str:
    citation = source.citation
    identity = f"e{number}-s{citation.number}"
    heading = (
        f'<span class="number">{citation.number}</span>'
        f'<span class="title" dir="auto">{plain(citation.title)}</span>'
    )
    line = f'<p class="byline">{byline(citation.publisher, citation.published, citation.page)}</p>'
    line += _also_in(citation)
    since = f'<p class="since">{_SINCE_NOTE[source.since]}</p>' if source.since else ""
    if source.since == "removed":
        return (
            f'<li class="source" id="{identity}" tabindex="-1"><p class="heading">{heading}</p>{line}{since}'
            f'<p class="context" dir="auto"><q>{plain(citation.quote)}</q></p></li>'
        )
    if source.article is None:
        return (
            f'<li class="source broken" id="{identity}"><p class="heading">{heading}</p>{line}'
            f'<p class="problem">This citation cannot be shown. {plain(source.problem)}</p></li>'
        )
    return (
        f'<li class="source" id="{identity}" data-read="{plain(article_link(source.article, source.span))}">'
        f'<button type="button" class="heading open">{heading}</button>{line}{since}'
        f'<p class="context" dir="auto">{_in_context(source.article.text, source.span)}</p></li>'
    )


def _also_in(citation: Citation) -> str:
    """The copies that say it too."""
    if not citation.also_in:
        return ""
    named = (
        f'<li><a href="{plain(article_fragment(copy.article_id))}" dir="auto">{plain(copy.title)}</a> '
        f"{byline(copy.publisher, copy.published)}</li>"
        for copy in citation.also_in
    )
    return f'<div class="also"><p>Also in</p><ul>{"".join(named)}</ul></div>'


def _in_context(text: str, span: Span) -> str:
    """The quote, marked, with words of its own paragraph on either side; the longer it is, the fewer."""
    room = max(0, min(CONTEXT_CHARS, (_SHOWN_CHARS - (span.end - span.start)) // 2))
    before = text[max(0, span.start - CONTEXT_CHARS - 40) : span.start].rpartition("\n")[2]
    if len(before) > room:
        before = "… " + before[-room:].partition(" ")[2] if room else "… "
    after = text[span.end : span.end + CONTEXT_CHARS + 40].partition("\n")[0]
    if len(after) > room:
        after = after[:room].rpartition(" ")[0] + " …"
    return f"{plain(before)}<mark>{plain(text[span.start : span.end])}</mark>{plain(after)}"
