"""The articles that a question about the collection speaks of, all of them, found in the library."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple

from index.article import Filters, Span
from index.holdings import Holding, Sources
from index.library import Library
from index.sought import Sought
from rag.collection.query import CollectionQuery

_LITERAL = re.compile(r"[\"“'‘«](.+)[\"”'’»]")
_ARTICLE = re.compile(r"(?:the|an?)\s+", re.IGNORECASE)
_OR = re.compile(r"\s+or\s+", re.IGNORECASE)
_AND = re.compile(r"\s*(?:,|&|\band\b)\s*", re.IGNORECASE)


class Match(NamedTuple):
    """One of the articles, and the sentences that make it one."""

    holding: Holding
    mentions: tuple[Span, ...]
    """One for each thing it mentions; empty where only its title does, or nothing was asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matches:
    """All the articles, the newest first, those without a date last."""

    articles: tuple[Match, ...]
    singular: str
    """What they do, of one: "mentions “Wagner”"; empty when nothing was asked for."""
    plural: str


def sources_named(library: Library, name: str) -> Sources:
    """The publishers and authors of this name, in any case and without "the"; else those that have it."""
    named = _plain_names(library.holdings.sources())
    wanted = _plain(name)
    fits: Callable[[str], bool]
    for fits in (
        lambda plain: plain == wanted,
        lambda plain: f" {wanted} " in f" {plain} ",
    ):
        found = Sources(*(tuple(name for name, plain in names if fits(plain)) for names in named))
        if any(found):
            return found
    return Sources((), ())


@lru_cache(maxsize=8)
def _plain_names(sources: Sources) -> list[list[tuple[str, str]]]:
    """Every name of a library's sources with its plain form, which takes the longest to make."""
    return [[(name, _plain(name)) for name in names] for names in sources]


def _plain(name: str) -> str:
    words = re.findall(r"[^\W_]+", name.casefold())
    return " ".join(words[1:] if words[:1] == ["the"] else words)


def find_matches(library: Library, query: CollectionQuery, filters: Filters) -> Matches:
    """All articles that the query and the filters let pass."""
    since = [day for day in (filters.since, query.period.since) if day]
    until = [day for day in (filters.until, query.period.until) if day]
    filters = replace(filters, since=max(since, default=None), until=min(until, default=None))
    sources = sources_named(library, query.source) if query.source else None
    if sources is not None and not sources.authors:
        allowed = {name.casefold() for name in filters.publishers}
        names = [name for name in sources.publishers if not allowed or name.casefold() in allowed]
        filters = replace(filters, publishers=tuple(names))
        if not names:
            return Matches(articles=(), singular="", plural="")
    if query.mentions:
        found, singular, plural = _all_of([_mentioning(library, each, filters) for each in query.mentions])
    else:
        found = {each.article_id: Match(each, ()) for each in library.holdings.all(filters)}
        singular = plural = ""
    matches = list(found.values())
    if sources is not None:
        matches = [match for match in matches if _is_from(match.holding, sources)]
    matches.sort(key=lambda match: _newest_first(match.holding))
    return Matches(articles=tuple(matches), singular=singular, plural=plural)


def _is_from(holding: Holding, sources: Sources) -> bool:
    return holding.publisher in sources.publishers or holding.author in sources.authors


def _newest_first(holding: Holding) -> tuple[int, str]:
    return -holding.published.toordinal() if holding.published else 0, holding.article_id


_Found = tuple[dict[str, Match], str, str]


def _mentioning(library: Library, topic: str, filters: Filters) -> _Found:
    """The articles that mention a topic: its words as they stand; else, where it lists several, these; else
    all its words in one sentence."""
    if literal := _LITERAL.fullmatch(topic):
        return _searched(library, literal[1], Sought.phrase(literal[1], literal=True), filters)
    topic = _ARTICLE.sub("", topic, count=1) if _ARTICLE.match(topic) else topic
    found = _searched(library, topic, Sought.phrase(topic), filters)
    if found[0]:
        return found
    for separator, united in ((_OR, _any_of), (_AND, _all_of)):
        parts = [part for part in separator.split(topic) if part]
        if len(parts) > 1:
            return united([_mentioning(library, part, filters) for part in parts])
    scattered = Sought.scattered(topic)
    if len(scattered.patterns) > 1:
        matches, _, _ = _searched(library, topic, scattered, filters)
        if matches:
            words = f"the words of “{topic}” in one sentence"
            return matches, f"has {words}", f"have {words}"
    return found


def _searched(library: Library, topic: str, sought: Sought, filters: Filters) -> _Found:
    matches = {
        holding.article_id: Match(holding, (holding.mention,) if holding.mention else ())
        for holding in library.holdings.mentioning(sought, filters)
    }
    return matches, f"mentions “{topic}”", f"mention “{topic}”"


def _all_of(parts: list[_Found]) -> _Found:
    first, *others = (matches for matches, _, _ in parts)
    shared = {
        article_id: _together([match, *(other[article_id] for other in others)])
        for article_id, match in first.items()
        if all(article_id in other for other in others)
    }
    return shared, " and ".join(p[1] for p in parts), " and ".join(p[2] for p in parts)


def _any_of(parts: list[_Found]) -> _Found:
    united: dict[str, Match] = {}
    for matches, _, _ in parts:
        united = {**matches, **united}
    return united, " or ".join(p[1] for p in parts), " or ".join(p[2] for p in parts)


def _together(matches: Iterable[Match]) -> Match:
    matches = list(matches)
    spans = (span for match in matches for span in match.mentions)
    return Match(matches[0].holding, tuple(dict.fromkeys(spans)))
