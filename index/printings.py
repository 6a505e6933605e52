"""Copies among the chunks that a search finds: what a story says is found once, in its first printing.

Copies are seldom cut into the same chunks, so sentences are compared. A chunk gives way only when all it
says stands in chunks of other printings that stay: what one outlet added, or one figure that it gives
otherwise, is not lost.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import sqlalchemy as sa

from index import copies, tables
from index.article import Chunk, Filters, Span
from index.catalog import Catalog
from index.tables import LiveChunk
from index.wording import Said

_LEAST_WORDS = 4
"""Shorter sentences ("He agreed.", "Advertisement") say nothing that could be lost, or be a copy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Printings:
    """What stands for what among the chunks found."""

    live: Mapping[str, LiveChunk]
    """The chunks found, with those of first printings that stand for some of them."""
    stories: Mapping[str, str] = field(default_factory=dict)
    """Article -> story, of those that have copies."""
    stands_for: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Chunk -> the chunks that are shown in its place, of those that give way."""
    repeated: Mapping[str, frozenset[Span]] = field(default_factory=dict)
    """Chunk that is shown -> its sentences that another printing, which is shown too, says."""

    def shown(self, ranked: Iterable[tuple[str, float]]) -> dict[str, float]:
        """A list of chunks and scores, in its order, without those that give way."""
        found: dict[str, float] = {}
        for chunk_id, score in ranked:
            for each in self.stands_for.get(chunk_id, (chunk_id,)):
                found.setdefault(each, score)
        return found


def once_each(catalog: Catalog, live: Mapping[str, LiveChunk], filters: Filters) -> Printings:
    """Find what of these chunks is said in an earlier printing that passes the filters."""
    wanted: list[str] = []
    with catalog.reading() as connection:
        stories = copies.stories(connection, sorted({each.article.article_id for each in live.values()}))
        if not stories:
            return Printings(live=live)
        by_story: defaultdict[str, list[LiveChunk]] = defaultdict(list)
        for each in live.values():
            if each.article.article_id in stories:
                by_story[stories[each.article.article_id]].append(each)
        for story, found in sorted(by_story.items()):
            for first in copies.printings(connection, story, filters, 1):
                stories[first.article_id] = story
                wanted += _saying(connection, first.article_id, found)
    more = catalog.live([chunk_id for chunk_id in wanted if chunk_id not in live])
    for each in more.values():
        by_story[stories[each.article.article_id]].append(each)
    stands_for: dict[str, tuple[str, ...]] = {}
    repeated: dict[str, frozenset[Span]] = {}
    for found in by_story.values():
        _settle(sorted(found, key=_first_printed), stands_for, repeated)
    return Printings(live={**live, **more}, stories=stories, stands_for=stands_for, repeated=repeated)


def _first_printed(live: LiveChunk) -> tuple[bool, date, str, int]:
    article = live.article
    return article.published is None, article.published or date.min, article.article_id, live.chunk.number


def _saying(connection: sa.Connection, first: str, found: Sequence[LiveChunk]) -> Iterator[str]:
    """Chunks of a story's first printing that have a sentence of those found in others."""
    others = [each.chunk for each in found if each.article.article_id != first]
    wanted = {tuple(said.words) for chunk in others for _, said in _within(chunk)}
    if not wanted:
        return
    telling = {max(words, key=len) for words in wanted}
    columns = (tables.chunks.c[name] for name in ("chunk_id", "start", "text", "sentences"))
    for row in connection.execute(sa.select(*columns).where(tables.chunks.c.article_id == first)):
        folded = row.text.casefold()
        if any(word in folded for word in telling):  # spares most of a book a closer look
            spans = [Span(start - row.start, end - row.start) for start, end in json.loads(row.sentences)]
            if any(tuple(said.words) in wanted for _, said in _sentences(row.text, spans)):
                yield row.chunk_id


def _sentences(text: str, spans: Iterable[Span]) -> list[tuple[Span, Said]]:
    """Sentences that say something; the spans are offsets into the text."""
    read = [(span, Said(text[span.start : span.end])) for span in spans]
    return [(span, said) for span, said in read if len(said.words) >= _LEAST_WORDS]


def _settle(
    found: Sequence[LiveChunk],
    stands_for: dict[str, tuple[str, ...]],
    repeated: dict[str, frozenset[Span]],
) -> None:
    """Decide of one story's chunks, the first printed first, which give way."""
    kept: list[tuple[LiveChunk, list[Said]]] = []
    for each in found:
        chunk = each.chunk
        own = _within(chunk)
        saying: Counter[str] = Counter()
        again: set[Span] = set()
        for span, said in own:
            by = [
                other.chunk.chunk_id
                for other, sentences in kept
                if other.article.article_id != each.article.article_id
                and any(said.is_said_by(their) for their in sentences)
            ]
            saying.update(by)
            if by:
                again.add(span)
        shown = tuple(chunk_id for chunk_id, _ in saying.most_common())
        if own and len(again) == len(own):
            stands_for[chunk.chunk_id] = shown
            continue
        if again:  # what it repeats is shown before it
            stands_for[chunk.chunk_id] = (*shown, chunk.chunk_id)
            repeated[chunk.chunk_id] = frozenset(again)
        kept.append((each, [said for _, said in own]))


def _within(chunk: Chunk) -> list[tuple[Span, Said]]:
    """The sentences of a chunk by their offsets into the article."""
    inside = [Span(span.start - chunk.start, span.end - chunk.start) for span in chunk.sentences]
    return [
        (Span(span.start + chunk.start, span.end + chunk.start), said)
        for span, said in _sentences(chunk.text, inside)
    ]
