"""What the metrics say of one answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from evals.cases import Case
from evals.engines import Engine
from evals.measures import CASE_DEFAULTS, holds, shortfall
from evals.metrics.coverage import citation_coverage, uncited_sentences
from evals.metrics.evidence import DEPTH, evidence_ranks, retrieval_metrics
from evals.metrics.facts import FactVerdict, fact_recall, judge_fact
from evals.metrics.gold import gold_hit
from evals.metrics.overlap import token_f1
from evals.metrics.precision import citation_precision, needed_markers
from evals.metrics.support import Carrier, SentenceSupport, citation_support, judge_support
from evals.metrics.validity import citation_validity, invalid_markers
from evals.metrics.verbatim import citation_verbatim, is_verbatim
from evals.results import CaseResult, CitationVerdict
from index.tokens import count_tokens
from rag.answer import Answer, Passage

Sources = dict[str, tuple[str, ...]]
"""Of a suite: key -> phrases of the articles that it means."""


def judge(
    case: Case, answer: Answer, engine: Engine, sources: Sources, *, took_ms: float = 0.0
) -> CaseResult:
    """What the metrics say of one answer."""
    found = _Retrieved.of(case, answer, engine)
    if not answer.answerable:
        refused = f"refused ({answer.refusal_reason}), an answer was due"
        return CaseResult(
            case=case,
            answer=answer,
            error=None,
            metrics=found.metrics,
            control=found.control,
            evidence=found.ranks,
            problems=(refused,) if case.expect == "answer" else (),
            took_ms=took_ms,
        )

    def text_of(article_id: str, version: str) -> str | None:
        article = engine.article(article_id, version)
        return None if article is None else article.text

    words = " ".join(s.text for s in answer.sentences)
    facts = tuple(judge_fact(fact, words, asked=case.asked) for fact in case.facts)
    gold_ids = _gold_ids(case, answer, engine, sources)
    carrier = Carrier(answer, text_of)
    sentences = judge_support(answer, carrier)
    needed = needed_markers(sentences, carrier)
    measured: dict[str, float | None] = {
        "facts": fact_recall(facts),
        "validity": citation_validity(answer),
        "coverage": citation_coverage(answer),
        "verbatim": citation_verbatim(answer, text_of),
        "gold": float(gold_hit(answer, gold_ids)) if case.gold else None,
        "support": citation_support(sentences),
        "precision": citation_precision(needed),
        "token_f1": token_f1(words, case.reference) if case.reference else None,
        **found.metrics,
        "answer_tokens": float(count_tokens(answer.answer)),
    }
    metrics = {name: value for name, value in measured.items() if value is not None}
    citations = tuple(
        CitationVerdict(
            number=c.number,
            verbatim=is_verbatim(c, text_of),
            gold=c.article_id in gold_ids if case.gold else None,
            needed=any(ok for n, ok in needed if n == c.number)
            if any(n == c.number for n, _ in needed)
            else None,
        )
        for c in answer.citations
    )
    return CaseResult(
        case=case,
        answer=answer,
        error=None,
        metrics=metrics,
        control=found.control,
        facts=facts,
        sentences=tuple(sentences),
        citations=citations,
        evidence=found.ranks,
        problems=tuple(_problems(case, answer, words, metrics, facts, sentences, citations)),
        took_ms=took_ms,
    )


def _problems(
    case: Case,
    answer: Answer,
    words: str,
    metrics: dict[str, float],
    facts: Sequence[FactVerdict],
    sentences: Sequence[SentenceSupport],
    citations: Sequence[CitationVerdict],
) -> Iterator[str]:
    """Why the case fails, in words; nothing when it passes."""
    if case.expect == "refuse":
        yield "answered, a refusal was due"
    if not words.strip():
        yield "the answer is empty"
    for metric, bound in (CASE_DEFAULTS | case.thresholds).items():
        value = metrics.get(metric)
        if value is None and metric not in case.thresholds:
            continue
        if value is not None and holds(metric, value, bound):
            continue
        if metric in case.thresholds:
            yield shortfall(metric, value, bound)
        if metric == "facts":
            for verdict in facts:
                if not verdict.found:
                    because = f" (says {verdict.blocked_by!r})" if verdict.blocked_by else ""
                    yield f"missed: {verdict.fact.text}{because}"
        elif metric == "validity":
            yield from (f"marker [{n}] does not resolve" for n in invalid_markers(answer))
        elif metric == "coverage":
            yield from (f"not cited: {sentence}" for sentence in uncited_sentences(answer))
        elif metric == "verbatim":
            yield from (f"[{c.number}] is not verbatim" for c in citations if not c.verbatim)
        elif metric == "gold":
            yield f"cites none of: {', '.join(case.gold)}"
        elif metric == "support":
            for each in sentences:
                if each.level != "supported":
                    yield f"{each.level}: {each.sentence.text} ({'; '.join(each.reasons)})"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Retrieved:
    """How retrieval did on one case, the engine's own and full text alone."""

    metrics: dict[str, float]
    control: dict[str, float]
    ranks: tuple[int | None, ...]

    @classmethod
    def of(cls, case: Case, answer: Answer, engine: Engine) -> _Retrieved:
        if not case.evidence:
            return cls(metrics={}, control={}, ranks=())
        passages = _texts(answer.passages)
        by_text = engine.full_text(answer.standalone_question, DEPTH)
        return cls(
            metrics=retrieval_metrics(passages, case.evidence),
            control={} if by_text is None else retrieval_metrics(_texts(by_text), case.evidence),
            ranks=tuple(evidence_ranks(passages, case.evidence)),
        )


def _texts(passages: Sequence[Passage]) -> list[str]:
    return [passage.text for passage in passages]


def _gold_ids(case: Case, answer: Answer, engine: Engine, sources: Sources) -> set[str]:
    """Of the cited articles, those that the case's gold keys mean."""
    phrases = [phrase for key in case.gold for phrase in sources[key]]
    cited = [engine.article(c.article_id, c.version) for c in answer.citations]
    return {a.article_id for a in cited if a and any(p in a.title or p in a.text for p in phrases)}
