"""The answer to a question about the collection: counted, not estimated, and cited like any other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import NamedTuple

from index.article import Filters, Span
from index.errors import UsageError
from index.holdings import Holding
from index.library import Library
from index.splitter import split_sentences
from rag.answer import RefusalReason
from rag.citations import DraftSentence, Source
from rag.collection.matching import Match, Matches, find_matches
from rag.collection.periods import Period, day_in_words
from rag.collection.query import CollectionQuery
from rag.features import states_something
from rag.prompts import (
    ARE_FROM_ONE_DAY,
    ARE_FROM_PERIOD,
    HAVE_NO_DATE,
    NAME_NO_AUTHOR,
    NAME_NO_PUBLISHER,
    NO_SUCH_ARTICLE,
    REFUSAL_REASONS,
)

NAME = "catalogue"
MOST_SHOWN = 10
"""Articles that one answer names and cites."""
_OPENING_CHARS = 4_000


class CollectionAnswer(NamedTuple):
    """What the catalogue has to say."""

    drafts: tuple[DraftSentence, ...]
    reason: RefusalReason | None
    """Why there are none."""
    refusal: str
    """The same in words."""


def answer(library: Library, query: CollectionQuery, filters: Filters) -> CollectionAnswer | None:
    """The sentences of the answer with their sources, or why there are none.

    None when the question had better be asked of the articles: who wrote about something, where the catalogue
    knows no writer; what happened in a time that tells no articles from others.
    """
    found = find_matches(library, query, filters)
    if query.of_events and not (found.articles and _others(library, query.period)):
        return None
    if query.wanted == ("authors",) and not any(
        m.holding.author or m.holding.publisher for m in found.articles
    ):
        return None
    if not found.articles:
        reason = _reason(library, query, filters)
        words = NO_SUCH_ARTICLE.format(
            which=_which(query), does=f" {found.singular}" if found.singular else ""
        )
        return CollectionAnswer((), reason, words if reason == "no_evidence" else REFUSAL_REASONS[reason])
    return CollectionAnswer(tuple(_Composer(library, query, found, bool(filters)).drafts()), None, "")


def _others(library: Library, period: Period) -> bool:
    """Whether articles are dated before the period or after it."""
    a_day = timedelta(days=1)
    before = period.since and Filters(until=period.since - a_day)
    after = period.until and Filters(since=period.until + a_day)
    return any(library.holdings.all(filters) for filters in (before, after) if filters)


def _reason(library: Library, query: CollectionQuery, filters: Filters) -> RefusalReason:
    if not library.article_count():
        return "empty_library"
    if filters and find_matches(library, query, Filters()).articles:
        return "filtered_out"
    return "no_evidence"


def _which(query: CollectionQuery) -> str:
    source = f" from {query.source}" if query.source else ""
    return source + (f" published {query.period.in_words()}" if query.period else "")


class _Composer:
    """Puts the sentences of one answer together; each article's text is read once."""

    def __init__(self, library: Library, query: CollectionQuery, found: Matches, is_filtered: bool) -> None:
        self._library = library
        self._query = query
        self._found = found
        self._is_filtered = is_filtered
        self._sources: dict[str, tuple[Source, ...]] = {}

    def drafts(self) -> Iterator[DraftSentence]:
        if not {"count", "list"}.isdisjoint(self._query.wanted):
            yield self._counted()
        for wanted in self._query.wanted:
            if wanted == "list":
                yield from map(self._named, self._shown)
            elif wanted == "period":
                yield self._period()
            elif wanted == "newest":
                yield from self._extreme("newest", max)
            elif wanted == "oldest":
                yield from self._extreme("oldest", min)
            elif wanted == "publishers":
                yield self._grouped("publisher", lambda holding: holding.publisher, NAME_NO_PUBLISHER)
            elif wanted == "authors":
                yield self._grouped("author", lambda holding: holding.author, NAME_NO_AUTHOR)

    @property
    def _shown(self) -> Sequence[Match]:
        return self._found.articles[:MOST_SHOWN]

    def _draft(self, text: str, matches: Sequence[Match], *, starts_line: bool = False) -> DraftSentence:
        sources = tuple(source for match in matches for source in self._cited(match))
        return DraftSentence(text=text, sources=sources, starts_line=starts_line)

    def _counted(self) -> DraftSentence:
        number, shown = len(self._found.articles), len(self._shown)
        what = self._subject(number)
        text = f"{what} {self._does(number)}" if self._found.plural else f"{_there(number)} {_lowered(what)}"
        if copies := self._copies():
            text += f"; {copies:,} of them {'is a copy' if copies == 1 else 'are copies'} of another"
        if number > shown:
            dated = all(match.holding.published for match in self._shown)
            given = f"the {shown} newest are given here" if dated else f"{shown} are given here"
            text += f"; {given}, and there are {number - shown:,} more"
        return self._draft(text, self._shown)

    def _copies(self) -> int:
        """How many of the articles print what another of them does."""
        stories = self._library.reprints.stories(m.holding.article_id for m in self._found.articles)
        return len(stories) - len(set(stories.values()))

    def _subject(self, number: int) -> str:
        count = "One article" if number == 1 else f"{number:,} articles"
        passing = (
            " that passes the filters" if number == 1 else " that pass the filters"
        ) * self._is_filtered
        where = " in the library" * (not (self._found.plural or self._is_filtered or _which(self._query)))
        return f"{count}{_which(self._query)}{passing}{where}"

    def _does(self, number: int) -> str:
        return self._found.singular if number == 1 else self._found.plural

    def _named(self, match: Match) -> DraftSentence:
        return self._draft(_name(match.holding), [match], starts_line=True)

    def _period(self) -> DraftSentence:
        dated = [match for match in self._found.articles if match.holding.published]
        undated = len(self._found.articles) - len(dated)
        if not dated:
            return self._draft(HAVE_NO_DATE, self._shown)
        newest, oldest = dated[0], dated[-1]
        first, last = (_day(match) for match in (oldest, newest))
        text = (
            ARE_FROM_ONE_DAY.format(day=first)
            if first == last
            else ARE_FROM_PERIOD.format(first=first, last=last)
        )
        if undated:
            text += f"; {undated:,} {'has' if undated == 1 else 'have'} no date"
        return self._draft(text, [oldest, newest] if oldest != newest else [newest])

    def _extreme(self, name: str, pick: Callable[..., int]) -> Iterator[DraftSentence]:
        days = [
            match.holding.published.toordinal() for match in self._found.articles if match.holding.published
        ]
        if not days:
            yield self._draft(HAVE_NO_DATE, self._shown)
            return
        best = [
            m
            for m in self._found.articles
            if m.holding.published and m.holding.published.toordinal() == pick(days)
        ]
        does = f" that {self._found.plural}" if len(best) > 1 else f" that {self._found.singular}"
        which = _which(self._query) + does * bool(self._found.plural)
        if len(best) > 1:
            more = f"; {MOST_SHOWN} of them are given here" if len(best) > MOST_SHOWN else ""
            text = f"The {name} articles{which} are these {len(best):,} of {_day(best[0])}{more}"
            yield self._draft(text, best[:MOST_SHOWN])
            yield from map(self._named, best[:MOST_SHOWN])
            return
        yield self._draft(f"The {name} article{which} is {_name(best[0].holding)}", best)
        yield from (DraftSentence(text=source.quote, sources=(source,)) for source in self._cited(best[0]))

    def _grouped(self, noun: str, key: Callable[[Holding], str | None], none: str) -> DraftSentence:
        groups: dict[str, list[Match]] = defaultdict(list)
        for match in self._found.articles:
            if name := key(match.holding):
                groups[name].append(match)
        unnamed = len(self._found.articles) - sum(map(len, groups.values()))
        if not groups:
            return self._draft(none, self._shown)
        ordered = sorted(groups.items(), key=lambda group: (-len(group[1]), group[0]))
        shown = [f"{name} ({_articles(len(matches))})" for name, matches in ordered[:MOST_SHOWN]]
        text = "They are by" if noun == "author" else "They are from"
        if len(ordered) > 1:
            text += f" {len(ordered):,} {noun}s:"
        text += f" {_listed(shown)}"
        if len(ordered) > MOST_SHOWN:
            text += f", and {len(ordered) - MOST_SHOWN:,} more"
        if unnamed:
            text += f"; {_articles(unnamed)} {'names' if unnamed == 1 else 'name'} no {noun}"
        return self._draft(text, [matches[0] for _, matches in ordered[:MOST_SHOWN]])

    def _cited(self, match: Match) -> tuple[Source, ...]:
        """The sentences that mention what was asked for, else the article's first."""
        article_id = match.holding.article_id
        if article_id not in self._sources:
            self._sources[article_id] = tuple(_sources(self._library, match))
        return self._sources[article_id]


def _sources(library: Library, match: Match) -> Iterator[Source]:
    holding = match.holding
    info = library.catalog.article(holding.article_id)
    try:
        article = library.show(holding.article_id, holding.version)
    except UsageError:  # removed since it was counted
        return
    if info is not None and info.version == holding.version:
        for span in match.mentions or (_opening(article.text, article.title, article.language),):
            yield Source(article=info, span=span, quote=article.text[span.start : span.end])


def _opening(text: str, title: str, language: str | None) -> Span:
    """The first sentence that says something; the first of all where none does."""
    spans = split_sentences(text[:_OPENING_CHARS], language)
    saying = (span for span in spans if states_something(text[span.start : span.end], title))
    return next(saying, spans[0])


def _name(holding: Holding) -> str:
    about = [
        holding.publisher or holding.author,
        day_in_words(holding.published) if holding.published else None,
    ]
    known = ", ".join(filter(None, about))
    return f"“{holding.title}”" + (f" ({known})" if known else "")


def _day(match: Match) -> str:
    assert match.holding.published is not None
    return day_in_words(match.holding.published)


def _there(number: int) -> str:
    return "There is" if number == 1 else "There are"


def _lowered(text: str) -> str:
    return text[:1].lower() + text[1:]


def _articles(number: int) -> str:
    return "1 article" if number == 1 else f"{number:,} articles"


def _listed(names: Sequence[str]) -> str:
    """
    >>> _listed(["a", "b", "c"])
    'a, b and c'
    """
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
