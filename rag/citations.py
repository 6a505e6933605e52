"""Draft -> checked citations. Nothing reaches an answer here whose quoted words are not in the article."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from index.article import Article, Span
from index.errors import UsageError
from index.library import ArticleInfo
from index.reprints import Reprint
from rag.answer import AlsoIn, AnswerSentence, Citation, Support

ReadVersion = Callable[[str, str], Article]
"""(article id, version) -> the article; raises UsageError when that version is not there."""

FindReprints = Callable[[str, str], Sequence[Reprint]]
"""(article id, quote) -> its copies that say it."""


def _no_reprints(article_id: str, quote: str) -> Sequence[Reprint]:
    return ()


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
    support: Support = "supported"
    reasons: tuple[str, ...] = ()
    """Why it is not `supported`."""
    starts_line: bool = False


class CitationDesk:
    """Checks the sources of one answer's sentences as they come, and numbers its citations by first use."""

    def __init__(self, read: ReadVersion, reprints: FindReprints = _no_reprints) -> None:
        self.sentences: list[AnswerSentence] = []
        """The sentences that passed, in order."""
        self.dropped = 0
        """Sources whose words were not found where they claimed to be."""
        self._read = read
        self._reprints = reprints
        self._numbered: dict[tuple[str, str, Span], Citation] = {}

    @property
    def citations(self) -> tuple[Citation, ...]:
        """The citations so far, by number."""
        return tuple(self._numbered.values())

    def check(self, draft: DraftSentence) -> AnswerSentence | None:
        """The sentence with its numbers; None, and nothing is kept of it, when no source stands."""
        carried: list[int] = []
        for source in draft.sources:
            article = _article_where_it_stands(source, self._read)
            if article is None:
                self.dropped += 1
                continue
            key = (source.article.article_id, source.article.version, source.span)
            if key not in self._numbered:
                self._numbered[key] = self._citation(source, article)
            if self._numbered[key].number not in carried:
                carried.append(self._numbered[key].number)
        if not carried:
            return None
        sentence = AnswerSentence(
            text=draft.text,
            citations=tuple(carried),
            support=draft.support,
            reasons=draft.reasons,
            starts_line=draft.starts_line,
        )
        self.sentences.append(sentence)
        return sentence

    def _citation(self, source: Source, read: Article) -> Citation:
        article = source.article
        return Citation(
            number=len(self._numbered) + 1,
            **_about(article, source.span),
            quote=source.quote,
            page=read.page_at(source.span.start),
            also_in=tuple(
                AlsoIn(**_about(copy.article, copy.span))
                for copy in self._reprints(article.article_id, source.quote)
            ),
        )


def _about(article: ArticleInfo, span: Span) -> dict[str, Any]:
    return {
        "article_id": article.article_id,
        "version": article.version,
        "title": article.title,
        "publisher": article.publisher,
        "url": article.url,
        "published": article.published,
        "start": span.start,
        "end": span.end,
    }


def _article_where_it_stands(source: Source, read: ReadVersion) -> Article | None:
    """The article in that very version, if it has the quoted words at that very place."""
    try:
        article = read(source.article.article_id, source.article.version)
    except UsageError:  # removed by another process since it was retrieved
        return None
    stands = source.quote and article.text[source.span.start : source.span.end] == source.quote
    return article if stands else None


_CLOSED = re.compile(r"[.!?…:。！？؟]$")
_LIKE_A_MARKER = re.compile(r"\[([^\w\[\]]*\d{1,3}(?:[^\w\[\]]+\d{1,3})*[^\w\[\]]*)\]")


def written(sentence: AnswerSentence, *, first: bool) -> str:
    """The sentence with its markers, and with what parts it from the one before."""
    return ("" if first else "\n" if sentence.starts_line else " ") + with_markers(sentence)


def with_markers(sentence: AnswerSentence) -> str:
    """The sentence with its markers before its full stop or colon.

    Quotations and fragments get a full stop of their own.

    >>> with_markers(AnswerSentence(text="It rained.", citations=(1, 2), support="supported"))
    'It rained [1][2].'
    >>> with_markers(AnswerSentence(text="“It rained.”", citations=(3,), support="supported"))
    '“It rained.” [3].'

    A number in brackets that the article itself has could be taken for a marker, so it is put in round ones;
    the sentence and the quote keep it as it is.

    >>> with_markers(AnswerSentence(text="It rained.[7]", citations=(1,), support="supported"))
    'It rained.(7) [1].'
    """
    markers = "".join(f"[{number}]" for number in sentence.citations)
    text = _LIKE_A_MARKER.sub(r"(\1)", sentence.text)
    if _CLOSED.search(text):
        return f"{text[:-1].rstrip()} {markers}{text[-1]}"
    return f"{text} {markers}."
