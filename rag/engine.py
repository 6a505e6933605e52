"""Question in, checked answer out: `CitedQueryEngine`, also a LlamaIndex query engine."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any

from llama_index.core.base.base_query_engine import BaseQueryEngine
from llama_index.core.base.response.schema import RESPONSE_TYPE, Response
from llama_index.core.llms import LLM
from llama_index.core.postprocessor.types import BaseNodePostprocessor
from llama_index.core.prompts.mixin import PromptMixinType
from llama_index.core.schema import QueryBundle
from llama_index_instrumentation import get_dispatcher

from index.article import Filters
from index.errors import ModelError, UsageError
from index.library import Library
from rag import conversation
from rag.answer import Answer, AnswerSentence, Found, Passage, RefusalReason, Turn
from rag.answerers import generative, verbatim
from rag.answering import Answering
from rag.citations import CitationDesk, written
from rag.clock import Clock
from rag.collection import answering as collection
from rag.collection.matching import sources_named
from rag.collection.query import CollectionQuery
from rag.collection.recognising import recognise, recognise_in
from rag.conversation import Standalone
from rag.courtesies import courtesy_of
from rag.evidence import Evidence, EvidenceModel, find_evidence, shipped_model
from rag.models.writer import Writer
from rag.nodes import citation_node
from rag.postprocessing import load_postprocessors
from rag.prompts import COURTESIES, NO_LONGER_STANDS, NOT_FROM_TODAY, REFUSAL, REFUSAL_REASONS
from rag.question import Question, analyse
from rag.relative import relative_time
from rag.retriever import HybridRetriever
from rag.rewriting import rewritten
from rag.settings import Settings, load_settings
from rag.weights import TermWeights

_dispatcher = get_dispatcher(__name__)

History = Sequence[Turn | Mapping[str, str]]


class CitedQueryEngine(BaseQueryEngine):
    """Answers questions from one library. Holds no conversation; safe to use from threads."""

    def __init__(
        self,
        library: Library,
        *,
        settings: Settings | None = None,
        model: EvidenceModel | None = None,
        llm: LLM | None = None,
        postprocessors: Sequence[BaseNodePostprocessor] | None = None,
    ) -> None:
        """An engine over an open library.

        Args:
            library: Closed by `close`.
            settings: From the environment when None.
            model: How evidence is weighed; the shipped model when None.
            llm: Who writes the answers: any LlamaIndex LLM. When None, the one that `Settings.llm` names.
            postprocessors: LlamaIndex's, a reranker for instance, that passages go through before evidence is
                looked for in them. When None, those that `Settings.postprocessors` names.

        Raises:
            UsageError: the settings name no model, or one whose extra is not installed, or no postprocessor.
        """
        self.library = library
        self._settings = settings or load_settings()
        self._model = model or shipped_model()
        self._writer = (
            Writer.by_name(self._settings.llm, self._settings)
            if llm is None
            else Writer(llm, name=llm.metadata.model_name, is_local=hasattr(llm, "first_token_probabilities"))
        )
        if postprocessors is None:
            postprocessors = load_postprocessors(self._settings.postprocessors)
        self._retriever = HybridRetriever(library, top_k=self._settings.top_k, postprocessors=postprocessors)
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
        """Closes the library, and the model if there is one."""
        if self._writer is not None:
            self._writer.close()
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

    def warm_up(self) -> None:
        """Load the embedder; and the local model, which then reads what every question begins with.

        Raises:
            LibraryError: the embedder is not the library's.
            ModelError: it cannot be loaded, or its file is not there and cannot be made.
        """
        _ = self.library.embedder
        if self._writer is not None and self._writer.is_local:
            self._writer.yes_probability(generative.INSTRUCTION)

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
            ModelError: the model failed, and the settings do not let quotes take its place; or a
                postprocessor failed.
        """
        *_, answer = self._steps(question, history, filters, top_k)
        assert isinstance(answer, Answer)
        return replace(answer, id=id)

    def stream(
        self,
        question: str,
        history: History = (),
        *,
        filters: Filters = Filters(),
        top_k: int | None = None,
        sources_first: bool = False,
    ) -> Iterator[Found | str | Answer]:
        """The answer's text in pieces, then the `Answer`; arguments and errors as for `ask`.

        A piece is a whole sentence with its markers: nothing is given out before it is verified. With
        `sources_first`, what was found comes before all text, as `Found`: a model takes seconds to begin.
        """
        begun = False
        for step in self._steps(question, history, filters, top_k):
            if isinstance(step, Found):
                if sources_first:
                    yield step
                continue
            if isinstance(step, AnswerSentence):
                yield written(step, first=not begun)
                begun = True
                continue
            if isinstance(step, Answer) and not begun:
                yield step.answer  # the refusal in words
            yield step

    def _steps(
        self, question: str, history: History, filters: Filters, top_k: int | None
    ) -> Iterator[Found | AnswerSentence | Answer]:
        """What `stream` gives out, sentences not yet as text."""
        clock = Clock()
        asked = self._checked(question)
        turns = _turns(history)
        if (courtesy := courtesy_of(asked)) is not None:
            yield _reply(question, COURTESIES[courtesy], clock)
            return
        with clock.time("rewrite"):
            by_rule = conversation.standalone(asked, turns)
            query = self._about_the_collection(asked, by_rule, turns)
        if query is not None:
            with clock.time("retrieve"):
                counted = collection.answer(self.library, query, filters)
            if counted is not None:
                yield from self._from_catalogue(question, query, counted, clock, top_k, filters)
                return
        with clock.time("rewrite"):
            alone = self._standalone(asked, turns, by_rule)
        with clock.time("retrieve"):
            retrieval = self._retriever.search(alone, top_k=top_k, filters=filters)
            alone = retrieval.question
            analysed = self._analyse(alone)
        yield Found(question=question, standalone_question=alone, passages=retrieval.passages)
        with clock.time("evidence"):
            evidence = find_evidence(analysed, retrieval, self._model)
        desk = CitationDesk(self.library.show, partial(self.library.reprints.saying, filters=filters))
        answering = Answering(self._writer, self._settings, self.library.show)
        if evidence.sentences:
            for draft in answering.write(analysed, evidence, clock):
                if (sentence := desk.check(draft)) is not None:
                    yield sentence
        if desk.dropped and desk.sentences:
            answering.notices = (*answering.notices, NO_LONGER_STANDS)
        elif desk.dropped:
            evidence, filters = replace(evidence, gaps=(NO_LONGER_STANDS,)), Filters()
        reason = None
        if not desk.sentences:
            reason = self._reason(analysed, evidence, filters, answering)
        words = relative_time(alone)
        dating = (NOT_FROM_TODAY.format(words=words),) if words else ()
        yield Answer(
            question=question,
            standalone_question=alone,
            answerable=reason is None,
            refusal_reason=reason,
            answer=_in_words(desk.sentences, reason, (*evidence.gaps, *dating)),
            sentences=tuple(desk.sentences),
            citations=desk.citations,
            passages=retrieval.passages,
            confidence=answering.confidence,
            answerer=answering.name,
            dropped_markers=answering.dropped,
            notices=(*retrieval.notices, *answering.notices, *(dating if reason is None else ())),
            timings_ms=clock.timings(),
        )

    def _from_catalogue(
        self,
        question: str,
        query: CollectionQuery,
        counted: collection.CollectionAnswer,
        clock: Clock,
        top_k: int | None,
        filters: Filters,
    ) -> Iterator[Found | AnswerSentence | Answer]:
        """What `_steps` gives out for a question about the collection; no model is asked."""
        alone = question if recognise(question, self._is_source) == query else query.in_words()
        desk = CitationDesk(self.library.show)
        with clock.time("answer"):
            yield from filter(None, map(desk.check, counted.drafts))
        reason = counted.reason if desk.sentences else counted.reason or "no_evidence"
        passages: tuple[Passage, ...] = ()
        if reason is not None:
            passages = self._retriever.search(alone, top_k=top_k, filters=filters).passages
        yield Answer(
            question=question,
            standalone_question=alone,
            answerable=reason is None,
            refusal_reason=reason,
            answer=f"{REFUSAL} {counted.refusal}" if reason else _in_words(desk.sentences, None, ()),
            sentences=tuple(desk.sentences),
            citations=desk.citations,
            passages=passages,
            confidence=0.0 if reason else 1.0,
            answerer=collection.NAME,
            timings_ms=clock.timings(),
        )

    def _about_the_collection(
        self, question: str, by_rule: Standalone, history: Sequence[Turn]
    ) -> CollectionQuery | None:
        found = recognise_in(question, history, self._is_source)
        if found is None and not by_rule.is_patched:  # "how many articles mention him?"
            found = recognise(by_rule.text, self._is_source)
        return found

    def _is_source(self, name: str) -> bool:
        return any(sources_named(self.library, name))

    @_dispatcher.span
    def search(
        self,
        question: str,
        history: History = (),
        *,
        filters: Filters = Filters(),
        top_k: int | None = None,
    ) -> tuple[Passage, ...]:
        """The passages that an answer would be looked for in, best first; arguments as for `ask`.

        Where the question quotes words, all have them.
        """
        alone = conversation.standalone(self._checked(question), _turns(history)).text
        found = self._retriever.search(alone, top_k=top_k, filters=filters)
        return () if found.gaps else found.passages

    def _query(self, query_bundle: QueryBundle) -> RESPONSE_TYPE:
        answer = self.ask(query_bundle.query_str)
        return Response(
            response=answer.answer,
            source_nodes=[citation_node(each, score=answer.confidence) for each in answer.citations],
            metadata={"answer": answer.to_dict()},
        )

    async def _aquery(self, query_bundle: QueryBundle) -> RESPONSE_TYPE:
        return await asyncio.to_thread(self._query, query_bundle)  # the loop goes on while it is answered

    def _get_prompt_modules(self) -> PromptMixinType:
        return {}

    def _standalone(self, question: str, history: Sequence[Turn], by_rule: Standalone) -> str:
        """The question written out: by rule where a rule does it well, else by the model if there is one."""
        if not by_rule.is_patched or self._writer is None:
            return by_rule.text
        try:
            return rewritten(question, history, self._writer) or by_rule.text
        except ModelError:  # it will be told of when it does not answer either
            return by_rule.text

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

    def _reason(
        self, question: Question, evidence: Evidence, filters: Filters, answering: Answering
    ) -> RefusalReason:
        """Why there is no answer."""
        if not self.library.article_count():
            return "empty_library"
        if filters and not self.library.count_matching(filters):
            return "filtered_out"
        if filters and self._answers_without_filters(question, answering):
            return "filtered_out"
        return "low_evidence" if evidence.sentences else "no_evidence"

    def _answers_without_filters(self, question: Question, answering: Answering) -> bool:
        """Whether the whole library answers what the filtered one does not, as far as evidence tells."""
        unfiltered = find_evidence(question, self._retriever.search(question.text), self._model)
        return bool(unfiltered.sentences) and not answering.refuses(unfiltered)


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
    return [turn for turn in turns if courtesy_of(turn.question) is None]


def _reply(question: str, words: str, clock: Clock) -> Answer:
    """What is said to a courtesy: nothing is looked for, so nothing is found."""
    return Answer(
        question=question,
        standalone_question=question,
        answerable=False,
        refusal_reason="no_evidence",
        answer=words,
        sentences=(),
        citations=(),
        passages=(),
        confidence=0.0,
        answerer=verbatim.NAME,
        timings_ms=clock.timings(),
    )


def _in_words(sentences: Sequence[AnswerSentence], reason: RefusalReason | None, gaps: Sequence[str]) -> str:
    if reason == "low_evidence" and gaps:
        return " ".join((REFUSAL, *gaps))
    if reason is not None:
        return f"{REFUSAL} {REFUSAL_REASONS[reason]}"
    return "".join(written(sentence, first=not n) for n, sentence in enumerate(sentences))
