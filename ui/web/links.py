"""Ways into an article: the address of its page at the quoted words, and of its original on the web."""

from __future__ import annotations

import hashlib
from urllib.parse import urlencode, urlsplit

from index.article import Article, Span


def check_of(words: str) -> str:
    """A digest of quoted words, carried in a link so that the article's page can check them again."""
    return hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()[:24]


def article_link(article: Article, span: Span) -> str:
    """The relative address of an article opened at `span`; it carries a digest of the words there."""
    return "article?" + urlencode(
        {
            "id": article.article_id,
            "version": article.version,
            "start": span.start,
            "end": span.end,
            "check": check_of(article.text[span.start : span.end]),
        },
        errors="surrogatepass",
    )


def safe_url(url: str | None) -> str | None:
    """The address when it is a web address, else None: no `javascript:` becomes a link."""
    if url is None:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.netloc else None
