"""Filters: made safe to store-level encodings, and as SQL over the catalogue."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from index.article import Filters, language_code
from index.tables import articles

_MOST_IDS = 500
_tag = sa.func.replace(sa.func.lower(sa.func.trim(articles.c.language)), "_", "-")
_language_code = sa.func.substr(_tag, 1, sa.func.instr(_tag.concat("-"), "-") - 1)
"""`language_code`, for SQLite."""


def encodable(text: str) -> str:
    """Halves of characters (lone surrogates, as a terminal may pass in), which no store can take, as `?`."""
    return text.encode("utf-8", "replace").decode("utf-8")


def encodable_filters(filters: Filters) -> Filters:
    """Filters as the stores take them, languages by their codes."""
    return dataclasses.replace(
        filters,
        publishers=tuple(map(encodable, filters.publishers)),
        articles=tuple(map(encodable, filters.articles)),
        languages=tuple(language_code(encodable(tag)) for tag in filters.languages),
    )


def narrowed(query: sa.Select[Any], filters: Filters) -> sa.Select[Any]:
    """A query over the articles, restricted to those that pass; see `listed` for long lists of ids."""
    if filters.publishers:
        keys = [name.casefold() for name in filters.publishers]
        query = query.where(articles.c.publisher_key.in_(keys))
    if filters.since:
        query = query.where(articles.c.published >= filters.since)
    if filters.until:
        query = query.where(articles.c.published <= filters.until)
    if filters.languages:
        query = query.where(_language_code.in_(filters.languages))
    if 0 < len(filters.articles) <= _MOST_IDS:
        query = query.where(articles.c.article_id.in_(filters.articles))
    return query


def listed(filters: Filters) -> Callable[[str], bool]:
    """What tells whether an article is among the ids asked for, where they are too many for SQLite."""
    if len(filters.articles) <= _MOST_IDS:
        return lambda article_id: True
    return frozenset(filters.articles).__contains__
