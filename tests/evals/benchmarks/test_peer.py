"""Citewell beside plain LlamaIndex, on a small data set: both real, the peer's model scripted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from llama_index.core.llms import MockLLM

from evals.benchmarks import peer
from evals.benchmarks.datasets import Dataset, GoldQuestion, Place
from evals.benchmarks.plain_llama_index import PlainLlamaIndex
from index.article import Article, Span

TEXT = "Ann Marsh founded the mill on the weir in 1902. It burned down twelve years later. Nobody was hurt."
ARTICLES = (
    Article(article_id="mill", title="The mill", text=TEXT),
    Article(
        article_id="ferry", title="The ferry", text="The new ferry carries 550 passengers to the island."
    ),
)


def question(text: str, answer: str | None) -> GoldQuestion:
    at = TEXT.index(answer) if answer else 0
    return GoldQuestion(
        text=text,
        article_id="mill",
        context=Span(0, len(TEXT)),
        answers=(answer,) if answer else (),
        evidence=(Span(at, at + len(answer)),) if answer else (),
        gold=(Place("mill", Span(0, len(TEXT))),) if answer else (),
        answerable=answer is not None,
        group="mill",
    )


DATASET = Dataset(
    name="mill",
    articles=ARTICLES,
    questions=(
        question("Who founded the mill on the weir?", "Ann Marsh"),
        question("Which king was crowned in Vienna in 1612?", None),
    ),
)


def test_the_peer_finds_and_cites_its_chunks(tmp_path: Path) -> None:
    plain = PlainLlamaIndex(ARTICLES, tmp_path)
    first = plain.search("Who founded the mill?", 2)[0]
    assert (first.article_id, first.span) == ("mill", Span(0, len(TEXT)))
    *pieces, reply = plain.stream("Who founded the mill?", MockLLM())
    assert isinstance(reply, dict)
    assert "".join(map(str, pieces)) == reply["answer"]
    assert "Source 1:" in reply["answer"]  # the mock says its prompt, whose example cites [1] and [2]
    assert [c["article_id"] for c in reply["citations"]] == ["mill", "ferry"]
    assert reply["citations"][0]["quote"] == TEXT


def test_both_are_measured_in_one_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def says(*_: Any) -> Any:
        yield "Ann Marsh "
        yield {
            "answer": "Ann Marsh did [1].",
            "citations": [{"number": 1, "article_id": "mill", "quote": TEXT}],
        }

    monkeypatch.setattr(PlainLlamaIndex, "stream", says)
    monkeypatch.setattr(peer, "load_llm", lambda name, settings: MockLLM())
    log = tmp_path / "log.jsonl"
    found = peer.measure(DATASET, 10, 1, llm="mock", log=log)
    intake, retrieval, answers = (table.rows for table in found.tables)
    assert set(intake) == set(retrieval) == {"Citewell", "LlamaIndex"}
    assert retrieval["Citewell"]["hit@1"] == retrieval["LlamaIndex"]["hit@1"] == 1
    quoting, theirs = answers[peer.QUOTING], answers[peer.PEER]
    assert (quoting["holds the answer"], quoting["refused"], quoting["falsely refused"]) == (1, 1, 0)
    assert (theirs["holds the answer"], theirs["refused"], theirs["valid"], theirs["covered"]) == (1, 0, 1, 1)
    kept = log.read_text(encoding="utf-8")
    peer.measure(DATASET, 10, 1, llm="mock", log=log)
    assert log.read_text(encoding="utf-8") == kept
