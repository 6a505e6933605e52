from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from evals.cases import SuiteError, load_suite, suite_names
from evals.measures import SUITE_DEFAULTS
from index.errors import UsageError
from rag.answer import Turn


def test_a_suite_by_folder_and_by_file(mill: Path) -> None:
    suite = load_suite(mill)
    assert suite == load_suite(mill / "suite.yaml") == load_suite(str(mill))
    assert (suite.name, suite.articles) == ("mill", mill / "articles")
    founder, fire, owner = suite.cases
    assert (founder.facts[0].text, founder.gold) == ("Ann Marsh", ("mill",))
    assert fire.history == (Turn(question="When was the mill founded?", answer="In 1902."),)
    assert fire.asked == "When was the mill founded? In 1902. And when did it burn down?"
    assert (owner.expect, owner.facts) == ("refuse", ())


def test_what_a_suite_does_not_say_is_strict(mill: Path) -> None:
    thresholds = load_suite(mill).thresholds
    assert thresholds == SUITE_DEFAULTS | {"facts": 0.9, "false_refusals": 0.4, "answer_tokens": 60}
    assert thresholds["verbatim"] == 1


def test_a_case_with_everything(mill: Path, kit: Any) -> None:
    more = (
        "[Ann Marsh]\n    evidence: [Ann Marsh founded]\n    reference: Ann did\n    thresholds: {facts: 0.5}"
    )
    (mill / "suite.yaml").write_text(kit.SUITE.replace("[Ann Marsh]", more))
    case = load_suite(mill).cases[0]
    assert (case.evidence, case.reference) == (("Ann Marsh founded",), "Ann did")
    assert (case.thresholds, case.line) == ({"facts": 0.5}, 8)


def test_scalars_are_the_text_that_stands_there(mill: Path, kit: Any) -> None:
    (mill / "suite.yaml").write_text(kit.SUITE.replace("[Ann Marsh]", "[no, 5, 2025-06-09, 1e3]"))
    assert [f.text for f in load_suite(mill).cases[0].facts] == ["no", "5", "2025-06-09", "1e3"]


def test_a_fact_with_everything(mill: Path, kit: Any) -> None:
    full = "[{text: Ann, any_of: [A. Marsh], regex: 'Ann?', must_not: [Bob]}]"
    (mill / "suite.yaml").write_text(kit.SUITE.replace("[Ann Marsh]", full))
    (fact,) = load_suite(mill).cases[0].facts
    assert (fact.text, fact.any_of, fact.regex, fact.must_not) == ("Ann", ("A. Marsh",), "Ann?", ("Bob",))


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("name: mill", "nmae: mill", 2, "suite.nmae is not a known field"),
        ("name: mill", "name: [a]", 2, "name is not a text"),
        ("name: mill", "name:", 2, "name is empty"),
        ("name: mill", "name: mill\nname: again", 3, "suite.name is given twice"),
        ("name: mill", "", 3, "suite.name is missing"),
        ("articles: articles", "articles: nowhere", 3, "articles names no folder"),
        ("{facts: 0.9", "{facts: high", 6, "thresholds.facts is not a number"),
        ("{facts: 0.9", "{facts: 95", 6, "thresholds.facts is 95, out of range"),
        ("{facts: 0.9", "{facts: nan", 6, "thresholds.facts is nan, out of range"),
        ("{facts: 0.9", "{fact: 0.9", 6, "thresholds.fact is not a known field"),
        ("  - id: founder", "  - idd: founder", 8, "cases[0].idd is not a known field"),
        ("  - id: founder", "  - tags: [x]", 8, "cases[0].id is missing"),
        ("    question: Who founded the mill?", "", 8, "cases[0] (founder).question is missing"),
        (
            "    expect: answer\n    facts: [Ann",
            "    expect: maybe\n    facts: [Ann",
            10,
            "(founder).expect is 'maybe'",
        ),
        ("    facts: [Ann Marsh]", "", 8, "(founder).facts is missing"),
        ("    facts: [Ann Marsh]", "    facts: []", 8, "(founder).facts is missing"),
        ("    facts: [Ann Marsh]", "    facts: Ann Marsh", 11, "(founder).facts is not a list"),
        ("    facts: [Ann Marsh]", "    facts: [[Ann]]", 11, "(founder).facts[0] is not a mapping"),
        ("    facts: [Ann Marsh]", "    facts: [{any_of: [Ann]}]", 11, "(founder).facts[0].text is missing"),
        (
            "    facts: [Ann Marsh]",
            "    facts: [{text: Ann, regex: '('}]",
            11,
            "facts[0].regex is not a regular",
        ),
        (
            "    facts: [Ann Marsh]",
            "    facts: [{text: Ann, anyof: [B]}]",
            11,
            "facts[0].anyof is not a known",
        ),
        (
            "    gold: [mill]\n  - id: fire",
            "    gold: [mil]\n  - id: fire",
            12,
            "(founder).gold 'mil' is not one",
        ),
        (
            "  - id: fire",
            "  - id: founder",
            13,
            "cases[1].id 'founder' is already the id of the case on line 8",
        ),
        (
            "      - question: When was",
            "      - asked: When was",
            15,
            "(fire).history[0].asked is not a known",
        ),
        ("    expect: refuse", "    expect: refuse\n    facts: [Bob]", 24, "(owner).facts has no meaning"),
        (
            "    expect: refuse",
            "    expect: refuse\n    evidence: [x]",
            24,
            "(owner).evidence has no meaning",
        ),
        (
            "    expect: refuse",
            "    expect: refuse\n    reference: x",
            24,
            "(owner).reference has no meaning",
        ),
        ("    facts: [Ann Marsh]", "    facts: [A]\n    evidence: []", 12, "(founder).evidence is empty"),
        ("    facts: [Ann Marsh]", "    facts: [A]\n    thresholds: 1", 12, "thresholds is not a mapping"),
        ("    facts: [Ann Marsh]", "    facts: [A]\n    thresholds: {facts: 2}", 12, "facts is 2, out of"),
        ("    facts: [Ann Marsh]", "    facts: [A]\n    thresholds: {refusals: 1}", 12, "refusals is not a"),
        ("    facts: [Ann Marsh]", "    facts: [A]\n    thresholds: {hit@5: 1}", 12, "without 'evidence'"),
        (
            "    facts: [Ann Marsh]",
            "    facts: [A]\n    thresholds: {token_f1: 1}",
            12,
            "without 'reference'",
        ),
        ("name: mill", "name: 'mill", 3, "not YAML"),
        ("name: mill", "name: {", 3, "not YAML"),
    ],
)
def test_an_error_names_file_line_and_field(
    mill: Path, kit: Any, old: str, new: str, line: int, words: str
) -> None:
    assert kit.SUITE.count(old) == 1
    path = mill / "suite.yaml"
    path.write_text(kit.SUITE.replace(old, new), encoding="utf-8")
    with pytest.raises(SuiteError) as caught:
        load_suite(mill)
    assert words in caught.value.message
    assert caught.value.message.startswith(f"{path}:")
    if "not YAML" not in words:
        assert caught.value.message.startswith(f"{path}:{line}: ")
    assert caught.value.hint


@pytest.mark.parametrize(
    "text", ["", "# nothing\n", "[]", "just words", "a: *b", "name: m\ncases: []", "name: m\ncases: {}"]
)
def test_files_that_are_no_suite(tmp_path: Path, text: str) -> None:
    path = tmp_path / "suite.yaml"
    path.write_text(text)
    with pytest.raises(SuiteError, match=r"suite\.yaml:\d"):
        load_suite(path)


def test_a_file_that_is_not_text(tmp_path: Path) -> None:
    path = tmp_path / "suite.yaml"
    path.write_bytes(b"\xff\xfe\x00\xd8")
    with pytest.raises(SuiteError, match="not UTF-8"):
        load_suite(path)


@pytest.mark.parametrize("name", ["sedes", "", "../seeds", "/nowhere", "a\0b"])
def test_an_unknown_suite_is_wrong_usage_and_names_those_that_ship(name: str) -> None:
    with pytest.raises(UsageError) as caught:
        load_suite(name)
    assert "seeds" in caught.value.hint


def test_typing_errors_are_met_with_a_suggestion(mill: Path, kit: Any) -> None:
    (mill / "suite.yaml").write_text(kit.SUITE.replace("name: mill", "nmae: mill"))
    with pytest.raises(SuiteError) as caught:
        load_suite(mill)
    assert caught.value.hint == "did you mean name?"


def test_the_suites_that_ship_load() -> None:
    assert "seeds" in suite_names()
    for name in suite_names():
        assert load_suite(name).articles is not None
