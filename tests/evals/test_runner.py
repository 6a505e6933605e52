from __future__ import annotations

import dataclasses
import threading
from pathlib import Path
from typing import Any

import pytest

from evals.measures import RETRIEVAL
from evals.results import SuiteResult
from evals.runner import HowToRun, run_suite
from index.errors import UsageError
from rag.answer import Turn
from rag.settings import Settings

FOUNDER, FIRE, OWNER = "Who founded the mill?", "And when did it burn down?", "Who owns the mill today?"


def run(kit: Any, mill: Path, changes: dict[str, Any] | None = None) -> SuiteResult:
    engine = kit.ScriptedEngine(kit.RIGHT | (changes or {}))
    return run_suite(mill, open_engine=engine.open(), settings=Settings())


def test_right_answers_pass(kit: Any, mill: Path) -> None:
    result = run(kit, mill)
    assert [c.status for c in result.cases] == ["pass"] * 3
    assert [c.score for c in result.cases] == [1, 1, 1]
    assert result.exit_code == 0
    assert result.verdict.startswith("PASS mill: 3 of 3 cases passed")
    measured = {k: v for k, v in result.totals.items() if v is not None and k != "answer_tokens"}
    assert measured == {
        "facts": 1,
        "validity": 1,
        "coverage": 1,
        "verbatim": 1,
        "gold": 1,
        "support": 1,
        "precision": 1,
        "refusals": 1,
        "false_refusals": 0,
        "score": 1,
    }


def test_the_history_reaches_the_engine(kit: Any, mill: Path) -> None:
    engine = kit.ScriptedEngine(kit.RIGHT)
    run_suite(mill, open_engine=engine.open(), settings=Settings())
    assert engine.asked[1] == (FIRE, (Turn(question="When was the mill founded?", answer="In 1902."),))


def test_an_engine_that_always_refuses_fails(kit: Any, mill: Path) -> None:
    result = run(kit, mill, {FOUNDER: kit.refusal(), FIRE: kit.refusal()})
    assert result.exit_code == 1
    assert result.totals["refusals"] == 1
    assert result.totals["facts"] is None
    missed = {t.metric for t in result.thresholds if not t.ok}
    assert missed == {"facts", "validity", "coverage", "verbatim", "false_refusals", "answer_tokens"}
    assert result.verdict.startswith("FAIL mill: 1 of 3 cases passed; facts not measured (below 0.9)")


def test_an_engine_that_quotes_the_whole_article_has_the_facts_and_fails(kit: Any, mill: Path) -> None:
    whole = kit.quoting(kit.TEXT)
    result = run(kit, mill, {FOUNDER: whole, FIRE: whole, OWNER: whole})
    assert result.totals["facts"] == 1
    assert result.totals["refusals"] == 0
    assert result.exit_code == 1


def test_answer_length_is_held_to_its_threshold(kit: Any, mill: Path) -> None:
    long = kit.answer((kit.TEXT * 4, (1,)), citations=[kit.cite(kit.TEXT)])
    result = run(kit, mill, {FOUNDER: long, FIRE: long})
    assert [t.metric for t in result.thresholds if not t.ok] == ["answer_tokens"]
    assert "above 60" in result.verdict


@pytest.mark.parametrize(
    ("question", "reply", "problem"),
    [
        (FOUNDER, lambda kit: kit.quoting("It burned down twelve years later."), "missed: Ann Marsh"),
        (FOUNDER, lambda kit: kit.answer(("Ann Marsh did.", ())), "not cited: Ann Marsh did."),
        (FOUNDER, lambda kit: kit.answer(("Ann Marsh did.", (4,))), "marker [4] does not resolve"),
        (
            FOUNDER,
            lambda kit: kit.answer(("Ann Marsh did.", (1,)), citations=[kit.cite("Ann Marsh", start=1)]),
            "[1] is not verbatim",
        ),
        (
            FOUNDER,
            lambda kit: kit.answer(("Ann Marsh did.", (1,)), citations=[kit.cite("1902", article=kit.OTHER)]),
            "cites none of: mill",
        ),
        (FOUNDER, lambda kit: kit.answer(), "the answer is empty"),
        (FOUNDER, lambda kit: kit.refusal(), "refused (low_evidence), an answer was due"),
        (OWNER, lambda kit: kit.quoting("Nobody was hurt."), "answered, a refusal was due"),
    ],
)
def test_one_thing_wrong_and_the_case_fails_and_says_why(
    kit: Any, mill: Path, question: str, reply: Any, problem: str
) -> None:
    result = run(kit, mill, {question: reply(kit)})
    (failed,) = result.having("fail")
    assert failed.case.question == question
    assert problem in failed.problems


def test_an_error_is_never_a_pass(kit: Any, mill: Path) -> None:
    result = run(kit, mill, {OWNER: RuntimeError("out of memory")})
    assert result.exit_code == 3
    assert result.verdict == "ERROR mill: 1 case errored (owner); 2 of 3 cases passed"
    (errored,) = result.having("error")
    assert errored.error == "RuntimeError: out of memory"
    assert result.totals["refusals"] is None
    assert not next(t for t in result.thresholds if t.metric == "refusals").ok


def test_progress_counts_every_case(kit: Any, mill: Path) -> None:
    seen: list[tuple[int, int]] = []
    engine = kit.ScriptedEngine(kit.RIGHT)
    run_suite(mill, open_engine=engine.open(), settings=Settings(), on_progress=lambda *a: seen.append(a))
    assert seen == [(0, 3), (1, 3), (2, 3), (3, 3)]


def test_what_a_suite_runs_over(kit: Any, mill: Path, tmp_path: Path) -> None:
    opened: list[tuple[Path | None, Path | None]] = []
    engine = kit.ScriptedEngine(kit.RIGHT)

    def opener(articles: Path | None, library: Path | None, settings: Settings) -> Any:
        opened.append((articles, library))
        return engine.open()()

    run_suite(mill, open_engine=opener)
    run_suite(mill, open_engine=opener, articles=tmp_path)
    run_suite(mill, open_engine=opener, library=tmp_path / "library")
    assert opened == [(mill / "articles", None), (tmp_path, None), (None, tmp_path / "library")]
    with pytest.raises(UsageError, match="both articles and a library"):
        run_suite(mill, open_engine=opener, articles=tmp_path, library=tmp_path)
    with pytest.raises(UsageError, match="no articles at"):
        run_suite(mill, open_engine=opener, articles=tmp_path / "nowhere")
    (mill / "suite.yaml").write_text(kit.SUITE.replace("articles: articles\n", ""))
    with pytest.raises(UsageError, match="has no articles of its own"):
        run_suite(mill, open_engine=opener)


def test_a_pattern_chooses_by_id_and_by_tag(kit: Any, mill: Path) -> None:
    (mill / "suite.yaml").write_text(kit.SUITE.replace("expect: refuse", "expect: refuse\n    tags: [miss]"))
    engine = kit.ScriptedEngine(kit.RIGHT)
    for patterns, ids in ((["f*"], ["founder", "fire"]), (["miss", "founder"], ["founder", "owner"])):
        how = HowToRun(patterns=patterns)
        result = run_suite(mill, open_engine=engine.open(), settings=Settings(), how=how)
        assert [c.case.id for c in result.cases] == ids
        assert f"of {len(ids)} cases ({3 - len(ids)} left out) passed" in result.verdict
    with pytest.raises(UsageError, match="no case has the id or tag 'fonder'") as caught:
        run_suite(mill, open_engine=engine.open(), how=HowToRun(patterns=["f*", "fonder"]))
    assert caught.value.hint == "did you mean founder?"


@pytest.mark.parametrize("jobs", [1, 3])
def test_the_worst_of_several_runs_stands_for_a_case(kit: Any, mill: Path, jobs: int) -> None:
    replies = iter([kit.RIGHT[FOUNDER], kit.quoting("Nobody was hurt."), kit.RIGHT[FOUNDER]])
    engine = kit.ScriptedEngine(
        lambda question: next(replies) if question == FOUNDER else kit.RIGHT[question]
    )
    how = HowToRun(repeat=3, jobs=jobs)
    result = run_suite(mill, open_engine=engine.open(), settings=Settings(), how=how)
    assert [c.case.id for c in result.cases] == ["founder", "fire", "owner"]
    assert [c.status for c in result.cases] == ["fail", "pass", "pass"]
    assert sorted(result.cases[0].runs) == ["fail", "pass", "pass"]
    assert len(engine.asked) == 9


def test_questions_are_put_at_the_same_time(kit: Any, mill: Path) -> None:
    all_there = threading.Barrier(3, timeout=20)

    def reply(question: str) -> Any:
        all_there.wait()
        return kit.RIGHT[question]

    engine = kit.ScriptedEngine(reply)
    result = run_suite(mill, open_engine=engine.open(), settings=Settings(), how=HowToRun(jobs=3))
    assert [c.status for c in result.cases] == ["pass"] * 3


def with_case(kit: Any, mill: Path, fields: str) -> None:
    """Give the first case further fields."""
    (mill / "suite.yaml").write_text(
        kit.SUITE.replace("    gold: [mill]\n  - id: fire", f"{fields}\n  - id: fire")
    )


def test_a_case_may_have_bounds_of_its_own(kit: Any, mill: Path) -> None:
    with_case(kit, mill, "    thresholds: {answer_tokens: 5, support: 1}")
    short = kit.answer(("Ann Marsh did.", (1,)), citations=[kit.cite("Ann Marsh")])
    long = kit.quoting(kit.TEXT)
    assert run(kit, mill, {FOUNDER: long}).cases[0].problems == ("answer_tokens 24 (above 5)",)
    assert run(kit, mill, {FOUNDER: short}).cases[0].problems[0].startswith("answer_tokens")
    with_case(kit, mill, "    thresholds: {facts: 0, gold: 0, support: 1}\n    gold: [mill]")
    elsewhere = kit.answer(("A cat sat.", (1,)), citations=[kit.cite("1902", article=kit.OTHER)])
    problems = run(kit, mill, {FOUNDER: elsewhere}).cases[0].problems
    assert [p.split(" (")[0] for p in problems] == ["support 0", "unsupported: A cat sat."]


def test_retrieval_is_measured_by_the_words_that_hold_the_answer(kit: Any, mill: Path) -> None:
    with_case(
        kit, mill, "    evidence: [Ann Marsh founded the mill, Nobody was hurt]\n    reference: Ann Marsh"
    )
    founded, fire = kit.passage("Ann Marsh founded the mill in 1902."), kit.passage("It burned down.", 2)
    right = dataclasses.replace(kit.RIGHT[FOUNDER], passages=(fire, founded))
    engine = kit.ScriptedEngine(kit.RIGHT | {FOUNDER: right})
    engine.by_text = [founded, fire]
    result = run_suite(mill, open_engine=engine.open(), settings=Settings())
    assert result.cases[0].evidence == (2, None)
    assert [result.totals[m] for m in ("hit@1", "hit@3", "mrr@10", "recall@10")] == [0, 1, 0.5, 0.5]
    assert [result.control[m] for m in ("hit@1", "mrr@10")] == [1, 1]
    assert result.applied["hit@1"] == 1
    assert 0 < result.totals["token_f1"] < 1


def test_of_a_refusal_only_the_retrieval_is_measured(kit: Any, mill: Path) -> None:
    with_case(kit, mill, "    evidence: [Ann Marsh founded the mill]")
    refused = dataclasses.replace(kit.refusal(), passages=(kit.passage(kit.TEXT),))
    case = run(kit, mill, {FOUNDER: refused}).cases[0]
    assert case.metrics["hit@1"] == 1
    assert not set(case.metrics) - set(RETRIEVAL)
