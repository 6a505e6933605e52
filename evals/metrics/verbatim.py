"""Citation verbatim: the share of citations whose quote is the article's text at exactly its offsets.

The text is read from the library, article and version as the citation names them, not taken from the answer.
An empty quote, a range outside the text, an article or version that is not there: none is verbatim.

Fails on: meaning. A quote may be exact and beside the point, and an answer made of quotes scores 1.0 by
construction: that measures plumbing.
"""

from __future__ import annotations

from collections.abc import Callable

from rag.answer import Answer, Citation

ArticleText = Callable[[str, str], str | None]
"""The text of (article_id, version), or None where the library has no such thing."""


def is_verbatim(citation: Citation, article_text: ArticleText) -> bool:
    """Whether `text[start:end] == quote` holds for the article and version that the citation names."""
    text = article_text(citation.article_id, citation.version)
    if text is None or not 0 <= citation.start < citation.end <= len(text):
        return False
    return text[citation.start : citation.end] == citation.quote


def citation_verbatim(answer: Answer, article_text: ArticleText) -> float | None:
    """Share of verbatim citations, in [0, 1]; None where the answer has none."""
    if not answer.citations:
        return None
    return sum(is_verbatim(c, article_text) for c in answer.citations) / len(answer.citations)
