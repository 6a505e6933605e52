"""Citation coverage: the share of an answer's content sentences that carry a citation that resolves.

A content sentence has a word that is more than a function word; "Both." or "***" need no citation.

Fails on: where the citation points (`verbatim`, `gold`), and on how finely the engine cuts its sentences: one
that puts a whole article into one sentence needs one marker, which is why the runner reports answer length.
"""

from __future__ import annotations

from evals.metrics.text import tokenize
from rag.answer import Answer, AnswerSentence


def content_sentences(answer: Answer) -> list[AnswerSentence]:
    """The sentences that say something."""
    return [s for s in answer.sentences if any(t.content for t in tokenize(s.text))]


def citation_coverage(answer: Answer) -> float | None:
    """Share of content sentences with a resolving citation, in [0, 1]; None where nothing is said."""
    sentences = content_sentences(answer)
    numbers = {c.number for c in answer.citations}
    covered = sum(any(n in numbers for n in s.citations) for s in sentences)
    return covered / len(sentences) if sentences else None


def uncited_sentences(answer: Answer) -> list[str]:
    """The content sentences without a resolving citation, in order."""
    numbers = {c.number for c in answer.citations}
    return [s.text for s in content_sentences(answer) if not any(n in numbers for n in s.citations)]
