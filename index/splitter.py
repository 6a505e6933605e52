"""Text into sentences, sentences into chunks; every offset is true by construction, none is searched for."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

import sentencex

from index.article import Article, Chunk, Span
from index.tokens import count_tokens

CHUNK_TOKENS = 180
"""Largest chunk, in tiktoken tokens. MiniLM reads 256 word pieces, title included, and nothing after."""

_PARAGRAPH_BREAK_AT = 0.6
"""A chunk filled this far is closed rather than filled with the opening of the next paragraph."""

_LINE = re.compile(r"[^\n]+")
_WINDOW_CHARS = 2000
"""A sentence longer than this is cut before its tokens are counted, so that a 2-MB line costs linear time."""


def split_sentences(text: str, language: str | None = None) -> list[Span]:
    """Sentences of `text`, in order, trimmed, without overlap; only white space lies between them.

    A line break always ends a sentence: readers join hard-wrapped lines before this. A "sentence" that
    no chunk could hold is cut at white space where there is any.

    >>> text = "One here. Two\\nthere."
    >>> [text[start:end] for start, end in split_sentences(text)]
    ['One here.', 'Two', 'there.']
    """
    spans: list[Span] = []
    for line in _LINE.finditer(text):
        for start, end in _sentences_of_line(line.group(), language or "en"):
            trimmed = _trim(text, line.start() + start, line.start() + end)
            if trimmed.start < trimmed.end:
                spans.extend(_cut_to_budget(text, trimmed))
    return spans


def _sentences_of_line(line: str, language: str) -> Iterator[tuple[int, int]]:
    for boundary in sentencex.get_sentence_boundaries(language, line):
        yield boundary["start_index"], boundary["end_index"]


def _trim(text: str, start: int, end: int) -> Span:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(start, end)


def _cut_to_budget(text: str, span: Span) -> Iterator[Span]:
    """The span itself, or pieces of it that each fit a chunk."""
    pending = [span]
    while pending:
        piece = pending.pop()
        length = piece.end - piece.start
        if length <= CHUNK_TOKENS // 4:  # a character is at most four tokens
            yield piece
            continue
        if length <= _WINDOW_CHARS and count_tokens(text[piece.start : piece.end]) <= CHUNK_TOKENS:
            yield piece
            continue
        target = piece.start + min(_WINDOW_CHARS, length // 2)
        cut = _cut_point(text, piece, target)
        pending.extend(
            s for s in (_trim(text, cut, piece.end), _trim(text, piece.start, cut)) if s.start < s.end
        )


def _cut_point(text: str, piece: Span, target: int) -> int:
    """A place near `target` to cut: after white space if there is any, never inside a combined character."""
    reach = (target - piece.start) // 2
    for cut in range(target, target - reach, -1):
        if text[cut - 1].isspace():
            return cut
    cut = target
    while cut < piece.end - 1 and (unicodedata.combining(text[cut]) or "\u200d" in text[cut - 1 : cut + 1]):
        cut += 1
    return cut


def split_chunks(article: Article) -> list[Chunk]:
    """Chunks of whole sentences within `CHUNK_TOKENS`, closed at the end of a paragraph when nearly full."""
    chunks: list[Chunk] = []
    current: list[Span] = []
    tokens = 0
    for sentence in split_sentences(article.text, article.language):
        size = count_tokens(article.text[sentence.start : sentence.end])
        if current:
            new_paragraph = "\n" in article.text[current[-1].end : sentence.start]
            full = tokens + size > CHUNK_TOKENS
            if full or (new_paragraph and tokens >= CHUNK_TOKENS * _PARAGRAPH_BREAK_AT):
                chunks.append(_chunk(article, len(chunks), current))
                current, tokens = [], 0
        current.append(sentence)
        tokens += size + 1
    if current:
        chunks.append(_chunk(article, len(chunks), current))
    return chunks


def _chunk(article: Article, number: int, sentences: Sequence[Span]) -> Chunk:
    start, end = sentences[0].start, sentences[-1].end
    return Chunk(
        article_id=article.article_id,
        version=article.version,
        number=number,
        start=start,
        end=end,
        text=article.text[start:end],
        sentences=tuple(sentences),
    )
