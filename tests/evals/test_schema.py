"""The shipped JSON Schema: what `evals.schema` makes, and of one mind with the loader."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from evals.cases import SUITES, SuiteError, load_suite, suite_names
from evals.schema import schema_text, suite_schema

SHIPPED = SUITES.parent / "suite.schema.json"


def is_valid(text: str) -> bool:
    loaded = yaml.load(text, Loader=yaml.BaseLoader)  # scalars as the text that stands there, as we read them
    for holder in [loaded, *(loaded.get("cases") or [])]:
        if isinstance(holder.get("thresholds"), dict):
            holder["thresholds"] = {key: float(value) for key, value in holder["thresholds"].items()}
    validator = jsonschema.Draft202012Validator(suite_schema(), format_checker=jsonschema.FormatChecker())
    return validator.is_valid(loaded)


def test_what_ships_is_what_is_made() -> None:
    assert SHIPPED.read_text(encoding="utf-8") == schema_text()
    jsonschema.Draft202012Validator.check_schema(json.loads(schema_text()))


@pytest.mark.parametrize("name", suite_names())
def test_the_suites_that_ship_are_valid(name: str) -> None:
    assert is_valid((SUITES / name / "suite.yaml").read_text(encoding="utf-8"))


FULL = """facts: [{text: Ann, any_of: [A. Marsh], regex: 'Ann?', must_not: [Bob]}, 1902]
    evidence: [Ann Marsh founded]
    reference: Ann Marsh did.
    thresholds: {facts: 0.5, hit@5: 1, answer_tokens: 40}"""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("", ""),
        ("facts: [Ann Marsh]", FULL),
        ("name: mill", "nmae: mill"),
        ("name: mill", "name: [a]"),
        ("{facts: 0.9", "{facts: 95"),
        ("{facts: 0.9", "{fact: 0.9"),
        ("{facts: 0.9", "{hit@5: 0.9"),
        ("{facts: 0.9", "{score: -0.5"),
        ("{facts: 0.9", "{score: -1.5"),
        ("  - id: founder", "  - tags: [x]"),
        ("    question: Who founded the mill?", ""),
        ("    expect: answer\n    facts: [Ann", "    expect: maybe\n    facts: [Ann"),
        ("    facts: [Ann Marsh]", ""),
        ("    facts: [Ann Marsh]", "    facts: []"),
        ("    facts: [Ann Marsh]", "    facts: Ann"),
        ("    facts: [Ann Marsh]", "    facts: [{any_of: [Ann]}]"),
        ("    facts: [Ann Marsh]", "    facts: [{text: Ann, regex: '('}]"),
        ("    facts: [Ann Marsh]", "    facts: [A]\n    thresholds: {refusals: 1}"),
        ("    facts: [Ann Marsh]", "    facts: [A]\n    evidence: []"),
        ("      - question: When was", "      - asked: When was"),
        ("    expect: refuse", "    expect: refuse\n    facts: [Bob]"),
        ("    expect: refuse", "    expect: refuse\n    evidence: [Bob]"),
    ],
)
def test_schema_and_loader_are_of_one_mind(kit: Any, mill: Path, old: str, new: str) -> None:
    text = kit.SUITE.replace(old, new, 1)
    assert not old or text != kit.SUITE
    (mill / "suite.yaml").write_text(text, encoding="utf-8")
    try:
        load_suite(mill)
        loads = True
    except SuiteError:
        loads = False
    assert is_valid(text) is loads
