"""`ask` and `search`, with a scripted engine: what goes in, what comes out, in which form."""

from __future__ import annotations

import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import rag
from index.article import Article, Filters
from index.errors import LibraryDamaged, UsageError
from index.library import Library
from rag.answer import Answer, AnswerSentence, Citation, Passage
from ui.cli import main

TEXT = "The port of Vell is closed. It opens in May."
PASSAGE = Passage(
    article_id="ports", start=0, end=44, text=TEXT, score=0.0311111111, ranks={"text": 1, "vector": 2}
)


class ScriptedEngine:
    """Answers "Who…" from the one article, refuses all else, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.library = _Library()

    def ask(self, question: str, **options: Any) -> Answer:
        self.asked.append({"question": question, **options})
        if "raise usage" in question:
            raise UsageError("that is no question", hint="ask another")
        if "raise library" in question:
            raise LibraryDamaged("the catalogue is gone", hint="restore it")
        known = question.startswith("Who")
        sentence = AnswerSentence(text="It opens in May.", citations=(1,), support="supported")
        citation = Citation(
            number=1,
            article_id="ports",
            version="f" * 64,
            title="The ports",
            publisher="The Gazette",
            url=None,
            published=date(2025, 6, 9),
            start=28,
            end=44,
            quote=TEXT[28:44],
        )
        return Answer(
            question=question,
            standalone_question=question if not options["history"] else f"{question} (the port)",
            answerable=known,
            refusal_reason=None if known else "low_evidence",
            answer="It opens in May. [1]" if known else "The articles do not say.",
            sentences=(sentence,) if known else (),
            citations=(citation,) if known else (),
            passages=(PASSAGE,),
            confidence=0.93,
            answerer="verbatim",
        )

    def search(self, question: str, history: Any = (), **options: Any) -> list[Passage]:
        self.asked.append({"question": question, "history": [turn.question for turn in history], **options})
        return [PASSAGE]


class _Library:
    def __enter__(self) -> _Library:
        return self

    def __exit__(self, *exception: object) -> None: ...

    def show(self, article_id: str) -> Article:
        return Article(article_id=article_id, text=TEXT, title="The ports")


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ScriptedEngine:
    made = ScriptedEngine()
    monkeypatch.setattr(rag, "CitedQueryEngine", lambda library, *, settings: made, raising=False)
    monkeypatch.setattr(Library, "open", classmethod(lambda cls, path, **options: made.library))
    return made


def test_an_answer_for_people(engine: ScriptedEngine, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "Who closed it?"]) == 0
    out = capsys.readouterr().out
    assert out == (
        "It opens in May. [1]\n\n[1] The ports — The Gazette, 2025-06-09\n    > It opens in May.\n    ports\n"
    )


def test_a_refusal_is_a_result(engine: ScriptedEngine, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "Why?"]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("The articles do not say.\n\nClosest passages:\n\nThe ports\n    The port of Vell")
    assert err == ""


def test_an_answer_for_programs_is_the_contract(
    engine: ScriptedEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ask", "Who closed it?", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert list(said) == [
        *("id", "question", "standalone_question", "answerable", "refusal_reason", "answer", "sentences"),
        *("citations", "passages", "confidence", "answerer", "timings_ms"),
    ]
    assert said["id"] is None
    assert said["citations"][0]["published"] == "2025-06-09"


def test_options_reach_the_engine(engine: ScriptedEngine, capsys: pytest.CaptureFixture[str]) -> None:
    options = [
        "--publisher",
        "A",
        "--publisher",
        "b",
        "--since",
        "2025-01-01",
        "--until",
        "2025-06-30",
        "--language",
        "de-AT",
    ]
    assert main(["ask", "Who?", *options, "--article", "ports", "--top-k", "7", "--llm", "verbatim"]) == 0
    filters = Filters(
        publishers=("A", "b"),
        since=date(2025, 1, 1),
        until=date(2025, 6, 30),
        articles=("ports",),
        languages=("de",),
    )
    assert engine.asked == [{"question": "Who?", "history": [], "filters": filters, "top_k": 7}]


@pytest.mark.parametrize(
    "question", ['"', "*", "a AND b", "title:x", "(", "-x", "a NOT (b", "\\", "[x TO *]", "~"]
)
def test_query_syntax_is_only_text(
    engine: ScriptedEngine, capsys: pytest.CaptureFixture[str], question: str
) -> None:
    assert main(["ask", "--json", "--", question]) == 0
    assert json.loads(capsys.readouterr().out)["question"] == question


def test_search_for_people_and_for_programs(
    engine: ScriptedEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["search", "closed port"]) == 0
    assert capsys.readouterr().out.startswith("1. The ports\n    The port of Vell is closed.")
    assert main(["search", "closed port", "--json"]) == 0
    passage = {"article_id": "ports", "start": 0, "end": 44, "text": TEXT, "score": 0.031111}
    passage["ranks"] = {"text": 1, "vector": 2}
    assert json.loads(capsys.readouterr().out) == {"question": "closed port", "passages": [passage]}


LINES = [
    '{"id": "a", "question": "Who closed it?"}',
    "",
    '{"id": 7, "question": "Why?", "history": [{"question": "Who?", "answer": "X."}, {"question": "So?"}]}',
    "not json",
    "[1]",
    '{"id": "e", "question": 5}',
    '{"id": "f", "question": " "}',
    '{"id": {"x": 1}, "question": "Who?"}',
    '{"id": "g", "question": "Who?", "history": "none"}',
    '{"id": "h", "question": "Who?", "history": [{"answer": "x"}]}',
    '{"id": "i", "question": "raise usage"}',
    f'{{"id": "j", "question": "{"x" * 5000}"}}',
    '{"id": "k", "question": "Who \\ud800 is 😀?", "history": null, "more": 1}',
]
IDS = ["a", 7, None, None, "e", "f", None, "g", "h", "i", "j", "k"]


@pytest.mark.parametrize("stdin", [False, True])
def test_questions_from_a_file_in_order_with_errors_in_their_place(
    engine: ScriptedEngine,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    stdin: bool,
) -> None:
    data = ("\ufeff" + "\r\n".join(LINES)).encode()
    path = tmp_path / "questions.jsonl"
    path.write_bytes(data)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data)))
    assert main(["ask", "--from", "-" if stdin else str(path), "--json"]) == 1
    out, err = capsys.readouterr()
    results = [json.loads(line) for line in out.splitlines()]
    assert [result["id"] for result in results] == IDS
    failed = [result for result in results if "error" in result]
    assert [result["id"] for result in results if "answer" in result] == ["a", 7, "k"]
    assert all(set(result) == {"id", "error", "hint"} and result["hint"] for result in failed)
    for number in (4, 5, 6, 7, 8, 9, 10, 11, 12):
        assert f"line {number}:" in err
    assert engine.asked[1]["history"] == [
        {"question": "Who?", "answer": "X."},
        {"question": "So?", "answer": ""},
    ]
    assert results[-1]["question"] == "Who \ufffd is 😀?"


def test_a_line_that_is_not_utf8(
    engine: ScriptedEngine, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "q.jsonl"
    path.write_bytes(b'{"question": "caf\xe9"}\n{"question": "Who?"}\n')
    assert main(["ask", "--from", str(path), "--json"]) == 1
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert "UTF-8" in first["error"]
    assert second["answerable"]


def test_questions_from_a_file_for_people(
    engine: ScriptedEngine, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "q.jsonl"
    path.write_text('{"question": "Who?"}\n{"question": "Why?"}\n', encoding="utf-8")
    assert main(["ask", "--from", str(path)]) == 0
    out = capsys.readouterr().out
    assert out.index("Q: Who?") < out.index("It opens in May. [1]") < out.index("Q: Why?")


def test_search_from_a_file(
    engine: ScriptedEngine, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "q.jsonl"
    path.write_text('{"question": "Who?"}\n{"question": "Why?", "id": "b"}\n', encoding="utf-8")
    assert main(["search", "--from", str(path), "--json"]) == 0
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert list(first) == ["question", "passages"]
    assert second["id"] == "b"


def test_search_from_a_file_searches_what_ask_would_search(
    engine: ScriptedEngine, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    line = {"question": "When did he leave?", "history": [{"question": "Who is Jonna Brandt?"}]}
    path = tmp_path / "q.jsonl"
    path.write_text(json.dumps(line), encoding="utf-8")
    assert main(["search", "--from", str(path), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert list(said) == ["question", "standalone_question", "passages"]
    assert said["question"] == "When did he leave?"
    assert said["standalone_question"] == "When did Jonna Brandt leave?"
    assert engine.asked[0]["question"] == "When did he leave?"
    assert engine.asked[0]["history"] == ["Who is Jonna Brandt?"]
    assert main(["search", "--from", str(path)]) == 0
    assert "Searched as: When did Jonna Brandt leave?" in capsys.readouterr().out


def test_a_library_that_gives_out_ends_the_run(
    engine: ScriptedEngine, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "q.jsonl"
    path.write_text('{"question": "Who?"}\n{"question": "raise library"}\n{"question": "Who?"}\n')
    assert main(["ask", "--from", str(path), "--json"]) == 3
    out, err = capsys.readouterr()
    assert len(out.splitlines()) == 1
    assert "the catalogue is gone" in err
