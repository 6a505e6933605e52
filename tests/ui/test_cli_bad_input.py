"""Wrong usage, bad files, unusable libraries: an exit code, a sentence and a way out, never a traceback."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ui.cli import main


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setenv("CITEWELL_LIBRARY", str(tmp_path / "library"))
    monkeypatch.chdir(tmp_path)

    def fails(code: int, *arguments: str | Path) -> str:
        """What is said on both streams; stdout too is empty of anything that looks like a result."""
        assert main([str(argument) for argument in arguments]) == code
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        if code != 1:
            assert out == ""
            assert err.startswith("citewell: error: ")
            assert len(err.splitlines()) >= 2, "an error says what to do"
        return out + err

    return fails


@pytest.fixture
def library(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    (tmp_path / "a.txt").write_text("The port of Vell is closed.", encoding="utf-8")
    assert main(["add", str(tmp_path / "a.txt"), "--library", str(tmp_path / "library")]) == 0
    capsys.readouterr()
    return tmp_path / "library"


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("empty.txt", b"", "is empty"),
        ("blank.md", b" \n\n\t\n", "is empty"),
        ("binary.txt", b"\x7fELF\x01\x00\x00", "binary file named .txt"),
        ("unknown.txt", b"abc \x81\x8d\x8f\xff\xfe\xc0 " * 9, "unknown encoding"),
        ("yaml.md", b"---\ntitle: [x\n---\nText.", "not YAML"),
        ("date.md", b"---\npublished: 2025-02-30\n---\nText.", "'2025-02-30' is no date"),
        ("page.html", b"<html><body></body></html>", "no article"),
        ("photo.jpg", b"\xff\xd8\xff\xe0", ".jpg"),
    ],
)
def test_a_bad_file_is_named_with_the_reason(
    cli, tmp_path: Path, name: str, content: bytes, says: str
) -> None:
    (tmp_path / name).write_bytes(content)
    said = cli(1, "add", tmp_path / name)
    assert name in said
    assert says in said


def test_a_file_of_a_hundred_megabytes(cli, tmp_path: Path) -> None:
    with (tmp_path / "big.txt").open("wb") as file:
        file.truncate(100_000_000)
    said = cli(1, "add", tmp_path / "big.txt")
    assert "big.txt" in said
    assert "20,000,000" in said
    assert "CITEWELL_MAX_ARTICLE_BYTES" in said


def test_a_folder_without_a_readable_file(cli, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert ".md" in cli(1, "add", tmp_path / "empty")


def test_a_path_that_does_not_exist(cli, tmp_path: Path) -> None:
    assert "gone.txt" in cli(1, "add", tmp_path / "gone.txt")


@pytest.mark.parametrize("command", ["ask", "search"])
@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([""], "empty"),
        ([" \n\t"], "empty"),
        ([], "no question"),
        (["q", "--from", "x.jsonl"], "both"),
        (["--from", "gone.jsonl"], "gone.jsonl"),
        (["x" * 100_000], "100,000 characters"),
        (["who", "is", "it"], "in quotes"),
        (["-5 degrees?"], "--"),
        (["q", "--language", "english"], "'english' is no language code"),
        (["q", "--since", "yesterday"], "'yesterday' is no date"),
        (["q", "--until", "2025-13-01"], "'2025-13-01' is no date"),
        (["q", "--until", "2025-W01-1"], "is no date"),
        (["q", "--since", "2025-02-01", "--until", "2025-01-01"], "after"),
        (["q", "--top-k", "0"], "top_k"),
        (["q", "--top-k", "many"], "--top-k"),
        (["q", "--nonsense"], "--nonsense"),
    ],
)
def test_a_wrong_question_or_option(cli, command: str, arguments: list[str], says: str) -> None:
    assert says in cli(2, command, *arguments)


def test_an_answerer_that_there_is_not(cli) -> None:
    assert "'gpt-9'" in cli(2, "ask", "q", "--llm", "gpt-9")


def test_an_article_that_is_not_there(cli, library: Path) -> None:
    assert "'b.txt'" in cli(2, "ask", "q", "--article", "b.txt")
    assert "a.txt" in cli(2, "show", "b.txt")
    assert "deadbeef" in cli(2, "show", "a.txt", "--version", "deadbeef")


@pytest.mark.parametrize(
    "arguments",
    [
        ["list"],
        ["show", "a"],
        ["remove", "a"],
        ["ask", "q"],
        ["search", "q"],
        ["serve"],
        ["reindex"],
        ["doctor"],
    ],
)
def test_a_library_that_is_not_there(cli, arguments: list[str]) -> None:
    assert "citewell add" in cli(3, *arguments)


@pytest.mark.parametrize("where", ["file/library", "/proc/library"])
def test_an_unwritable_library(cli, tmp_path: Path, where: str) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    (tmp_path / "a.txt").write_text("Text.", encoding="utf-8")
    assert "cannot be written" in cli(3, "add", "a.txt", "--library", where)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_library_without_the_right_to_write(cli, library: Path) -> None:
    library.chmod(0o500)
    try:
        cli(3, "add", "a.txt")
    finally:
        library.chmod(0o700)


def test_a_library_of_another_embedder(
    cli, library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "toy_embedder.py").write_text(
        "from llama_index.core.embeddings import MockEmbedding\n"
        "def make():\n    return MockEmbedding(embed_dim=8, model_name='toy')\n",
        encoding="utf-8",
    )
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("CITEWELL_EMBEDDER", "toy_embedder:make")
    for arguments in (["list"], ["ask", "q"], ["add", "a.txt"]):
        assert "citewell reindex" in cli(3, *arguments)
    assert main(["reindex"]) == 0
    assert main(["list"]) == 0
    assert "a.txt" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["nonsense", "no_such_module:make", "os:nothing"])
def test_an_embedder_that_there_is_not(
    cli, library: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("CITEWELL_EMBEDDER", name)
    assert repr(name) in cli(2, "list")


def test_a_damaged_catalogue(cli, library: Path) -> None:
    (library / "catalog.sqlite3").write_bytes(b"not a database, by any means" * 200)
    cli(3, "list")


@pytest.mark.parametrize(
    ("name", "value"), [("TOP_K", "many"), ("MAX_ARTICLE_BYTES", "0"), ("PORT", "70000")]
)
def test_a_wrong_setting_is_named(cli, monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"CITEWELL_{name}", value)
    assert name.lower() in cli(2, "list")


@pytest.mark.parametrize(
    "arguments", [["nonsense"], ["add"], ["show"], ["eval"], ["--nonsense"], ["list", "x"]]
)
def test_wrong_usage(cli, arguments: list[str]) -> None:
    assert "--help" in cli(2, *arguments)


@pytest.mark.parametrize("given", ["Body", "words=Body", "text=Body,Headline", "=x"])
def test_a_field_of_an_export_that_there_is_not(cli, tmp_path: Path, given: str) -> None:
    (tmp_path / "export.csv").write_text("Body\nThe port is closed.\n", encoding="utf-8")
    assert "published" in cli(2, "add", tmp_path / "export.csv", "--map", given)


def test_a_bad_row_of_an_export_does_not_lose_the_others(
    cli, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "export.csv").write_text(
        "Stuff,Day\nOne port.,soon\nTwo ports.,2025-06-09\n", encoding="utf-8"
    )
    said = cli(1, "add", tmp_path / "export.csv", "--map", "text=Stuff,published=Day")
    assert "export.csv, line 2: the publication date 'soon'" in said
    assert "1 added, 1 failed" in said
    assert main(["list", "--json"]) == 0
    assert "2025-06-09" in capsys.readouterr().out
