"""A model's second opinion: does the answer state the fact? It stands beside the deterministic verdict.

Any model that answers can judge (`--judge NAME`). What it said is kept on disk under the SHA-256 of its name
and of all that it was shown, so that a second run asks nothing and says the same. How far it agrees with the
deterministic verdicts is told, as a share and as Cohen's kappa, which chance alone leaves at 0: where they
differ, one of the two is wrong, and the case wants a look. It decides nothing unless `--judge-gates` says so.

Fails on: what the model fails on. It is lenient with answers that sound like the question, and a small one
says yes too readily; its agreement is measured on your cases, its truth is not.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evals.results import CaseResult, SuiteResult
from index.errors import ModelError

if TYPE_CHECKING:
    from rag.models.writer import Writer

INSTRUCTION = (
    "You check answers. You are given a question, an answer and a statement. Reply with one word: yes if the "
    "answer says what the statement says, in whatever words; no if it does not, or says something else."
)
_MAX_TOKENS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """The judge against the deterministic verdicts, over all facts of all answers."""

    judge: str
    both_yes: int
    both_no: int
    only_judge: int
    """The judge sees the fact, the metric does not."""
    only_metric: int
    silent: int
    """The judge failed, or said neither yes nor no."""

    @property
    def share(self) -> float | None:
        """Share of facts on which they agree; None where there is none that both judged."""
        return (self.both_yes + self.both_no) / self._judged if self._judged else None

    @property
    def kappa(self) -> float | None:
        """Cohen's kappa; None where both always say the same one thing, or nothing was judged."""
        n = self._judged
        if not n:
            return None
        judge, metric = self.both_yes + self.only_judge, self.both_yes + self.only_metric
        chance = (judge * metric + (n - judge) * (n - metric)) / (n * n)
        return None if chance == 1 else ((self.both_yes + self.both_no) / n - chance) / (1 - chance)

    @property
    def _judged(self) -> int:
        return self.both_yes + self.both_no + self.only_judge + self.only_metric

    def __str__(self) -> str:
        if self.share is None:
            return f"{self.judge} judged nothing"
        kappa = "" if self.kappa is None else f", kappa {self.kappa:.2f}"
        agreed = f"{self.both_yes + self.both_no} of {self._judged} facts ({self.share:.0%}{kappa})"
        alone = f"it alone sees {self.only_judge}, the metric alone {self.only_metric}"
        return f"{self.judge} agrees on {agreed}; {alone}, it is silent on {self.silent}"


class Judge:
    """Asks a model once for each fact of each answer."""

    def __init__(self, writer: Writer, cache: Path) -> None:
        """`cache` is the folder that its replies are kept in."""
        self.name = writer.name
        self._writer = writer
        self._cache = cache

    def sees(self, question: str, answer: str, fact: str) -> bool | None:
        """Whether the answer states the fact; None where the judge fails, or says neither yes nor no."""
        shown = f"Question: {question}\n\nAnswer: {answer}\n\nStatement: {fact}"
        messages = [{"role": "system", "content": INSTRUCTION}, {"role": "user", "content": shown}]
        key = hashlib.sha256(json.dumps([self.name, messages]).encode()).hexdigest()
        file = self._cache / key[:2] / f"{key}.json"
        try:
            reply = str(json.loads(file.read_text(encoding="utf-8"))["reply"])
        except (OSError, ValueError, KeyError, TypeError):
            try:
                reply = "".join(self._writer.stream(messages, max_tokens=_MAX_TOKENS))
            except ModelError:
                return None
            _keep(file, reply)
        word = "".join(char for char in reply.strip().casefold().split(" ")[0] if char.isalpha())
        return {"yes": True, "no": False}.get(word)


def second_opinion(result: SuiteResult, judge: Judge, *, gates: bool = False) -> SuiteResult:
    """The result with the judge's opinion of every fact; with `gates`, what it misses fails the case."""
    cases = [_judged(case, judge, gates) for case in result.cases]
    pairs = [
        (verdict.found, opinion)
        for case in cases
        for verdict, opinion in zip(case.facts, case.opinions, strict=True)
    ]
    agreement = Agreement(
        judge=judge.name,
        both_yes=pairs.count((True, True)),
        both_no=pairs.count((False, False)),
        only_judge=pairs.count((False, True)),
        only_metric=pairs.count((True, False)),
        silent=sum(opinion is None for _, opinion in pairs),
    )
    return replace(result, cases=tuple(cases), agreement=agreement, judge_gates=gates)


def agreement_dict(agreement: Agreement) -> dict[str, Any]:
    """As JSON types."""
    return {
        "judge": agreement.judge,
        "agreement": None if agreement.share is None else round(agreement.share, 4),
        "kappa": None if agreement.kappa is None else round(agreement.kappa, 4),
        "both_yes": agreement.both_yes,
        "both_no": agreement.both_no,
        "only_judge": agreement.only_judge,
        "only_metric": agreement.only_metric,
        "silent": agreement.silent,
    }


def _judged(case: CaseResult, judge: Judge, gates: bool) -> CaseResult:
    if case.answer is None or not case.facts:
        return case
    words = " ".join(sentence.text for sentence in case.answer.sentences)
    asked = case.answer.standalone_question
    opinions = [judge.sees(asked, words, verdict.fact.text) for verdict in case.facts]
    problems = _problems(case, opinions) if gates else []
    return replace(case, opinions=tuple(opinions), problems=(*case.problems, *problems))


def _problems(case: CaseResult, opinions: Sequence[bool | None]) -> list[str]:
    return [
        f"the judge {'says nothing about' if opinion is None else 'misses'}: {verdict.fact.text}"
        for verdict, opinion in zip(case.facts, opinions, strict=True)
        if not opinion
    ]


def _keep(file: Path, reply: str) -> None:
    """Written whole or not at all; a cache that cannot be written is none."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        half = file.with_suffix(f".{os.getpid()}")
        half.write_text(json.dumps({"reply": reply}), encoding="utf-8")
        half.replace(file)
    except OSError:
        return
