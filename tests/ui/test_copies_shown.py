"""Copies wherever sources are shown: command line, page, Markdown, JSON; their words stay words."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest
from html_reading import Reading
from web_scripted import COST, drawn, harbour_engine

from rag.answer import AlsoIn
from ui.cli import main
from ui.printing import answer_page
from ui.web.exchange import Exchange
from ui.web.export import exchange_markdown

COPY = AlsoIn(
    article_id="herald/harbour",
    version="0" * 64,
    title="Harbour <b>bill</b>",
    publisher="The *Herald*",
    url=None,
    published=date(2025, 6, 10),
    start=0,
    end=10,
)
TEXT = (
    "The council of Vell has closed the port for repairs to its northern quay, which a storm broke in March. "
    "Ships of more than 90 metres are sent to Oban, and smaller ones may land on Tuesdays and Fridays only. "
    "The repairs are to take seven months and to cost 31 million kroner, of which the state pays a third."
)


def answer_with(copy: AlsoIn):
    answer = harbour_engine().ask(COST)
    return replace(answer, citations=(replace(answer.citations[0], also_in=(copy,)), *answer.citations[1:]))


def test_an_answer_on_the_command_line_names_the_copies() -> None:
    said = answer_page(answer_with(COPY), {})
    assert "also in Harbour <b>bill</b>, The *Herald*, 2025-06-10, herald/harbour" in said


def test_the_page_links_the_copies_below_their_source() -> None:
    page = drawn(answer_with(COPY), harbour_engine().library.show, question=COST)
    assert 'href="#library/article/herald%2Fharbour"' in page
    assert "Also in" in Reading(page).text
    assert "Harbour <b>bill</b>" in Reading(page).text
    assert "The *Herald*" in Reading(page).text
    assert "Also in" not in drawn(harbour_engine().ask(COST), harbour_engine().library.show, question=COST)


def test_markdown_names_the_copies_behind_the_quote() -> None:
    exchange = Exchange(number=1, question=COST, outcome="answered", answer=answer_with(COPY))
    assert "   Also in *Harbour \\<b\\>bill\\</b\\>*, The \\*Herald\\*, 10 June 2025\n" in exchange_markdown(
        exchange
    )


@pytest.fixture
def cli(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("CITEWELL_LIBRARY", str(tmp_path / "library"))
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "gazette.txt").write_text(f"The port\n\n{TEXT}\n")
    (folder / "herald.md").write_text(f"---\npublished: 2024-01-02\n---\nVELL (Agency) - {TEXT}\n")
    (folder / "other.txt").write_text("Whales have come back to the sound.\n")
    assert main(["add", str(folder)]) == 0
    capsys.readouterr()

    def run(*arguments: str) -> str:
        assert main([*arguments]) == 0
        return capsys.readouterr().out

    return run


def test_list_and_show_name_the_copies(cli) -> None:
    listed = {each["article_id"]: each.get("copies") for each in json.loads(cli("list", "--json"))}
    assert listed == {"gazette.txt": ["herald.md"], "herald.md": ["gazette.txt"], "other.txt": None}
    assert "also printed as gazette.txt" in cli("list")
    assert "copies: gazette.txt" in cli("show", "herald.md")
    assert json.loads(cli("show", "gazette.txt", "--json"))["copies"] == ["herald.md"]
    assert "copies" not in json.loads(cli("show", "other.txt", "--json"))


def test_add_says_so(cli, tmp_path) -> None:
    again = tmp_path / "again.txt"
    again.write_text(f"The port\n\n{TEXT}\n")
    other = tmp_path / "else.txt"
    other.write_text("Seals have come back to the sound.\n")
    said = cli("add", str(again), str(other)).splitlines()
    assert [line.split("  ")[0] for line in said[:3]] == ["added", "", "added"]
    assert said[1].strip() == "a copy of gazette.txt"
    assert len(said) == 4
    again.write_text(f"The port\n\n{TEXT} It opens again in October.\n")
    results = json.loads(cli("add", str(again), str(other), "--json"))["results"]
    assert [(each["status"], each.get("copy_of")) for each in results] == [
        ("updated", "gazette.txt"),
        ("unchanged", None),
    ]
    assert "copy_of" not in results[1]


def test_ask_prints_them(cli) -> None:
    said = json.loads(cli("ask", "How much do the repairs cost?", "--json"))
    [citation] = [each for each in said["citations"] if "31 million" in each["quote"]]
    assert citation["article_id"] == "herald.md"
    assert [each["article_id"] for each in citation["also_in"]] == ["gazette.txt"]
