"""`ask` and `search` from end to end: real articles, real library, real engine."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ui.cli import main

ARTICLES = {
    "ports.md": "---\ntitle: The port of Vell\npublisher: The Gazette\npublished: 2025-06-09\n---\n\n"
    "The port of Vell was closed on Monday by the harbour master, Ada Bell. Ships wait outside its walls. "
    "The mayor expects that it will open again in May, after the dredging of the northern quay.\n",
    "bread.md": "---\ntitle: Bread in Orrin\npublisher: The Baker\npublished: 2024-01-02\n---\n\n"
    "A loaf of bread costs four crowns in Orrin. The bakers of the town blame the price of flour, which has "
    "doubled since the drought. Their guild has 112 members.\n",
}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ask")
    (folder / "articles").mkdir()
    for name, text in ARTICLES.items():
        (folder / "articles" / name).write_text(text, encoding="utf-8")
    assert main(["add", str(folder / "articles"), "--library", str(folder / "library")]) == 0
    return folder / "library"


@pytest.fixture
def cli(library: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setenv("CITEWELL_LIBRARY", str(library))

    def run(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        return main(list(arguments)), *capsys.readouterr()

    return run


def test_every_citation_is_what_show_shows(cli) -> None:
    code, out, _ = cli("ask", "Who closed the port of Vell?", "--json")
    assert code == 0
    answer = json.loads(out)
    assert answer["answerable"]
    assert "Ada Bell" in answer["answer"]
    assert answer["citations"]
    for citation in answer["citations"]:
        shown = json.loads(cli("show", citation["article_id"], "--json")[1])
        assert shown["version"] == citation["version"]
        assert shown["text"][citation["start"] : citation["end"]] == citation["quote"]
        assert (citation["publisher"], citation["published"]) == ("The Gazette", "2025-06-09")


def test_the_same_question_gives_the_same_answer(cli) -> None:
    answers = [json.loads(cli("ask", "How many members has the guild of bakers?", "--json")[1]) for _ in "ab"]
    for answer in answers:
        del answer["timings_ms"]
    assert answers[0] == answers[1]


def test_what_the_articles_do_not_say_is_refused_with_exit_code_zero(cli) -> None:
    code, out, _ = cli("ask", "Which planet has the most moons?", "--json")
    answer = json.loads(out)
    assert code == 0
    assert not answer["answerable"]
    assert answer["refusal_reason"] in ("no_evidence", "low_evidence")
    assert answer["citations"] == []


@pytest.mark.parametrize(
    ("options", "found"),
    [
        (["--publisher", "the baker"], {"bread.md"}),
        (["--since", "2025-01-01"], {"ports.md"}),
        (["--until", "2024-12-31"], {"bread.md"}),
        (["--article", "ports.md"], {"ports.md"}),
        (["--article", "ports.md", "--article", "bread.md", "--top-k", "1"], {"bread.md"}),
    ],
)
def test_filters(cli, options: list[str], found: set[str]) -> None:
    code, out, _ = cli("search", "the price of a loaf of bread", "--json", *options)
    assert code == 0
    assert {passage["article_id"] for passage in json.loads(out)["passages"]} == found


def test_filters_that_leave_nothing_refuse(cli) -> None:
    code, out, _ = cli("ask", "Who closed the port of Vell?", "--json", "--publisher", "Nobody")
    assert code == 0
    assert json.loads(out)["refusal_reason"] == "filtered_out"


@pytest.mark.parametrize(
    "question",
    [
        *(
            '"',
            "*",
            "AND",
            "a AND b OR",
            "title:port",
            "(",
            ")",
            "-port",
            "\\",
            "[a TO z]",
            "port~2",
            "+port -x",
            "?",
        ),
        *("😀", "\u200b", "עברית", "'; DROP TABLE articles; --", "<script>", "%s %d {0}", "\x00", "a" * 4000),
    ],
)
def test_any_text_is_a_question(cli, question: str) -> None:
    for command in ("ask", "search"):
        code, out, err = cli(command, "--json", "--", question)
        assert code in (0, 2), err
        if code == 0:
            assert json.loads(out)["question"] == question
        else:
            assert err.startswith("citewell: error: ")


def test_a_conversation_in_a_file(cli, tmp_path: Path) -> None:
    lines = [
        {"id": "1", "question": "Who closed the port of Vell?"},
        {
            "id": "2",
            "question": "When will it open again?",
            "history": [{"question": "Who closed the port of Vell?", "answer": "Ada Bell [1]."}],
        },
    ]
    path = tmp_path / "questions.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    code, out, _ = cli("ask", "--from", str(path), "--json")
    answers = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert [answer["id"] for answer in answers] == ["1", "2"]
    assert answers[1]["standalone_question"] != "When will it open again?"
    assert "May" in answers[1]["answer"]


def test_an_empty_library_refuses(cli, library: Path, tmp_path: Path) -> None:
    article = tmp_path / "a.txt"
    article.write_text("Words.", encoding="utf-8")
    options = ("--library", str(tmp_path / "library"))
    cli("add", str(article), *options)
    cli("remove", "a.txt", *options)
    code, out, _ = cli("ask", "Who?", "--json", *options)
    assert (code, json.loads(out)["refusal_reason"]) == (0, "empty_library")
