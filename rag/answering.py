"""From evidence to draft sentences: whether to answer, who writes, and what happens when a model fails."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from itertools import chain, islice

from index.errors import ModelError
from rag.answerability import SAID_NO, SAID_YES, shipped_answerability
from rag.answerers import generative, verbatim
from rag.answerers.backing import backing
from rag.answerers.blocks import made_whole
from rag.citations import DraftSentence, ReadVersion
from rag.clock import Clock
from rag.disagreement import differing, find_disagreement
from rag.evidence import Evidence
from rag.models.writer import Message, Writer
from rag.prompts import FELL_BACK, NOTHING_STOOD, SAYS_YES, STOPPED_EARLY
from rag.question import Question
from rag.settings import Settings

FACT_TOKENS = 160
"""What a model may write when asked for one fact; `Settings.llm_max_tokens` when for several."""
FACT_SENTENCES = 3
MOST_SENTENCES = 10

_OPINION = re.compile(r"^\W*(yes|no)\b[\s.,:;!—*_-]*", re.IGNORECASE)
_LONGEST_OPINION = 12
_CITES = re.compile(r"\w\W{1,3}[\[(【]\s*[a-z]\d[a-z]\b", re.IGNORECASE)
"""A key behind words (`rag.answerers.generative`)."""
_OF_NO_ANSWER = re.compile(r"\b(?:sentences?|articles?|texts?|they) (?:do|does|did)(?: not|n['’]t)\b", re.I)
_LONGEST_UNCITED = 600
"""Characters of a reply to a question of yes or no, read to see whether its No is an answer."""


class Answering:
    """One question's answer in the making; what came of it stands in its attributes."""

    def __init__(self, writer: Writer | None, settings: Settings, read: ReadVersion) -> None:
        self.confidence = 0.0
        """Calibrated probability that the library answers the question."""
        self.name = writer.name if writer is not None else verbatim.NAME
        """Who wrote."""
        self.dropped = 0
        """Markers of the model that resolved to nothing."""
        self.notices: tuple[str, ...] = ()
        """What the reader should know."""
        self._writer = writer
        self._settings = settings
        self._read = read

    def write(self, question: Question, evidence: Evidence, clock: Clock) -> Iterator[DraftSentence]:
        """The sentences of the answer as they come; none is a refusal.

        Raises:
            ModelError: the model failed before its first sentence, and quotes may not take its place.
        """
        if self._writer is None or _is_only_quoted(question, self._writer):
            self.name = verbatim.NAME
            yield from self._quote(question, evidence, clock)
            return
        written = 0
        try:
            with closing(self._generate(question, evidence, self._writer, clock)) as drafts:
                for draft in drafts:
                    yield draft
                    written += 1
        except ModelError as error:
            if not written and not self._may_fall_back(self._writer):
                raise
            told = STOPPED_EARLY if written else FELL_BACK
            self.notices = (told.format(name=self._writer.name, cause=error.message),)
            if not written:
                self.name = verbatim.NAME
                yield from self._quote(question, evidence, clock)

    def refuses(self, evidence: Evidence) -> bool:
        """Whether the evidence alone, without any model's opinion, is too weak."""
        return evidence.confidence < self._threshold(evidence.threshold)

    def _quote(self, question: Question, evidence: Evidence, clock: Clock) -> Iterator[DraftSentence]:
        self.confidence = evidence.confidence
        if not self.refuses(evidence):
            with clock.time("answer"):
                quotes = verbatim.write(question, evidence)
                drafts = _differing(question, evidence) or self._whole(question, quotes)
            yield from drafts

    def _generate(
        self, question: Question, evidence: Evidence, writer: Writer, clock: Clock
    ) -> Generator[DraftSentence]:
        model = shipped_answerability()
        threshold = self._threshold(model.threshold_for(evidence))
        self.confidence = model.confidence(evidence, SAID_NO)
        if model.confidence(evidence, 1.0) < threshold:  # nothing the model could say would change it
            return
        shown = generative.exhibits(question, evidence)
        messages = generative.prompt(question, shown)
        with clock.time("opinion"):
            opinion, pieces = self._opinion(writer, messages, question)
        self.confidence = model.confidence(evidence, opinion)
        with closing(pieces):
            if self.confidence < threshold:
                return
            if differing := _differing(question, evidence):
                yield from differing
                return
            verifier = generative.Verifier(question, shown, writer)
            most = MOST_SENTENCES if question.asks_for_several else FACT_SENTENCES
            written: list[DraftSentence] = []
            for draft in islice(verifier.sentences(pieces), most):
                clock.mark("first_sentence")
                written.append(draft)
                yield draft
            self.dropped = verifier.dropped
        if written and writer.is_local:
            yield from self._whole(question, backing(question, evidence, written))
        if not written:
            self.notices = (NOTHING_STOOD.format(name=writer.name),)
            yield from self._whole(question, verbatim.write(question, evidence))

    def _whole(self, question: Question, quotes: Sequence[DraftSentence]) -> tuple[DraftSentence, ...]:
        return made_whole(quotes, self._read, several=question.asks_for_several)

    def _opinion(
        self, writer: Writer, messages: tuple[Message, ...], question: Question
    ) -> tuple[float, Generator[str]]:
        """How likely the model says Yes, and the rest of its reply."""
        room = self._settings.llm_max_tokens
        max_tokens = room if question.asks_for_several else min(room, FACT_TOKENS)
        if writer.takes_prefix:
            opinion = writer.yes_probability(messages)
            pieces = writer.stream(messages, max_tokens=max_tokens, assistant_prefix=SAYS_YES)
            return (SAID_NO if opinion is None else opinion), _resumed("", pieces)
        pieces = writer.stream(messages, max_tokens=max_tokens)
        head = ""
        for piece in pieces:
            head += piece
            if len(head.strip()) > _LONGEST_OPINION or len(head.split()) > 1:
                break
        said = _OPINION.match(head)
        if said is None:
            return SAID_YES, _resumed(head, pieces)
        opinion, rest = SAID_YES, head[said.end() :]
        if said[1].lower() == "no":
            rest += _until_cited(pieces) if question.kind == "yes_no" else ""
            opinion = SAID_YES if _CITES.search(rest) and not _OF_NO_ANSWER.search(rest) else SAID_NO
        return opinion, _resumed(rest[:1].upper() + rest[1:], pieces)

    def _may_fall_back(self, writer: Writer) -> bool:
        return writer.is_local if self._settings.fall_back is None else self._settings.fall_back

    def _threshold(self, measured: float) -> float:
        return measured if self._settings.refuse_below is None else self._settings.refuse_below


def _until_cited(pieces: Iterator[str]) -> str:
    """What comes up to the first marker: "No, the mutiny failed [k7f]" answers, "No." does not."""
    read = ""
    for piece in pieces:
        read += piece
        if _CITES.search(read) or len(read) > _LONGEST_UNCITED:
            break
    return read


def _is_only_quoted(question: Question, writer: Writer) -> bool:
    """Whether a model had better not answer.

    To "Did the mutiny succeed?" a small one says that the sentences do not state it, though they say that it
    failed; and a reply that is begun with Yes for it would be read as the answer.
    """
    return writer.is_local and question.kind == "yes_no"


def _differing(question: Question, evidence: Evidence) -> tuple[DraftSentence, ...]:
    """The sentence that says that articles differ on what was asked; none where they do not."""
    sentences = find_disagreement(question, evidence)
    return (differing(sentences),) if sentences else ()


def _resumed(head: str, rest: Iterator[str]) -> Generator[str]:
    """A stream with what was read of it put back; closing it closes the stream."""
    try:
        yield from chain([head], rest)
    finally:
        close = getattr(rest, "close", None)
        if close is not None:
            close()
