"""Evidence and gold that no article of a suite has are a mistake of the suite, not of the retriever."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from evals.cases import SuiteError
from evals.runner import HowToRun, run_suite
from rag.settings import Settings

SUITE = """\
name: mill
articles: articles
sources:
  mill: [The mill on the weir]
  pier: [The pier]
cases:
  - id: fire
    question: When did the mill burn down?
    expect: answer
    facts: [twelve years later]
    evidence: [it BURNED down twelve years later, "{evidence}"]
    gold: [{gold}]
"""


def put(kit: Any, mill: Path, evidence: str, gold: str, **over: Any) -> None:
    (mill / "suite.yaml").write_text(SUITE.format(evidence=evidence, gold=gold), encoding="utf-8")
    engine = kit.ScriptedEngine({"When did the mill burn down?": kit.quoting("Nobody was hurt.")})
    run_suite(mill, open_engine=engine.open(), settings=Settings(), **over)


def test_what_the_articles_have_is_taken(kit: Any, mill: Path) -> None:
    put(kit, mill, "Nobody was hurt", "mill")
    put(kit, mill, "Nobody was hurt", "pier, mill")  # one key of several may be another set's


@pytest.mark.parametrize(
    ("evidence", "gold", "told"),
    [
        ("Everybody was hurt", "mill", r"suite\.yaml:7: fire\.evidence\[1\] stands in none .*Everybody"),
        ("Nobody was hurt", "pier", r"suite\.yaml:7: fire\.gold 'pier': no article"),
        ("Everybody was hurt", "pier", r"evidence\[1\] .*; and 1 more like it"),
    ],
)
def test_what_they_lack_is_named(kit: Any, mill: Path, evidence: str, gold: str, told: str) -> None:
    with pytest.raises(SuiteError, match=told):
        put(kit, mill, evidence, gold)


def test_other_articles_may_word_it_otherwise(kit: Any, mill: Path) -> None:
    put(kit, mill, "Everybody was hurt", "pier", articles=mill / "articles")


def test_only_the_cases_that_are_run_are_looked_at(kit: Any, mill: Path) -> None:
    wrong = kit.SUITE.replace("facts: [Ann Marsh]", "facts: [Ann Marsh]\n    evidence: [No such words]")
    (mill / "suite.yaml").write_text(wrong, encoding="utf-8")
    run_suite(
        mill,
        open_engine=kit.ScriptedEngine(kit.RIGHT).open(),
        settings=Settings(),
        how=HowToRun(patterns=("fire", "owner")),
    )
