"""Do the metrics notice what is wrong? `python -m evals.benchmarks.mutations [SUITE…] [--out DIR]`

Of every answerable case of the suites that ship, a right answer is made from its evidence and then spoilt in
one place at a time (`evals.benchmarks.mutants`). Printed, for each kind of damage and each metric that ought
to fall: the share of mutants on which it falls, and the share on which the case as a whole no longer passes,
with examples of what slips through. Cases whose right answer does not pass are left out and counted.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from evals.benchmarks.mutants import KINDS, Mutant, mutants, right_answer
from evals.benchmarks.outcome import Figures, Outcome, Table, tell
from evals.benchmarks.plots import Bars
from evals.cases import Suite, load_suite, suite_names
from evals.foreign.shelf import Shelf
from evals.judging import judge
from index.article import Article
from index.readers.reading import Reading
from rag.answer import Answer, Passage, Turn

METRICS = ("facts", "support", "gold", "coverage", "validity", "verbatim")
UNSPARED = "facts, no wording left"
EXAMPLES = 3
"""Of each kind and metric, mutants that are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One mutant, and what fell."""

    case_id: str
    mutant: Mutant
    fell: frozenset[str]
    fails: bool
    """Whether the case no longer passes."""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("suites", nargs="*", default=suite_names())
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    tried: list[Trial] = []
    left_out: list[str] = []
    for name in arguments.suites:
        trials, skipped = trials_of(load_suite(name))
        tried += trials
        left_out += skipped
    tell(outcome(tried, left_out), arguments.out)


def trials_of(suite: Suite) -> tuple[list[Trial], list[str]]:
    """Every mutant of every case put to the metrics; and the cases whose right answer does not pass."""
    assert suite.articles is not None
    shelf = _Silent(Shelf.of_folder(suite.articles, Reading()))
    trials, left_out = [], []
    for case in (c for c in suite.cases if c.expect == "answer"):
        phrases = [phrase for key in case.gold for phrase in suite.sources[key]]
        gold = [a for a in shelf.found.articles if any(p in a.title or p in a.text for p in phrases)]
        others = [a for a in shelf.found.articles if a not in gold]
        right = right_answer(case, gold)
        before = judge(case, right, shelf, suite.sources)
        if before.status != "pass":
            left_out.append(case.id)
            continue
        for mutant in mutants(case, right, gold, others):
            after = judge(case, mutant.answer, shelf, suite.sources)
            fell = frozenset(
                m for m in METRICS if m in after.metrics and after.metrics[m] < before.metrics[m]
            )
            trials.append(Trial(case_id=case.id, mutant=mutant, fell=fell, fails=after.status != "pass"))
    return trials, left_out


def caught(trials: Sequence[Trial], kind: str, metric: str) -> tuple[int, int]:
    """How often a metric fell, of the mutants of a kind on which it ought to."""
    ought = [t for t in trials if t.mutant.kind == kind and metric in t.mutant.ought]
    return sum(metric in t.fell for t in ought), len(ought)


def outcome(trials: Sequence[Trial], left_out: Sequence[str]) -> Outcome:
    """The table, and what slipped through."""
    rows: dict[str, Figures] = {}
    slipped = []
    for kind in KINDS:
        of_kind = [t for t in trials if t.mutant.kind == kind]
        if not of_kind:
            continue
        row: dict[str, float | None] = {"mutants": float(len(of_kind))}
        for metric in METRICS:
            fell, ought = caught(trials, kind, metric)
            row[metric] = fell / ought if ought else None
            if metric == "facts":
                fell, ought = caught([t for t in trials if not t.mutant.spared], kind, metric)
                row[UNSPARED] = fell / ought if ought else None
            missed = [t for t in of_kind if metric in t.mutant.ought and metric not in t.fell]
            slipped += [
                {"kind": kind, "metric": metric, "case": t.case_id, "changed": t.mutant.changed}
                for t in missed[:: max(1, len(missed) // EXAMPLES)][:EXAMPLES]
            ]
        row["the case fails"] = sum(t.fails for t in of_kind) / len(of_kind)
        rows[kind] = row
    note = (
        "Each share is over the mutants on which the metric ought to fall: facts only where the damage is to "
        f"a fact; “{UNSPARED}” leaves out those in which another wording that the case accepts of the same "
        "fact still stands. A case that says nothing of support is not held to it, so that one whose "
        "sentence alone is spoilt may pass. Left out, as their right answer does not pass: "
        f"{', '.join(left_out) or 'none'}."
    )
    examples = "\n".join(f"- {s['kind']}, {s['metric']} ({s['case']}): {s['changed']}" for s in slipped)
    return Outcome(
        name="mutations",
        about="Right answers of the suites spoilt in one place: the share that the metrics notice.",
        tables=[
            Table(title="Share noticed", rows=rows, note=f"{note}\n\nWhat slipped through:\n\n{examples}")
        ],
        plots=[
            Bars(
                title="Share of mutants noticed",
                groups={
                    kind: {m: row[m] for m in METRICS if row[m] is not None} for kind, row in rows.items()
                },
                most=1,
            )
        ],
        details={"slipped": slipped},
    )


class _Silent:
    """Articles as `judge` looks them up, with nobody to ask."""

    def __init__(self, found: Shelf) -> None:
        self.found = found

    def ask(self, question: str, history: Sequence[Turn]) -> Answer:
        raise NotImplementedError

    def article(self, article_id: str, version: str) -> Article | None:
        return self.found.article(article_id, version)

    def full_text(self, question: str, k: int) -> Sequence[Passage] | None:
        return None


if __name__ == "__main__":
    main()
