"""An article about to go live: split into chunks, each with the key of what is embedded for it.

Nothing here needs the library: it is done wherever the article is read.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from typing import NamedTuple

from index.article import Article, Chunk
from index.errors import InputError
from index.splitter import split_chunks
from index.tokens import count_tokens


class Entry(NamedTuple):
    """An article about to go live: its chunks, each with the key of its embedding."""

    article: Article
    tokens: int
    chunks: tuple[tuple[Chunk, str], ...]


def checked(article: Article, name: str) -> Article:
    """The article, if it can be stored at all.

    Raises:
        InputError: it has no text, no id, or characters that are none.
    """
    described = (article.article_id, article.title, article.author, article.publisher, article.url)
    try:
        for value in (*described, article.language, article.source, article.text):
            (value or "").encode("utf-8")
    except UnicodeEncodeError as error:
        raise InputError(
            f"{name!r} holds half of a character (a lone surrogate) at {error.start}",
            hint="save it again as UTF-8",
        ) from error
    if not article.text.strip():
        raise InputError(f"{name!r} has no text", hint="an article needs at least one sentence")
    return article


def make_entry(article: Article) -> Entry:
    """Chunks of an article, each with the key of what is embedded for it."""
    chunks = split_chunks(article)
    return Entry(
        article,
        count_tokens(article.text),
        tuple((chunk, embedding_key(article.title, chunk)) for chunk in chunks),
    )


def embedding_key(title: str, chunk: Chunk) -> str:
    """SHA-256 of all that a chunk's vectors depend on: title, text, and where its sentences are."""
    spans = [(span.start - chunk.start, span.end - chunk.start) for span in chunk.sentences]
    said = json.dumps([title, chunk.text, spans], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(said.encode("utf-8")).hexdigest()


def renamed(entry: Entry, article: Article) -> Entry:
    """The entry for the same text and title under another id, or with other facts about it."""
    if article.article_id == entry.article.article_id:
        return entry._replace(article=article)
    chunks = tuple(
        (dataclasses.replace(chunk, article_id=article.article_id), key) for chunk, key in entry.chunks
    )
    return Entry(article, entry.tokens, chunks)
