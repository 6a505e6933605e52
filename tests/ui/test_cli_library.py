"""The commands that keep a library, over a real one."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest

from ui.cli import main

PORTS = """---
title: The ports
publisher: The Gazette
published: 2025-06-09
---

The port of Vell is closed.
"""


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    folder = tmp_path / "articles"
    (folder / "more").mkdir(parents=True)
    (folder / "ports.md").write_text(PORTS, encoding="utf-8")
    (folder / "more" / "café.txt").write_text("Cafés 😀\n\nOwners wait for the spring.\n", encoding="utf-8")
    return folder


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setenv("CITEWELL_LIBRARY", str(tmp_path / "library"))

    def run(*arguments: str | Path) -> tuple[int, str, str]:
        code = main([str(argument) for argument in arguments])
        return code, *capsys.readouterr()

    return run


def test_a_library_from_its_first_article_to_its_last(cli, articles: Path) -> None:
    code, out, _ = cli("add", articles)
    assert code == 0
    assert "added     more/café.txt" in out
    assert "2 added" in out

    code, out, _ = cli("add", articles, "--json")
    assert code == 0
    assert json.loads(out)["summary"] == {"added": 0, "updated": 0, "unchanged": 2, "failed": 0}

    (articles / "ports.md").write_text(PORTS.replace("closed", "open"), encoding="utf-8")
    assert "updated   ports.md" in cli("add", articles)[1]

    code, out, _ = cli("list", "--json")
    infos = json.loads(out)
    assert [info["article_id"] for info in infos] == ["more/café.txt", "ports.md"]
    assert infos[1]["publisher"] == "The Gazette"
    assert infos[1]["published"] == "2025-06-09"
    assert "text" not in infos[1]
    assert "The ports · The Gazette · 2025-06-09 · 1 chunk" in cli("list")[1]

    code, out, _ = cli("show", "ports.md", "--json")
    shown = json.loads(out)
    assert shown["text"] == "The port of Vell is open."
    assert shown["version"] == hashlib.sha256(shown["text"].encode()).hexdigest()
    old = hashlib.sha256(b"The port of Vell is closed.").hexdigest()
    assert json.loads(cli("show", "ports.md", "--version", old, "--json")[1])["text"].endswith("closed.")
    assert "publisher: The Gazette" in cli("show", "ports.md")[1]

    assert cli("reindex", "--json")[:2] == (0, '{\n  "chunks": 2\n}\n')
    code, out, _ = cli("doctor", "--json")
    assert (code, json.loads(out)["clean"]) == (0, True)
    assert "sound" in cli("doctor")[1]

    code, out, _ = cli("remove", "ports.md", "more/café.txt", "--json")
    assert (code, json.loads(out)["summary"]) == (0, {"removed": 2, "failed": 0})
    code, out, err = cli("list")
    assert (code, out) == (0, "")
    assert "empty" in err
    assert cli("list", "--json")[1] == "[]\n"


def test_what_fails_is_named_and_the_rest_is_added(cli, articles: Path) -> None:
    (articles / "bad.md").write_text("---\npublished: soon\n---\nText.", encoding="utf-8")
    code, out, err = cli("add", articles, articles / "missing.txt", "--json")
    assert code == 1
    said = json.loads(out)
    assert said["summary"] == {"added": 2, "updated": 0, "unchanged": 0, "failed": 2}
    failed = [result for result in said["results"] if result["status"] == "failed"]
    assert ["bad.md" in f["source"] or "missing.txt" in f["source"] for f in failed] == [True, True]
    assert all(f["reason"] and f["hint"] for f in failed)
    assert "bad.md" in err
    assert "missing.txt" in err

    code, out, _ = cli("add", articles)
    assert code == 1
    assert "2025-06-09" in out
    assert "2 unchanged, 1 failed" in out


def test_a_wrong_path_makes_no_library(cli, tmp_path: Path) -> None:
    assert cli("add", tmp_path / "missing")[0] == 1
    assert not (tmp_path / "library").exists()


def test_removing_what_is_not_there_fails_by_name_and_removes_the_rest(cli, articles: Path) -> None:
    cli("add", articles)
    code, out, err = cli("remove", "port.md", "ports.md", "--json")
    assert code == 1
    results = json.loads(out)["results"]
    assert [result["status"] for result in results] == ["failed", "removed"]
    assert "'port.md'" in err
    assert "ports.md" in err


def test_damage_is_mended(cli, articles: Path, tmp_path: Path) -> None:
    cli("add", articles)
    segment = next(tmp_path.glob("library/**/fulltext*/**/*.store"), None)
    assert segment is not None
    segment.write_bytes(b"\x00" * segment.stat().st_size)
    code, out, _ = cli("doctor", "--repair", "--json")
    assert code == 0
    assert cli("doctor")[0] == 0
    assert json.loads(out)["clean"]


def test_doctor_fails_on_what_it_cannot_mend(cli, articles: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from index.health import Finding, Report
    from index.library import Library

    finding = Finding(part="vectors", problem="2 of 9 are missing", fix="citewell doctor --repair")
    report = Report(articles=2, chunks=9, findings=(finding,))
    cli("add", articles)
    monkeypatch.setattr(Library, "doctor", lambda self, *, repair: report)
    code, out, _ = cli("doctor", "--json")
    assert code == 1
    assert json.loads(out)["findings"][0]["problem"] == "2 of 9 are missing"
    code, out, _ = cli("doctor")
    assert code == 1
    assert "not sound" in out
    assert "--repair" in out


def test_no_wait_fails_while_another_process_writes(cli, articles: Path, tmp_path: Path) -> None:
    from index.lock import WriterLock

    cli("add", articles)
    lock = WriterLock(tmp_path / "library" / "lock")
    lock.acquire()
    try:
        code, out, err = cli("add", articles, "--no-wait")
    finally:
        lock.release()
    assert (code, out) == (3, "")
    assert "error" in err


def test_library_option_goes_before_the_environment(cli, articles: Path, tmp_path: Path) -> None:
    cli("add", articles / "ports.md", "--library", tmp_path / "other")
    assert not (tmp_path / "library").exists()
    assert "ports.md" in cli("list", "--library", tmp_path / "other")[1]


def test_escape_sequences_of_an_article_do_not_reach_the_terminal(cli, articles: Path) -> None:
    text = "Text\x9b2J, built in \u202e8991" + " and the ports were busy" * 20
    (articles / "ports.md").write_text(f'---\ntitle: "x\\e[31mred"\n---\n{text}.', encoding="utf-8")
    assert cli("add", articles)[0] == 0
    for out in (cli("list")[1], cli("show", "ports.md")[1]):
        assert "red" in out
        assert not re.search("[\x1b\x9b\u202e]", out)
