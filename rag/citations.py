"""Draft -> checked citations. Nothing reaches an answer here whose quoted words are not in the article."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from index.article import Article, Span
from index.errors import UsageError
from index.library import ArticleInfo
from rag.answer import AnswerSentence, Citation

ReadVersion = Callable[[str, str], Article]
"""(article id, version) -> the article; raises UsageError when that version is not there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The words a sentence claims to rest on, not yet checked."""

    article: ArticleInfo
    span: Span
    quote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftSentence:
    """A sentence with what it claims to rest on."""

    text: str
    sources: tuple[Source, ...]


class Cited(NamedTuple):
    """What is left of a draft after the check."""

    sentences: tuple[AnswerSentence, ...]
    citations: tuple[Citation, ...]
    dropped: int
    """Sources whose words were not found where they claimed to be; a sentence with no other is gone too."""


def cite(draft: Sequence[DraftSentence], read: ReadVersion) -> Cited:
    """Check every source against its article's text and number the citations by first use."""
    numbers: dict[tuple[str, str, Span], Citation] = {}
    sentences = []
    dropped = 0
    for sentence in draft:
        carried: list[int] = []
        for source in sentence.sources:
            if not _stands(source, read):
                dropped += 1
                continue
            key = (source.article.article_id, source.article.version, source.span)
            if key not in numbers:
                numbers[key] = _citation(len(numbers) + 1, source)
            if numbers[key].number not in carried:
                carried.append(numbers[key].number)
        if carried:
            sentences.append(
                AnswerSentence(text=sentence.text, citations=tuple(carried), support="supported")
            )
    return Cited(tuple(sentences), tuple(numbers.values()), dropped)


def _stands(source: Source, read: ReadVersion) -> bool:
    """Whether the article, in that very version, has the quoted words at that very place."""
    try:
        article = read(source.article.article_id, source.article.version)
    except UsageError:  # removed by another process since it was retrieved
        return False
    return bool(source.quote) and article.text[source.span.start : source.span.end] == source.quote


def _citation(number: int, source: Source) -> Citation:
    article = source.article
    return Citation(
        number=number,
        article_id=article.article_id,
        version=article.version,
        title=article.title,
        publisher=article.publisher,
        url=article.url,
        published=article.published,
        start=source.span.start,
        end=source.span.end,
        quote=source.quote,
    )


_CLOSED = re.compile(r"[.!?…。！？؟]$")


def with_markers(sentence: AnswerSentence) -> str:
    """The sentence with its markers before its full stop; quotations and fragments get one of their own.

    >>> with_markers(AnswerSentence(text="It rained.", citations=(1, 2), support="supported"))
    'It rained [1][2].'
    >>> with_markers(AnswerSentence(text="“It rained.”", citations=(3,), support="supported"))
    '“It rained.” [3].'
    """
    markers = "".join(f"[{number}]" for number in sentence.citations)
    if _CLOSED.search(sentence.text):
        return f"{sentence.text[:-1].rstrip()} {markers}{sentence.text[-1]}"
    return f"{sentence.text} {markers}."
