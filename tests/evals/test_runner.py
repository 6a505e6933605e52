from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from evals.report import print_report, to_dict, to_json, write_results
from evals.results import SuiteResult
from evals.runner import evaluate_from_cli, run_suite
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
    assert {k: v for k, v in result.totals.items() if k != "answer_tokens"} == {
        "facts": 1,
        "validity": 1,
        "coverage": 1,
        "verbatim": 1,
        "gold": 1,
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
    assert result.verdict == "ERROR mill: 1 cases errored (owner); 2 of 3 cases passed"
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


def test_two_runs_differ_in_timings_alone(kit: Any, mill: Path) -> None:
    one, two = to_dict(run(kit, mill)), to_dict(run(kit, mill))
    assert (
        set(one.pop("timings_ms")["cases"])
        == set(two.pop("timings_ms")["cases"])
        == {"founder", "fire", "owner"}
    )
    assert one == two
    assert "timings_ms" not in json.dumps(one)


def test_results_name_the_rule_that_found_each_fact(kit: Any, mill: Path, tmp_path: Path) -> None:
    path = write_results(run(kit, mill, {FOUNDER: kit.refusal()}), tmp_path / "deep" / "out")
    saved = json.loads(path.read_text(encoding="utf-8"))
    assert saved["counts"] == {"cases": 3, "pass": 2, "fail": 1, "error": 0}
    fire = saved["cases"][1]
    assert fire["facts"] == [{"text": "12 years later", "found": True, "rule": "alias", "blocked_by": None}]
    assert fire["answer"]["citations"][0]["quote"] == "It burned down twelve years later."


def test_results_that_cannot_be_written_are_wrong_usage(kit: Any, mill: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot write"):
        write_results(run(kit, mill), tmp_path / "file")


def test_the_page_shows_failed_cases_first_and_the_verdict_last(kit: Any, mill: Path) -> None:
    console = Console(record=True, width=200, file=(mill / "page").open("w"))
    result = run(kit, mill, {FIRE: kit.quoting("Nobody was hurt."), OWNER: ValueError("[odd] markup")})
    print_report(result, console)
    lines = console.export_text().splitlines()
    page = "\n".join(lines)
    assert lines[0] == "ERROR owner"
    assert "ValueError: [odd] markup" in page
    assert page.index("FAIL fire") < page.index("Nobody was hurt. [1]") < page.index("missed: 12 years later")
    assert page.index("missed: 12 years") < page.index("false refusals")
    assert lines[-1] == result.verdict


def test_an_answer_may_hold_half_a_surrogate_pair(kit: Any, mill: Path, tmp_path: Path) -> None:
    broken = dataclasses.replace(kit.quoting("Nobody was hurt."), answer="\ud83d")
    result = run(kit, mill, {FOUNDER: broken})
    write_results(result, tmp_path / "out")
    assert json.loads(to_json(result))["counts"]["fail"] == 1


@pytest.mark.parametrize("as_json", [False, True])
def test_the_command_prints_writes_and_returns_the_exit_code(
    kit: Any,
    mill: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    as_json: bool,
) -> None:
    engine = kit.ScriptedEngine(kit.RIGHT | {OWNER: kit.quoting("Nobody was hurt.")})
    monkeypatch.setattr("evals.runner.open_citewell", engine.open())
    code = evaluate_from_cli(str(mill), None, None, mill / "out", as_json, Settings())
    printed = capsys.readouterr().out
    assert code == 1
    saved = json.loads((mill / "out" / "results.json").read_text(encoding="utf-8"))
    assert saved["exit_code"] == 1
    if as_json:
        assert json.loads(printed)["verdict"] == saved["verdict"]
    else:
        assert saved["verdict"] in printed
