"""`citewell mcp`: a real process, called by the official SDK's own client over stdin and stdout."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from mcp import Client, StdioServerParameters
from web_scripted import COST, HARBOUR, PIER

from index import Library
from ui.cli import main

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("mcp") / "library"
    with Library.open(folder, create=True) as library:
        library.add([HARBOUR, PIER])
    return folder


@asynccontextmanager
async def connected(folder):
    parameters = StdioServerParameters(
        command=sys.executable,
        args=["-m", "ui.cli", "mcp", "--library", str(folder)],
        env={"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"]},
    )
    async with Client(parameters) as client:
        yield client


def said(result):
    return "\n".join(part.text for part in result.content)


def test_the_tools_answer_search_and_show(folder):
    async def visit():
        async with connected(folder) as client:
            tools = {tool.name: tool for tool in (await client.list_tools()).tools}
            assert set(tools) == {"ask", "search", "show"}
            assert tools["ask"].input_schema["required"] == ["question"]
            assert tools["ask"].annotations.read_only_hint

            answer = await client.call_tool("ask", {"question": COST})
            assert not answer.is_error
            [citation, *_] = answer.structured_content["citations"]
            assert HARBOUR.text[citation["start"] : citation["end"]] == citation["quote"]
            assert "[1]" in said(answer)
            assert citation["quote"] in said(answer)

            only = {"question": "How many posts were lifted?", "publisher": "Museum Letters", "top_k": 1}
            found = await client.call_tool("search", only)
            [passage] = found.structured_content["passages"]
            assert passage["article_id"] == PIER.article_id
            assert passage["text"] in PIER.text

            cited = {"article_id": citation["article_id"], "version": citation["version"]}
            shown = await client.call_tool("show", cited)
            assert shown.structured_content["text"] == HARBOUR.text
            assert HARBOUR.title in said(shown)

            refused = await client.call_tool("ask", {"question": "Who won the chess olympiad of 1988?"})
            assert not refused.is_error
            assert refused.structured_content["answerable"] is False

            history = [{"question": "Who heads the port authority?", "answer": "Jonna Brandt."}]
            follow_up = await client.call_tool("ask", {"question": "What did she say?", "history": history})
            assert "Jonna Brandt" in follow_up.structured_content["standalone_question"]

            for tool, arguments, told in (
                ("ask", {"question": " "}, "empty"),
                ("ask", {"question": "x" * 4_001}, "4,000"),
                ("ask", {"question": "x", "since": "2025-06-09", "until": "2025-06-08"}, "after"),
                ("search", {"question": "x", "since": "yesterday"}, "2025-06-09"),
                ("search", {"question": "x", "language": "english"}, "two letters"),
                ("show", {"article_id": "nope"}, "no article 'nope'"),
            ):
                failed = await client.call_tool(tool, arguments)
                assert failed.is_error
                assert told in said(failed)
                assert "Traceback" not in said(failed)

    asyncio.run(asyncio.wait_for(visit(), 120))


def test_a_missing_library_is_one_line_and_nothing_on_stdout(tmp_path):
    run = subprocess.run(
        [sys.executable, "-m", "ui.cli", "mcp", "--library", str(tmp_path / "none")],
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert (run.returncode, run.stdout) == (3, "")
    assert "Traceback" not in run.stderr


def test_a_missing_extra_is_one_line(monkeypatch, capsys):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert main(["mcp"]) == 2
    assert "pip install 'citewell[mcp]'" in capsys.readouterr().err
