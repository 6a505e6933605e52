"""What a model said is kept, and believed as long as it was asked the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from evals.benchmarks.remembering import Remembering, prompt_sha256
from rag.models.writer import Writer
from tests.rag.scripted_llm import ScriptedLocalLLM

PROMPT = [{"role": "user", "content": "[k1t] The ferry is new.\nQuestion: Is it?"}]
CHANGED = [{"role": "user", "content": "[k1t] The ferry is old.\nQuestion: Is it?"}]


def model(log: Path | None, *replies: str, opinion: float = 0.9, stale: bool = False) -> Remembering:
    llm = ScriptedLocalLLM(opinion=opinion).enqueue(*replies)
    return Remembering(Writer(llm, name="scripted", is_local=True), log, stale=stale)


def test_what_was_said_is_said_again_without_the_model(tmp_path: Path) -> None:
    log = tmp_path / "said.jsonl"
    first = model(log, " It is new.")
    yes, seconds = first.opinion("Is it?", PROMPT)
    pieces = list(first.reply("Is it?", PROMPT))
    assert "".join(piece for _, piece in pieces) == " It is new."
    again = model(log, opinion=0.1)
    assert again.opinion("Is it?", PROMPT) == (yes, seconds)
    assert [tuple(piece) for piece in again.reply("Is it?", PROMPT)] == pieces


def test_another_prompt_is_asked_anew_unless_stale_words_will_do(tmp_path: Path) -> None:
    log = tmp_path / "said.jsonl"
    model(log).opinion("Is it?", PROMPT)
    assert model(log, opinion=0.1, stale=True).opinion("Is it?", CHANGED)[0] == pytest.approx(0.9)
    assert model(log, opinion=0.1).opinion("Is it?", CHANGED)[0] == pytest.approx(0.1)


def test_a_prompt_is_known_by_its_roles_and_texts() -> None:
    assert prompt_sha256(PROMPT) == prompt_sha256([dict(PROMPT[0])])
    assert prompt_sha256(PROMPT) != prompt_sha256(CHANGED)
    assert prompt_sha256(PROMPT) != prompt_sha256([PROMPT[0] | {"role": "system"}])
