"""A citation from a PDF says the page: on the terminal, in JSON and in the web page's list of sources."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from pdf_making import lines, make_pdf, wrap
from web_scripted import COST, HARBOUR, ScriptedLibrary, harbour_engine

from ui.cli import main
from ui.web.exchange import Exchange
from ui.web.exchanges import exchange_html

PAGES = (
    "The council met on Tuesday in the old hall of the town. Forty people had come to listen to the debate.",
    "The port of Vell was closed by the harbour master Ada Bell. The ferries go to Tarn until the spring.",
)


def page_of(answer, show):
    return exchange_html(
        Exchange(number=1, question=answer.question, outcome="answered", answer=answer), show
    )


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pages")
    (folder / "port.pdf").write_bytes(make_pdf([lines(wrap(text)) for text in PAGES], title="Ports"))
    assert main(["add", str(folder / "port.pdf"), "--library", str(folder / "library")]) == 0
    return folder / "library"


def test_the_page_is_said_where_it_is_known(library: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    where = ["--library", str(library)]
    assert main(["ask", "Who closed the port of Vell?", *where, "--json"]) == 0
    (citation, *_) = json.loads(capsys.readouterr().out)["citations"]
    assert citation["page"] == 2
    assert main(["show", "port.pdf", *where, "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["text"][citation["start"] : citation["end"]] == citation["quote"]
    assert shown["text"][shown["pages"][1] :].startswith("The port of Vell")
    assert main(["ask", "Who closed the port of Vell?", *where]) == 0
    assert "p. 2" in capsys.readouterr().out


def test_the_page_stands_in_the_list_of_sources() -> None:
    answer = harbour_engine().ask(COST)
    show = ScriptedLibrary([HARBOUR]).show
    assert "p. 7" not in page_of(answer, show)
    cited = replace(answer, citations=tuple(replace(c, page=7) for c in answer.citations))
    assert "p. 7" in page_of(cited, show)
