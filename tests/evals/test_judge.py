"""A model's second opinion: asked once, kept, compared, and without a say unless it is given one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from evals.judge import Agreement, Judge, agreement_dict, second_opinion
from evals.reports.page import report_page
from evals.reports.results_json import to_dict
from evals.runner import run_suite
from index.errors import ModelError
from rag.settings import Settings


class ScriptedWriter:
    """A `Writer` that says what it is told to."""

    name = "scripted"

    def __init__(self, *replies: str | ModelError) -> None:
        self.replies = list(replies)
        self.asked: list[str] = []

    def stream(self, messages: Any, *, max_tokens: int) -> Any:
        self.asked.append(messages[-1]["content"])
        reply = self.replies.pop(0)
        if isinstance(reply, ModelError):
            raise reply
        yield from reply


def judged(
    kit: Any, mill: Path, *replies: Any, gates: bool = False, **changes: Any
) -> tuple[Any, ScriptedWriter]:
    engine = kit.ScriptedEngine(kit.RIGHT | changes)
    result = run_suite(mill, open_engine=engine.open(), settings=Settings())
    writer = ScriptedWriter(*replies)
    return second_opinion(result, Judge(writer, mill / "cache"), gates=gates), writer  # type: ignore[arg-type]


def test_it_is_shown_question_answer_and_fact_and_asked_once(kit: Any, mill: Path) -> None:
    _, first = judged(kit, mill, "Yes.", "no")
    assert first.asked[0].endswith("Answer: Ann Marsh founded the mill in 1902.\n\nStatement: Ann Marsh")
    assert len(first.asked) == 2
    result, second = judged(kit, mill)
    assert second.asked == []
    assert [case.opinions for case in result.cases] == [(True,), (False,), ()]


def test_its_agreement_is_told_and_it_decides_nothing(kit: Any, mill: Path) -> None:
    result, _ = judged(kit, mill, "no", "No, it does not")
    assert result.exit_code == 0
    assert (result.agreement.only_metric, result.agreement.share) == (2, 0)
    saved = to_dict(result)
    assert saved["judge"]["agreement"] == 0
    assert saved["cases"][0]["facts"][0]["judge"] is False
    assert "Judge: scripted agrees on 0 of 2 facts" in report_page(result)


def test_it_decides_where_it_is_given_a_say(kit: Any, mill: Path) -> None:
    result, _ = judged(kit, mill, "yes", "no", gates=True)
    assert result.exit_code == 1
    assert result.cases[1].problems == ("the judge misses: 12 years later",)
    assert result.verdict.startswith("FAIL mill: 2 of 3 cases passed; the judge misses facts of fire")


def test_a_judge_that_fails_is_silent_and_asked_again(kit: Any, mill: Path) -> None:
    result, _ = judged(kit, mill, ModelError("busy"), "perhaps")
    assert (result.agreement.silent, result.agreement.share) == (2, None)
    result, again = judged(kit, mill, "yes", gates=True)
    assert len(again.asked) == 1
    assert result.cases[1].problems == ("the judge says nothing about: 12 years later",)


@pytest.mark.parametrize(
    ("counts", "share", "kappa"),
    [((20, 15, 5, 10), 0.7, 0.4), ((5, 5, 0, 0), 1, 1), ((25, 25, 25, 25), 0.5, 0), ((9, 0, 0, 0), 1, None)],
)
def test_kappa_by_hand(counts: tuple[int, int, int, int], share: float, kappa: float | None) -> None:
    names = ("both_yes", "both_no", "only_judge", "only_metric")
    agreement = Agreement(judge="j", silent=0, **dict(zip(names, counts, strict=True)))
    said = agreement_dict(agreement)
    assert (said["agreement"], said["kappa"]) == (share, kappa)
