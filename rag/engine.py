"""Question in, checked answer out: `CitedQueryEngine`, also a LlamaIndex query engine."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

from llama_index.core.base.base_query_engine import BaseQueryEngine
from llama_index.core.base.response.schema import RESPONSE_TYPE, Response
from llama_index.core.prompts.mixin import PromptMixinType
from llama_index.core.schema import NodeWithScore, QueryBundle
from llama_index_instrumentation import get_dispatcher

from index.article import Filters
from index.errors import UsageError
from index.library import Library
from rag import conversation
from rag.answer import Answer, Passage, RefusalReason, Turn
from rag.answerers import verbatim
from rag.citations import Cited, cite, with_markers
from rag.evidence import Evidence, EvidenceModel, find_evidence, shipped_model
from rag.prompts import REFUSAL, REFUSAL_REASONS
from rag.question import Question, analyse
from rag.retriever import HybridRetriever, Retrieval, as_node
from rag.settings import Settings, load_settings
from rag.weights import TermWeights

_dispatcher = get_dispatcher(__name__)

History = Sequence[Turn | Mapping[str, str]]


class CitedQueryEngine(BaseQueryEngine):
    """Answers questions from one library. Holds no conversation; safe to use from threads."""

    def __init__(
        self, library: Library, *, settings: Settings | None = None, model: EvidenceModel | None = None
    ) -> None:
        self.library = library
        self._settings = settings or load_settings()
        self._model = model or shipped_model()
        self._retriever = HybridRetriever(library, top_k=self._settings.top_k)
        super().__init__(callback_manager=None)

    @classmethod
    def open(cls, library: str | Path = "library", *, settings: Settings | None = None) -> CitedQueryEngine:
        """An engine over the library in a folder.

        Raises:
            LibraryError: the folder holds no library, or one that cannot be used.
        """
        settings = settings or load_settings()
        return cls(Library.open(library, embedder=settings.embedder), settings=settings)

    def close(self) -> None:
        """Closes the library."""
        self.library.close()

    def __enter__(self) -> CitedQueryEngine:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @_dispatcher.span
    def ask(
        self,
        question: str,
        history: History = (),
        *,
        filters: Filters = Filters(),
        top_k: int | None = None,
        id: str | None = None,
    ) -> Answer:
        """The answer, or a refusal with its reason.

        Args:
            question: In plain language; at most `Settings.max_question_chars` characters.
            history: Earlier exchanges, oldest first, as `Turn` or `{"question", "answer"}`.
            filters: Which articles may answer.
            top_k: Passages to retrieve; the setting's number when None.
            id: Passed through to the answer.

        Raises:
            UsageError: the question is empty or too long, or the history is not one.
        """
        clock = _Clock()
        asked = self._checked(question)
        alone = conversation.standalone(asked, _turns(history))
        with clock.time("retrieve"):
            analysed = self._analyse(alone)
            retrieval = self._retriever.search(alone, top_k=top_k, filters=filters)
        with clock.time("evidence"):
            evidence = find_evidence(analysed, retrieval, self._model)
            reason = self._refusal(analysed, retrieval, evidence, filters)
        with clock.time("answer"):
            cited = Cited((), (), 0)
            if reason is None:
                cited = cite(verbatim.write(analysed, evidence), self.library.show)
                if not cited.sentences:
                    reason = "no_evidence"
        return Answer(
            id=id,
            question=question,
            standalone_question=alone,
            answerable=reason is None,
            refusal_reason=reason,
            answer=_in_words(cited, reason, evidence.gaps),
            sentences=cited.sentences,
            citations=cited.citations,
            passages=retrieval.passages,
            confidence=evidence.confidence,
            answerer=verbatim.NAME,
            timings_ms=clock.timings(),
        )

    def stream(
        self, question: str, history: History = (), *, filters: Filters = Filters(), top_k: int | None = None
    ) -> Iterator[str | Answer]:
        """The answer's text in pieces, then the `Answer` itself; arguments and errors as for `ask`."""
        answer = self.ask(question, history, filters=filters, top_k=top_k)
        if answer.sentences:
            for number, sentence in enumerate(answer.sentences):
                yield (" " if number else "") + with_markers(sentence)
        else:
            yield answer.answer
        yield answer

    @_dispatcher.span
    def search(
        self, question: str, *, filters: Filters = Filters(), top_k: int | None = None
    ) -> tuple[Passage, ...]:
        """The passages that an answer would be looked for in, best first."""
        return self._retriever.search(self._checked(question), top_k=top_k, filters=filters).passages

    def _query(self, query_bundle: QueryBundle) -> RESPONSE_TYPE:
        answer = self.ask(query_bundle.query_str)
        return Response(
            response=answer.answer,
            source_nodes=self._cited_nodes(answer),
            metadata={"answer": answer.to_dict()},
        )

    async def _aquery(self, query_bundle: QueryBundle) -> RESPONSE_TYPE:
        return self._query(query_bundle)

    def _get_prompt_modules(self) -> PromptMixinType:
        return {}

    def _cited_nodes(self, answer: Answer) -> list[NodeWithScore]:
        """One node a citation, in order of their numbers: the quoted span, not the whole passage."""
        return [
            as_node(
                chunk_id=f"{c.article_id}:{c.version[:12]}:{c.start}-{c.end}",
                text=c.quote,
                start=c.start,
                end=c.end,
                metadata={
                    "number": c.number,
                    "article_id": c.article_id,
                    "version": c.version,
                    "title": c.title,
                    "publisher": c.publisher,
                    "url": c.url,
                    "published": c.published.isoformat() if c.published else None,
                },
                score=answer.confidence,
            )
            for c in answer.citations
        ]

    def _checked(self, question: str) -> str:
        stripped = question.strip()
        if not stripped:
            raise UsageError("the question is empty", hint="ask something about the articles")
        limit = self._settings.max_question_chars
        if len(stripped) > limit:
            raise UsageError(
                f"the question has {len(stripped):,} characters; the limit is {limit:,}",
                hint="shorten it, or raise CITEWELL_MAX_QUESTION_CHARS",
            )
        return stripped

    def _analyse(self, question: str) -> Question:
        return analyse(question, TermWeights.of(self.library))

    def _refusal(
        self, question: Question, retrieval: Retrieval, evidence: Evidence, filters: Filters
    ) -> RefusalReason | None:
        """Why not to answer; None to answer."""
        if evidence.sentences and not self._too_weak(evidence):
            return None
        if not self.library.article_count():
            return "empty_library"
        if filters and not self.library.count_matching(filters):
            return "filtered_out"
        if filters and self._answers_without(question):
            return "filtered_out"
        return "low_evidence" if evidence.sentences else "no_evidence"

    def _too_weak(self, evidence: Evidence) -> bool:
        threshold = self._settings.refuse_below
        return evidence.confidence < (self._model.threshold if threshold is None else threshold)

    def _answers_without(self, question: Question) -> bool:
        """Whether the whole library answers what the filtered one does not."""
        unfiltered = find_evidence(question, self._retriever.search(question.text), self._model)
        return bool(unfiltered.sentences) and not self._too_weak(unfiltered)


class _Clock:
    """Wall time of the steps of one answer, in milliseconds."""

    def __init__(self) -> None:
        self._start = time.perf_counter()
        self._steps: dict[str, float] = {}

    @contextmanager
    def time(self, step: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        self._steps[step] = (time.perf_counter() - start) * 1000

    def timings(self) -> dict[str, float]:
        return {**self._steps, "total": (time.perf_counter() - self._start) * 1000}


def _turns(history: History) -> list[Turn]:
    turns = []
    for number, turn in enumerate(history, start=1):
        if isinstance(turn, Turn):
            turns.append(turn)
            continue
        fields: Any = turn
        if not isinstance(fields, Mapping) or not isinstance(fields.get("question"), str):
            raise UsageError(
                f"history entry {number} is not an exchange: {fields!r}"[:200],
                hint='each entry is {"question": "…", "answer": "…"}',
            )
        turns.append(Turn(question=fields["question"], answer=str(fields.get("answer") or "")))
    return turns


def _in_words(cited: Cited, reason: RefusalReason | None, gaps: Sequence[str]) -> str:
    if reason == "low_evidence" and gaps:
        return " ".join((REFUSAL, *gaps))
    if reason is not None:
        return f"{REFUSAL} {REFUSAL_REASONS[reason]}"
    return " ".join(with_markers(sentence) for sentence in cited.sentences)
