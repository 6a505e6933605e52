"""What the metrics say of one answer, and what the answers of a whole suite come to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from evals.cases import UPPER_BOUNDS, Case, Suite
from evals.engines import Engine
from evals.metrics.coverage import citation_coverage, uncited_sentences
from evals.metrics.facts import FactVerdict, fact_recall, judge_fact
from evals.metrics.gold import gold_hit
from evals.metrics.refusals import Outcome, RefusalTable, case_score, refusal_table
from evals.metrics.validity import citation_validity, invalid_markers
from evals.metrics.verbatim import citation_verbatim, is_verbatim
from index.tokens import count_tokens
from rag.answer import Answer

Status = Literal["pass", "fail", "error"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseResult:
    """One case, its answer, and what the metrics say of it. A metric that does not apply is None."""

    case: Case
    answer: Answer | None
    """None where asking failed."""
    error: str | None
    facts: tuple[FactVerdict, ...] = ()
    validity: float | None = None
    coverage: float | None = None
    verbatim: float | None = None
    gold: bool | None = None
    answer_tokens: int | None = None
    """Length of the answer by tiktoken; None for refusals."""
    problems: tuple[str, ...] = ()
    """Why the case failed, in words; empty when it passed."""
    took_ms: float = 0.0

    @property
    def status(self) -> Status:
        if self.error is not None:
            return "error"
        return "fail" if self.problems else "pass"

    @property
    def outcome(self) -> Outcome | None:
        """As the refusal metric sees it; None where the case errored."""
        if self.answer is None:
            return None
        right = all(v.found for v in self.facts)
        return Outcome(expect=self.case.expect, refused=not self.answer.answerable, right=right)

    @property
    def score(self) -> int | None:
        return None if self.outcome is None else case_score(self.outcome)


@dataclass(frozen=True, slots=True, kw_only=True)
class ThresholdVerdict:
    """One total against its bound."""

    metric: str
    value: float | None
    bound: float
    ok: bool

    def __str__(self) -> str:
        shown = "not measured" if self.value is None else f"{self.value:.3g}"
        side = "above" if self.metric in UPPER_BOUNDS else "below"
        return f"{self.metric} {shown}" + ("" if self.ok else f" ({side} {self.bound:g})")


@dataclass(frozen=True, slots=True, kw_only=True)
class SuiteResult:
    """All cases of a run, in the order of the suite, and its totals."""

    suite: Suite
    cases: tuple[CaseResult, ...]
    totals: dict[str, float | None]
    """By the names of the thresholds. Refusals stay out of all but their own; errors stay out of all."""
    refusals: RefusalTable
    thresholds: tuple[ThresholdVerdict, ...]

    def having(self, status: Status) -> list[CaseResult]:
        return [c for c in self.cases if c.status == status]

    @property
    def exit_code(self) -> int:
        if self.having("error"):
            return 3
        return 0 if all(t.ok for t in self.thresholds) else 1

    @property
    def verdict(self) -> str:
        """One line that says what the exit code says."""
        passed = f"{len(self.having('pass'))} of {len(self.cases)} cases passed"
        if errors := self.having("error"):
            names = ", ".join(c.case.id for c in errors[:5]) + (", …" if len(errors) > 5 else "")
            return f"ERROR {self.suite.name}: {len(errors)} cases errored ({names}); {passed}"
        missed = [t for t in self.thresholds if not t.ok]
        word = "FAIL" if missed else "PASS"
        return f"{word} {self.suite.name}: {passed}; {', '.join(map(str, missed or self.thresholds))}"


def judge(
    case: Case, answer: Answer, engine: Engine, sources: dict[str, tuple[str, ...]], *, took_ms: float = 0.0
) -> CaseResult:
    """What the metrics say of one answer."""
    if not answer.answerable:
        refused = f"refused ({answer.refusal_reason}), an answer was due"
        return CaseResult(
            case=case,
            answer=answer,
            error=None,
            problems=(refused,) if case.expect == "answer" else (),
            took_ms=took_ms,
        )

    def text_of(article_id: str, version: str) -> str | None:
        article = engine.article(article_id, version)
        return None if article is None else article.text

    words = " ".join(s.text for s in answer.sentences)
    facts = tuple(judge_fact(fact, words, asked=case.asked) for fact in case.facts)
    gold = gold_hit(answer, _gold_ids(case, answer, engine, sources)) if case.gold else None
    problems: list[str] = []
    if case.expect == "refuse":
        problems.append("answered, a refusal was due")
    if not words.strip():
        problems.append("the answer is empty")
    for verdict in facts:
        if not verdict.found:
            because = f" (says {verdict.blocked_by!r})" if verdict.blocked_by else ""
            problems.append(f"missed: {verdict.fact.text}{because}")
    problems += [f"marker [{n}] does not resolve" for n in invalid_markers(answer)]
    problems += [f"not cited: {sentence}" for sentence in uncited_sentences(answer)]
    problems += [f"[{c.number}] is not verbatim" for c in answer.citations if not is_verbatim(c, text_of)]
    if gold is False:
        problems.append(f"cites none of: {', '.join(case.gold)}")
    return CaseResult(
        case=case,
        answer=answer,
        error=None,
        facts=facts,
        validity=citation_validity(answer),
        coverage=citation_coverage(answer),
        verbatim=citation_verbatim(answer, text_of),
        gold=gold,
        answer_tokens=count_tokens(answer.answer),
        problems=tuple(problems),
        took_ms=took_ms,
    )


def _gold_ids(case: Case, answer: Answer, engine: Engine, sources: dict[str, tuple[str, ...]]) -> set[str]:
    """Of the cited articles, those that the case's gold keys mean."""
    phrases = [phrase for key in case.gold for phrase in sources[key]]
    cited = [engine.article(c.article_id, c.version) for c in answer.citations]
    return {a.article_id for a in cited if a and any(p in a.title or p in a.text for p in phrases)}


def summarize(suite: Suite, cases: Sequence[CaseResult]) -> SuiteResult:
    """Totals of the cases, and how they stand against the suite's thresholds."""
    table = refusal_table(c.outcome for c in cases if c.outcome is not None)
    totals: dict[str, float | None] = {
        "facts": _mean(fact_recall(c.facts) for c in cases),
        "validity": _mean(c.validity for c in cases),
        "coverage": _mean(c.coverage for c in cases),
        "verbatim": _mean(c.verbatim for c in cases),
        "gold": _mean(c.gold for c in cases),
        "refusals": table.refusals,
        "false_refusals": table.false_refusals,
        "score": table.score,
        "answer_tokens": _mean(c.answer_tokens for c in cases),
    }
    verdicts = [
        ThresholdVerdict(metric=m, value=totals[m], bound=b, ok=_holds(m, totals[m], b, suite))
        for m, b in suite.thresholds.items()
    ]
    return SuiteResult(
        suite=suite, cases=tuple(cases), totals=totals, refusals=table, thresholds=tuple(verdicts)
    )


def _holds(metric: str, value: float | None, bound: float, suite: Suite) -> bool:
    """Whether a total keeps its bound. What was not measured holds only if no case could have measured it."""
    if value is None:
        if metric == "refusals":
            return all(c.expect == "answer" for c in suite.cases)
        if metric == "gold":
            return not any(c.gold for c in suite.cases)
        return all(c.expect == "refuse" for c in suite.cases)
    return value <= bound if metric in UPPER_BOUNDS else value >= bound


def _mean(values: Iterable[float | None]) -> float | None:
    known = [v for v in values if v is not None]
    return sum(known) / len(known) if known else None
