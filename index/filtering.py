"""Filters: made safe to store-level encodings, as SQL over the catalogue, and as a check of one article."""

from __future__ import annotations

import dataclasses
from typing import Any

import sqlalchemy as sa

from index.article import Filters
from index.tables import ArticleInfo, articles

_MOST_IDS = 500


def encodable(text: str) -> str:
    """Halves of characters (lone surrogates, as a terminal may pass in), which no store can take, as `?`."""
    return text.encode("utf-8", "replace").decode("utf-8")


def encodable_filters(filters: Filters) -> Filters:
    return dataclasses.replace(
        filters,
        publishers=tuple(map(encodable, filters.publishers)),
        articles=tuple(map(encodable, filters.articles)),
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
    if 0 < len(filters.articles) <= _MOST_IDS:
        query = query.where(articles.c.article_id.in_(filters.articles))
    return query


def listed(article_id: str, filters: Filters) -> bool:
    """Whether an article is among the ids asked for, where they are too many for SQLite."""
    return len(filters.articles) <= _MOST_IDS or article_id in filters.articles


def passes(info: ArticleInfo, filters: Filters) -> bool:
    """Whether an article passes the filters, by what the catalogue says of it."""
    if filters.publishers:
        wanted = {name.casefold() for name in filters.publishers}
        if info.publisher is None or info.publisher.casefold() not in wanted:
            return False
    if (filters.since or filters.until) and info.published is None:
        return False
    if filters.since and info.published and info.published < filters.since:
        return False
    if filters.until and info.published and info.published > filters.until:
        return False
    return not filters.articles or info.article_id in filters.articles
