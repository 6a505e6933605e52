"""What the local model costs: the two ways of asking differ in what is shown and in nothing else."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from evals.benchmarks import local_costs
from evals.benchmarks.datasets import load
from rag.answerers import generative
from rag.models.writer import Writer
from tests.rag.scripted_llm import ScriptedLocalLLM

PARAGRAPH = (
    "The new ferry carries 550 passengers. It was ordered in March. A crew of twenty runs it. "
    "The old ferry is to be sold abroad. Nobody knows to whom."
)
QUESTION = "How many passengers does the new ferry carry?"


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> list[local_costs.Asked]:
    path = tmp_path_factory.mktemp("data") / "island.json"
    answer = {"text": "550", "answer_start": PARAGRAPH.index("550")}
    questions = [
        {"question": QUESTION, "answers": [answer], "is_impossible": False},
        {"question": "Who bought the old ferry?", "answers": [], "is_impossible": True},
    ]
    entry = {"title": "Ferry", "paragraphs": [{"context": PARAGRAPH, "qas": questions}]}
    path.write_text(json.dumps({"data": [entry]}), encoding="utf-8")
    return local_costs.prompts(load(Path(path)), 5)


def test_all_ways_ask_the_same_after_the_same_examples(asked: list[local_costs.Asked]) -> None:
    (ways,) = asked
    for messages in ways.values():
        assert messages[:-1] == generative.INSTRUCTION
        assert QUESTION in messages[-1]["content"]
    sentences, *whole = (messages[-1]["content"] for messages in ways.values())
    assert all(PARAGRAPH in content for content in whole)
    shown = re.findall(r"^\[\w+\] (.*)$", sentences, re.MULTILINE)
    assert shown
    assert all(sentence in PARAGRAPH for sentence in shown)


def test_the_report_gives_all_ways_and_their_ratios(
    asked: list[local_costs.Asked], capsys: pytest.CaptureFixture[str]
) -> None:
    llm = ScriptedLocalLLM().enqueue(*[" yes"] * len(asked[0]))
    local_costs.report(asked, Writer(llm, name="scripted", is_local=True))
    printed = capsys.readouterr().out
    assert re.search(r"sentences: first token after \d+\.\d\d s", printed)
    assert len(re.findall(r"the sentences \d+\.\d times sooner", printed)) == len(asked[0]) - 1
