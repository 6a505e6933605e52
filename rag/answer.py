"""What asking returns, the same in every mode, and its JSON form that other programs rely on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

RefusalReason = Literal["empty_library", "no_evidence", "low_evidence", "filtered_out"]
Support = Literal["supported", "weak", "unsupported"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One earlier exchange of the conversation."""

    question: str
    answer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlsoIn:
    """A copy of a cited article that has the same sentence."""

    article_id: str
    version: str
    title: str
    publisher: str | None
    url: str | None
    published: date | None
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """The exact words an answer rests on: `article.text[start:end] == quote`, asserted when made."""

    number: int
    """The n of the marker `[n]`, from 1, by first use in the answer."""
    article_id: str
    version: str
    title: str
    publisher: str | None
    url: str | None
    published: date | None
    start: int
    end: int
    quote: str
    page: int | None = None
    """The printed page, from 1, on which the quote begins; None where the article has no pages."""
    also_in: tuple[AlsoIn, ...] = ()
    """Copies of the article that say it too: one source, printed several times, the first of them cited."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerSentence:
    """One sentence of an answer, without its markers."""

    text: str
    citations: tuple[int, ...]
    """Numbers of the citations it carries."""
    support: Support
    """How far the cited words carry the sentence."""
    reasons: tuple[str, ...] = ()
    """Why it is not `supported`, in words; empty where it is."""
    starts_line: bool = False
    """Whether the answer has it on a line of its own: one of a list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A retrieved chunk, as shown to the user."""

    article_id: str
    start: int
    end: int
    text: str
    score: float
    """Fused score; only its order means anything."""
    ranks: dict[str, int]
    """Rank from 1 in each list that found it: `text`, `vector`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What an answer will rest on, there before its first word."""

    question: str
    standalone_question: str
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer whose every citation was checked, or a refusal with its reason."""

    question: str
    standalone_question: str
    """The question as searched, the subject of the conversation filled in."""
    answerable: bool
    refusal_reason: RefusalReason | None
    answer: str
    """The sentences with their markers, or the refusal in words."""
    sentences: tuple[AnswerSentence, ...]
    citations: tuple[Citation, ...]
    passages: tuple[Passage, ...]
    confidence: float
    """Calibrated probability that the library answers the question; given on refusals too."""
    answerer: str
    """Who wrote it: `verbatim`, the name of a model, or `catalogue`: the question was about the library."""
    dropped_markers: int = 0
    """Markers of the writer that resolved to nothing; they are never shown."""
    notices: tuple[str, ...] = ()
    """What the reader should know of how it came about, in words: that the model failed, say."""
    timings_ms: dict[str, float] = field(default_factory=dict)
    id: str | None = None
    """The caller's own id of the question, passed through."""

    def to_dict(self) -> dict[str, Any]:
        """The JSON form of the contract; keys in its order, dates as ISO 8601.

        Beyond the contract, and only where there is something to say: `reasons` of a sentence that is not
        supported, `page` and `also_in` of a citation, `dropped_markers`, `notices`.
        """
        further = {"dropped_markers": self.dropped_markers, "notices": list(self.notices)}
        return {
            "id": self.id,
            "question": self.question,
            "standalone_question": self.standalone_question,
            "answerable": self.answerable,
            "refusal_reason": self.refusal_reason,
            "answer": self.answer,
            "sentences": [
                {
                    "text": s.text,
                    "citations": list(s.citations),
                    "support": s.support,
                    **({"reasons": list(s.reasons)} if s.reasons else {}),
                }
                for s in self.sentences
            ],
            "citations": [_citation_dict(c) for c in self.citations],
            "passages": [passage_dict(p) for p in self.passages],
            "confidence": round(self.confidence, 4),
            "answerer": self.answerer,
            "timings_ms": {k: round(v, 1) for k, v in self.timings_ms.items()},
            **{name: value for name, value in further.items() if value},
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Answer:
        """The answer that `to_dict` made this of; confidence and scores as rounded there."""
        return cls(
            **{key: data[key] for key in _AS_THEY_ARE},
            sentences=tuple(
                AnswerSentence(
                    text=each["text"],
                    citations=tuple(each["citations"]),
                    support=each["support"],
                    reasons=tuple(each.get("reasons", ())),
                )
                for each in data["sentences"]
            ),
            citations=tuple(
                Citation(
                    **{
                        **_dated(each),
                        "also_in": tuple(AlsoIn(**_dated(other)) for other in each.get("also_in", ())),
                    }
                )
                for each in data["citations"]
            ),
            passages=tuple(Passage(**each) for each in data["passages"]),
            dropped_markers=data.get("dropped_markers", 0),
            notices=tuple(data.get("notices", ())),
        )


_AS_THEY_ARE = (
    *("id", "question", "standalone_question", "answerable", "refusal_reason", "answer"),
    *("confidence", "answerer", "timings_ms"),
)


def _dated(fields: Mapping[str, Any]) -> dict[str, Any]:
    written = fields["published"]
    return {**fields, "published": date.fromisoformat(written) if written else None}


def _citation_dict(citation: Citation) -> dict[str, Any]:
    c = citation
    return {
        "number": c.number,
        **_source_dict(c),
        "quote": c.quote,
        **({"page": c.page} if c.page else {}),
        **({"also_in": [_source_dict(each) for each in c.also_in]} if c.also_in else {}),
    }


def _source_dict(source: Citation | AlsoIn) -> dict[str, Any]:
    return {
        "article_id": source.article_id,
        "version": source.version,
        "title": source.title,
        "publisher": source.publisher,
        "url": source.url,
        "published": source.published.isoformat() if source.published else None,
        "start": source.start,
        "end": source.end,
    }


def passage_dict(passage: Passage) -> dict[str, Any]:
    """The JSON form of one passage, as `ask` and `search` print it."""
    return {
        "article_id": passage.article_id,
        "start": passage.start,
        "end": passage.end,
        "text": passage.text,
        "score": round(passage.score, 6),
        "ranks": dict(passage.ranks),
    }
