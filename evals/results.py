"""The result of a case and of a whole suite, and the one verdict that follows from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from evals.cases import Case, Suite
from evals.measures import NEEDS, OF_A_CASE, OF_A_SUITE, RETRIEVAL, holds, shortfall
from evals.metrics.facts import FactVerdict
from evals.metrics.refusals import Outcome, RefusalTable, case_score, refusal_table
from evals.metrics.support import SentenceSupport
from rag.answer import Answer

if TYPE_CHECKING:
    from evals.baseline import Comparison
    from evals.judge import Agreement

Status = Literal["pass", "fail", "error"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CitationVerdict:
    """What the metrics say of one citation."""

    number: int
    verbatim: bool
    gold: bool | None
    """Whether it is of an article that the case names; None where it names none."""
    needed: bool | None
    """Whether a sentence needs it; None where no content sentence carries it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseResult:
    """One case, its answer, and what the metrics say of it."""

    case: Case
    answer: Answer | None
    """None where asking failed."""
    error: str | None
    metrics: dict[str, float] = field(default_factory=dict)
    """Those that apply, by the names of `evals.measures.OF_A_CASE`."""
    control: dict[str, float] = field(default_factory=dict)
    """The retrieval metrics of full text alone."""
    facts: tuple[FactVerdict, ...] = ()
    opinions: tuple[bool | None, ...] = ()
    """Of each fact, whether the judge sees it; empty without a judge."""
    sentences: tuple[SentenceSupport, ...] = ()
    citations: tuple[CitationVerdict, ...] = ()
    evidence: tuple[int | None, ...] = ()
    """Of each quote of the case's evidence, the rank of the first passage that holds it."""
    problems: tuple[str, ...] = ()
    """Why the case failed, in words; empty when it passed."""
    runs: tuple[Status, ...] = ()
    """How each run of the case ended, where it was put several times; the worst of them stands here."""
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
        if not self.ok:
            return shortfall(self.metric, self.value, self.bound)
        return f"{self.metric} {'not measured' if self.value is None else format(self.value, '.3g')}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SuiteResult:
    """All cases of a run, in the order of the suite, and its totals."""

    suite: Suite
    cases: tuple[CaseResult, ...]
    totals: dict[str, float | None]
    """By the names of `evals.measures`. Refusals stay out of all but their own and the retrieval's; errors
    stay out of all."""
    applied: dict[str, int]
    """Over how many cases each total is."""
    control: dict[str, float | None]
    """Totals of the retrieval metrics for full text alone."""
    refusals: RefusalTable
    thresholds: tuple[ThresholdVerdict, ...]
    thresholds_gate: bool = True
    """Whether a missed threshold fails the run."""
    comparison: Comparison | None = None
    """With the baseline, where one was given."""
    agreement: Agreement | None = None
    """Of the judge with the deterministic verdicts, where there was one."""
    judge_gates: bool = False
    left_out: int = 0
    """Cases of the suite that were not asked for."""

    def having(self, status: Status) -> list[CaseResult]:
        return [c for c in self.cases if c.status == status]

    @property
    def missed(self) -> list[ThresholdVerdict]:
        return [t for t in self.thresholds if not t.ok]

    @property
    def judged_down(self) -> list[CaseResult]:
        """Cases in which the judge, whose word counts, sees a fact missing."""
        return [c for c in self.cases if self.judge_gates and not all(c.opinions)]

    @property
    def exit_code(self) -> int:
        """0 pass, 1 a threshold is missed, something got worse or is missing to the judge, 3 an error."""
        if self.having("error"):
            return 3
        worse = self.comparison is not None and bool(self.comparison.regressions)
        return 1 if worse or self.judged_down or (self.missed and self.thresholds_gate) else 0

    @property
    def verdict(self) -> str:
        """One line that says what the exit code says."""
        of = counted(len(self.cases)) + (f" ({self.left_out} left out)" if self.left_out else "")
        passed = f"{len(self.having('pass'))} of {of} passed"
        name = self.suite.name
        if errors := self.having("error"):
            return f"ERROR {name}: {counted(len(errors))} errored ({_names(errors)}); {passed}"
        said = [passed]
        if self.comparison is not None:
            said.append(self.comparison.summary)
        if self.judged_down:
            said.append(f"the judge misses facts of {_names(self.judged_down)}")
        said.append(", ".join(map(str, self.missed or self.thresholds)))
        if self.missed and not self.thresholds_gate:
            said[-1] += ", which was not to decide"
        return f"{'FAIL' if self.exit_code else 'PASS'} {name}: {'; '.join(said)}"


def counted(cases: int) -> str:
    """So many cases, in words.

    >>> counted(1), counted(2)
    ('1 case', '2 cases')
    """
    return f"{cases} case{'' if cases == 1 else 's'}"


def _names(cases: Sequence[CaseResult]) -> str:
    return ", ".join(c.case.id for c in cases[:5]) + (", …" if len(cases) > 5 else "")


def summarize(
    suite: Suite, cases: Sequence[CaseResult], *, thresholds_gate: bool = True, left_out: int = 0
) -> SuiteResult:
    """Totals of the cases, and how they stand against the suite's thresholds."""
    table = refusal_table(c.outcome for c in cases if c.outcome is not None)
    measured = {m: [c.metrics[m] for c in cases if m in c.metrics] for m in OF_A_CASE}
    totals: dict[str, float | None] = {metric: _mean(values) for metric, values in measured.items()}
    totals |= {"refusals": table.refusals, "false_refusals": table.false_refusals, "score": table.score}
    verdicts = [
        ThresholdVerdict(metric=m, value=totals[m], bound=bound, ok=_ok(m, totals[m], bound, cases))
        for m, bound in suite.thresholds.items()
    ]
    return SuiteResult(
        suite=suite,
        cases=tuple(cases),
        totals=totals,
        applied={metric: len(values) for metric, values in measured.items()},
        control={m: _mean([c.control[m] for c in cases if m in c.control]) for m in RETRIEVAL},
        refusals=table,
        thresholds=tuple(verdicts),
        thresholds_gate=thresholds_gate,
        left_out=left_out,
    )


def _ok(metric: str, value: float | None, bound: float, cases: Sequence[CaseResult]) -> bool:
    """Whether a total keeps its bound. What no case could have measured does."""
    if value is not None:
        return holds(metric, value, bound)
    if metric == "refusals":
        return all(c.case.expect == "answer" for c in cases)
    if metric in OF_A_SUITE or metric not in NEEDS:
        return all(c.case.expect == "refuse" for c in cases)
    return not any(getattr(c.case, NEEDS[metric]) for c in cases)


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None
