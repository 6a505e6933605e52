"""Quotes out of lists and tables, made whole: a row under its header, a list with what introduces it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from index.article import Span
from index.errors import UsageError
from rag.citations import DraftSentence, ReadVersion, Source
from rag.lists import introduced_by, items_under
from rag.rows import header_over

_BEST = 2
"""Quotes whose lists are told: what stands behind them is seldom what was asked for."""


def made_whole(
    drafts: Sequence[DraftSentence], read: ReadVersion, *, several: bool
) -> tuple[DraftSentence, ...]:
    """The quotes in their order, the first row of a table under its header, a list under what introduces it.

    What introduces a list brings its items along where it is one of the two best, unless one of them was
    found to answer and no more was asked for. Items and rows stand on lines of their own.

    Args:
        drafts: Quotes, the best first.
        read: Gives the articles they are from.
        several: Whether the question asks for more than one fact.
    """
    told: list[DraftSentence] = []
    in_block = False
    for rank, draft in enumerate(drafts):
        source = draft.sources[0]
        text = _text(source, read)
        header, introduction = header_over(text, source.span), introduced_by(text, source.span)
        items = []
        if rank < _BEST or several:
            items = _items(source, introduction or source.span, drafts, text, several=several)
        above = [_quoted(source, text, each) for each in (header or introduction,) if each is not None]
        own = replace(draft, starts_line=in_block or bool(above))
        for each in (*above, *items, own) if introduction else (*above, own, *items):
            if not any(_is_within(each, known) for known in told):
                told.append(each)
        in_block = bool(above or items)
    return tuple(told)


def _text(source: Source, read: ReadVersion) -> str:
    try:
        return read(source.article.article_id, source.article.version).text
    except UsageError:  # removed by another process since it was retrieved: the citation desk drops it
        return source.quote


def _items(
    source: Source, introduction: Span, drafts: Sequence[DraftSentence], text: str, *, several: bool
) -> list[DraftSentence]:
    """The items of a list; none where one of them answers and no more was asked for."""
    items = [_quoted(source, text, each, starts_line=True) for each in items_under(text, introduction)]
    answering = [item for item in items if any(_is_within(each, item) for each in drafts)]
    return [] if len(answering) == 1 and not several else items


def _quoted(source: Source, text: str, span: Span, *, starts_line: bool = False) -> DraftSentence:
    quote = text[span.start : span.end]
    return DraftSentence(
        text=quote,
        sources=(Source(article=source.article, span=span, quote=quote),),
        starts_line=starts_line,
    )


def _is_within(one: DraftSentence, other: DraftSentence) -> bool:
    """Whether one quotes no more than the other does."""
    mine, yours = one.sources[0], other.sources[0]
    return (
        mine.article.article_id == yours.article.article_id
        and yours.span.start <= mine.span.start
        and mine.span.end <= yours.span.end
    )
