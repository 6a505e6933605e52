"""Words of articles as LlamaIndex nodes, all with the same metadata."""

from __future__ import annotations

from datetime import date
from typing import Any, Protocol

from llama_index.core.schema import NodeWithScore, TextNode

from index.library import Hit
from rag.answer import Citation, Passage


class _About(Protocol):
    """What is known of the article: a citation carries it, and so does the library's list."""

    @property
    def title(self) -> str: ...
    @property
    def publisher(self) -> str | None: ...
    @property
    def url(self) -> str | None: ...
    @property
    def published(self) -> date | None: ...


def citation_node(citation: Citation, *, score: float) -> NodeWithScore:
    """The cited span: the quote, not the whole passage."""
    c = citation
    return _node(
        c, c.article_id, c.version, f"{c.start}-{c.end}", c.start, c.end, c.quote, score, number=c.number
    )


def passage_node(hit: Hit, passage: Passage) -> NodeWithScore:
    """A retrieved passage."""
    chunk = hit.chunk
    place = chunk.chunk_id.rpartition(":")[2]
    return _node(
        hit.article,
        chunk.article_id,
        chunk.version,
        place,
        chunk.start,
        chunk.end,
        chunk.text,
        passage.score,
        ranks=passage.ranks,
    )


def _node(
    about: _About,
    article_id: str,
    version: str,
    place: str,
    start: int,
    end: int,
    text: str,
    score: float,
    **more: Any,
) -> NodeWithScore:
    node = TextNode(
        id_=f"{article_id}:{version[:12]}:{place}",
        text=text,
        start_char_idx=start,
        end_char_idx=end,
        metadata={
            "article_id": article_id,
            "version": version,
            "title": about.title,
            "publisher": about.publisher,
            "url": about.url,
            "published": about.published.isoformat() if about.published else None,
            **more,
        },
    )
    return NodeWithScore(node=node, score=score)
