"""What the ingest and its reading processes say to each other: one JSON object a line.

JSON, because what comes back was made from files that nobody vouches for, and must not be code. A lone
surrogate, as a path or a text may hold, survives as its escape.
"""

from __future__ import annotations

import dataclasses
import json
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from index.article import Article, Chunk, Span
from index.entries import Entry
from index.errors import InputError
from index.readers.reading import Reading


class Request(NamedTuple):
    """A file to read."""

    path: Path
    """Where it is; of one that was sent or fetched, what it is called."""
    article_id: str
    """Provisional, as in `index.readers.read`."""
    reading: Reading
    known: frozenset[str]
    """Versions of this file that are live: one that is still the same need not be split."""
    staged: Path | None = None
    """Where the bytes of what was sent or fetched are."""
    source: str | None = None
    """Where it is from, if not from its path."""
    splits: bool = True
    """Whether its articles are wanted in chunks."""


class Ready(NamedTuple):
    """The process has its imports done."""


class Done(NamedTuple):
    """There is no more of the file."""

    leaving: bool = False
    """Whether the process ends after it."""


Read = Article | Entry | InputError
"""An article, split if that was wanted and its version not known; or the error of one row of an export."""
Reply = Ready | Read | Done


def request_line(request: Request) -> bytes:
    said = {
        "path": str(request.path),
        "article_id": request.article_id,
        "reading": dataclasses.asdict(request.reading),
        "known": sorted(request.known),
        "staged": str(request.staged) if request.staged is not None else None,
        "source": request.source,
        "splits": request.splits,
    }
    return _line(said)


def parse_request(line: bytes) -> Request:
    said = json.loads(line)
    reading = said["reading"]
    fields = tuple((field, name) for field, name in reading.pop("fields"))
    return Request(
        Path(said["path"]),
        said["article_id"],
        Reading(fields=fields, **reading),
        frozenset(said["known"]),
        Path(said["staged"]) if said["staged"] is not None else None,
        said["source"],
        said["splits"],
    )


def reply_line(reply: Reply) -> bytes:
    match reply:
        case Ready():
            return _line({"ready": True})
        case Done():
            return _line({"done": True, "leaving": reply.leaving})
        case InputError():
            return _line({"error": reply.message, "hint": reply.hint})
        case Entry():
            chunks = [(key, chunk.sentences) for chunk, key in reply.chunks]
            return _line({"article": _facts(reply.article), "tokens": reply.tokens, "chunks": chunks})
        case Article():
            return _line({"article": _facts(reply)})


def parse_reply(line: bytes) -> Reply:
    """Raises ValueError, KeyError or TypeError where the line is no reply."""
    said = json.loads(line)
    if "ready" in said:
        return Ready()
    if "done" in said:
        return Done(said["leaving"])
    if "error" in said:
        return InputError(said["error"], hint=said["hint"])
    article = _article(said["article"])
    if "chunks" not in said:
        return article
    chunks = []
    for number, (key, spans) in enumerate(said["chunks"]):
        sentences = tuple(Span(start, end) for start, end in spans)
        start, end = sentences[0].start, sentences[-1].end
        chunk = Chunk(
            article_id=article.article_id,
            version=article.version,
            number=number,
            start=start,
            end=end,
            text=article.text[start:end],
            sentences=sentences,
        )
        chunks.append((chunk, key))
    return Entry(article, said["tokens"], tuple(chunks))


def _facts(article: Article) -> dict[str, Any]:
    facts = {field.name: getattr(article, field.name) for field in dataclasses.fields(article)}
    return facts | {"published": article.published.isoformat() if article.published else None}


def _article(facts: dict[str, Any]) -> Article:
    published = date.fromisoformat(facts["published"]) if facts["published"] else None
    return Article(**facts | {"published": published, "pages": tuple(facts["pages"])})


def _line(said: dict[str, Any]) -> bytes:
    return json.dumps(said, separators=(",", ":")).encode("ascii") + b"\n"
