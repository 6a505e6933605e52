"""Addresses within the Library view, as fragments of the page's own address."""

from __future__ import annotations

from urllib.parse import quote


def article_fragment(article_id: str, version: str | None = None) -> str:
    """Where an article's page is, safe within an attribute; an older version by its hash.

    >>> article_fragment('news/"a".md', "0f")
    '#library/article/news%2F%22a%22.md/0f'
    """
    fragment = f"#library/article/{quote(article_id, safe='', errors='replace')}"
    return f"{fragment}/{quote(version, safe='')}" if version else fragment
