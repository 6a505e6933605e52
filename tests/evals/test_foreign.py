"""Other systems, held to the same cases: their replies read, and reached in Python and over HTTP."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from evals.foreign.engine import foreign_engine
from evals.foreign.replies import answer_of, refuses
from evals.foreign.shelf import Shelf
from evals.results import SuiteResult
from evals.runner import HowToRun, run_suite
from index.errors import InputError, UsageError
from index.readers.reading import Reading
from rag.settings import Settings

ARTICLE = "# The mill on the weir\n\nAnn Marsh founded the mill in 1902. It burned down twelve years later.\n"
FOUNDED, FIRE = "Ann Marsh founded the mill in 1902.", "It burned down twelve years later."
REPLIES: dict[str, Any] = {
    "Who founded the mill?": {
        "answer": "Ann Marsh did, in 1902 [1].",
        "citations": [{"quote": FOUNDED, "source": "mill.md"}],
        "passages": ["It rained.", FOUNDED],
    },
    "And when did it burn down?": {
        "answer": f"{FIRE} [7]",
        "citations": [{"number": 7, "text": FIRE, "title": "The mill on the weir"}],
    },
    "Who owns the mill today?": "The articles do not mention who owns it.",
}


@pytest.fixture
def shelf(mill: Path) -> Shelf:
    (mill / "articles" / "mill.md").write_text(ARTICLE, encoding="utf-8")
    return Shelf.of_folder(mill / "articles", Reading())


def run(mill: Path, engine: str) -> SuiteResult:
    return run_suite(mill, open_engine=foreign_engine(engine), settings=Settings())


def test_a_reply_is_read_in_its_least_form(shelf: Shelf) -> None:
    answer = answer_of(REPLIES["Who founded the mill?"], "Who?", shelf)
    assert answer.answerable
    (sentence,) = answer.sentences
    assert (sentence.text, sentence.citations) == ("Ann Marsh did, in 1902.", (1,))
    (citation,) = answer.citations
    article = shelf.article(citation.article_id, citation.version)
    assert article is not None
    assert article.text[citation.start : citation.end] == citation.quote == FOUNDED
    assert [p.text for p in answer.passages] == ["It rained.", FOUNDED]


def test_our_own_json_is_a_reply(kit: Any, shelf: Shelf) -> None:
    own = kit.quoting(FOUNDED)
    read = answer_of(json.loads(json.dumps(own.to_dict())), own.question, shelf)
    assert (read.sentences, read.answerable, read.confidence) == (own.sentences, True, 0.9)
    assert [(c.quote, c.number) for c in read.citations] == [(FOUNDED, 1)]
    assert not answer_of(kit.refusal().to_dict(), "?", shelf).answerable


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("One thing [1]. Another [2][3].", [("One thing.", (1,)), ("Another.", (2, 3))]),
        ("One thing. [1] Another thing. [2]", [("One thing.", (1,)), ("Another thing.", (2,))]),
        ("One [1] thing [2].", [("One thing.", (1, 2))]),
        ("No marker at all.", [("No marker at all.", ())]),
    ],
)
def test_markers_belong_to_the_sentence_they_stand_in_or_behind(
    shelf: Shelf, text: str, sentences: list[tuple[str, tuple[int, ...]]]
) -> None:
    answer = answer_of(text, "?", shelf)
    assert [(s.text, s.citations) for s in answer.sentences] == sentences


@pytest.mark.parametrize(
    ("citation", "verbatim"),
    [
        ({"quote": FOUNDED, "article_id": "mill.md"}, True),
        ({"quote": FOUNDED}, True),
        (FOUNDED, True),
        ({"quote": FOUNDED.replace("1902", "1903"), "article_id": "mill.md"}, False),
        ({"quote": FOUNDED, "article_id": "bridge.md"}, False),
        ({"quote": FOUNDED, "article_id": "mill.md", "start": 1, "end": 9}, False),
        ({"article_id": "mill.md"}, False),
    ],
)
def test_a_foreign_citation_is_verbatim_only_if_it_stands_there(
    kit: Any, mill: Path, shelf: Shelf, citation: Any, verbatim: bool
) -> None:
    reply = {"answer": "Ann Marsh founded the mill in 1902 [1].", "citations": [citation]}
    engine = kit.ScriptedEngine(lambda question: answer_of(reply, question, shelf))
    engine.article = shelf.article
    result = run_suite(mill, open_engine=engine.open(), settings=Settings())
    assert result.cases[0].metrics["verbatim"] == verbatim


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("I don't know.", True),
        ("I’m sorry, but the context does not mention the owner.", True),
        ("There is no information about this in the articles. Ann founded it in 1902.", True),
        ("The owner's name is not given.", True),
        ("Ann Marsh did. The articles do not say when.", False),
        ("Nobody was hurt.", False),
        ("She did not own it.", False),
    ],
)
def test_a_refusal_in_words_is_told_by_the_first_sentence(shelf: Shelf, text: str, refused: bool) -> None:
    assert refuses(text) is refused
    assert answer_of(text, "?", shelf).answerable is not refused
    assert answer_of({"answer": text, "refused": False}, "?", shelf).answerable
    assert not answer_of({"answer": text, "refused": True}, "?", shelf).answerable


@pytest.mark.parametrize(
    "reply", [None, 3, [], {}, {"answer": 3}, {"text": "x"}, {"answer": "x", "citations": "y"}]
)
def test_a_reply_in_no_form_is_an_error(shelf: Shelf, reply: object) -> None:
    with pytest.raises(InputError, match="the engine's"):
        answer_of(reply, "?", shelf)


def test_half_a_character_in_a_reply_breaks_nothing(shelf: Shelf) -> None:
    reply = {"answer": "Ann \ud83d [1].", "citations": [{"quote": "\ud83d"}], "passages": ["\ud83d"]}
    assert answer_of(reply, "?", shelf).sentences[0].text == "Ann \ufffd."


MODULE = """
REPLIES = {replies}
closed = []
class Engine:
    def __init__(self, articles): self.articles = articles
    def ask(self, question, history):
        assert (self.articles / "mill.md").is_file()
        assert all(set(turn) == {{"question", "answer"}} for turn in history)
        return REPLIES[question]
    def close(self): closed.append(True)
def plain(): return lambda question, history: REPLIES[question]
broken = 3
def unaskable(): return 3
"""


@pytest.fixture
def module(mill: Path, shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> str:
    (mill / "another_rag.py").write_text(MODULE.format(replies=REPLIES), encoding="utf-8")
    monkeypatch.syspath_prepend(str(mill))
    monkeypatch.delitem(__import__("sys").modules, "another_rag", raising=False)
    return "another_rag"


@pytest.mark.parametrize("factory", ["Engine", "plain"])
def test_an_engine_in_python_is_held_to_the_cases(mill: Path, module: str, factory: str) -> None:
    result = run(mill, f"{module}:{factory}")
    assert [(c.status, c.problems, c.error) for c in result.cases] == [("pass", (), None)] * 3
    if factory == "Engine":
        assert __import__(module).closed == [True]


@pytest.mark.parametrize(
    "name", ["another_rag", "nowhere:factory", "{module}:nothing", "{module}:broken", ":x", "x:", "ftp://a/b"]
)
def test_an_engine_that_is_none_is_wrong_usage(module: str, name: str) -> None:
    with pytest.raises(UsageError) as caught:
        foreign_engine(name.format(module=module))
    assert caught.value.hint


def test_a_factory_that_fails_is_wrong_usage(
    mill: Path, shelf: Shelf, tmp_path: Path, monkeypatch: Any
) -> None:
    (tmp_path / "failing_rag.py").write_text("def build():\n    raise ValueError('no key')\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(UsageError, match=r"cannot be made: ValueError: no key"):
        run(mill, "failing_rag:build")


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_engine_that_hangs_is_an_errored_case(
    mill: Path, shelf: Shelf, tmp_path: Path, monkeypatch: Any, jobs: int
) -> None:
    (tmp_path / "hanging_rag.py").write_text(
        "import time\n\ndef ask(question, history):\n    time.sleep(0 if 'founded' in question else 60)\n"
        "    return 'I do not know.'\n\ndef build():\n    return ask\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    opener = foreign_engine("hanging_rag:build")
    impatient = Settings(llm_timeout_seconds=0.5)
    result = run_suite(mill, open_engine=opener, settings=impatient, how=HowToRun(jobs=jobs))
    assert [case.status for case in result.cases] == ["fail", "error", "error"]
    assert result.cases[1].error == "no answer within 0.5 s"
    assert result.exit_code == 3


def test_what_a_factory_makes_must_be_askable(mill: Path, module: str) -> None:
    with pytest.raises(UsageError, match="cannot be asked"):
        run(mill, f"{module}:unaskable")


@pytest.fixture
def server(shelf: Shelf) -> Iterator[tuple[str, list[Any]]]:
    """Another system over HTTP: its address, and what it was sent."""
    sent: list[Any] = []
    stopped = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            sent.append(asked)
            code = 500 if self.path == "/broken" else 200
            body = b"<html>" if self.path == "/html" else json.dumps(REPLIES[asked["question"]]).encode()
            if self.path != "/html" and isinstance(REPLIES[asked["question"]], str):
                body = json.dumps({"answer": REPLIES[asked["question"]]}).encode()
            self.send_response(code)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.path == "/drip":  # each byte comes in time, all of them do not
                for byte in body:
                    self.wfile.write(bytes([byte]))
                    self.wfile.flush()
                    if stopped.wait(0.05):
                        return
            else:
                self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=http.serve_forever, args=(0.02,))
    thread.start()
    yield f"http://127.0.0.1:{http.server_port}", sent
    stopped.set()
    http.shutdown()
    http.server_close()
    thread.join()


def test_a_system_over_http_is_held_to_the_cases(mill: Path, server: tuple[str, list[Any]]) -> None:
    address, sent = server
    result = run(mill, f"{address}/ask")
    assert [(c.status, c.problems, c.error) for c in result.cases] == [("pass", (), None)] * 3
    assert sent[1] == {
        "question": "And when did it burn down?",
        "history": [{"question": "When was the mill founded?", "answer": "In 1902."}],
    }


@pytest.mark.parametrize(("path", "words"), [("broken", "500"), ("html", "answers no JSON")])
def test_a_system_that_fails_is_an_errored_case(
    mill: Path, server: tuple[str, list[Any]], path: str, words: str
) -> None:
    result = run(mill, f"{server[0]}/{path}")
    assert result.exit_code == 3
    assert all(words in (c.error or "") for c in result.cases)


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_system_that_drips_its_answer_is_an_errored_case(
    mill: Path, server: tuple[str, list[Any]], jobs: int
) -> None:
    opener = foreign_engine(f"{server[0]}/drip")
    impatient = Settings(llm_timeout_seconds=0.3)
    result = run_suite(mill, open_engine=opener, settings=impatient, how=HowToRun(jobs=jobs))
    assert {case.error for case in result.cases} == {"no answer within 0.3 s"}


@pytest.mark.parametrize("address", ["http://", "https://:80/ask"])
def test_an_address_without_a_host_is_wrong_usage(address: str) -> None:
    with pytest.raises(UsageError, match="names no host"):
        foreign_engine(address)


@pytest.mark.parametrize(
    ("source", "told"), [("def f(:", "SyntaxError"), ("raise RuntimeError('no key')", "RuntimeError: no key")]
)
def test_a_module_that_fails_as_it_is_imported_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str, told: str
) -> None:
    name = f"failing_rag_{len(told)}"
    (tmp_path / f"{name}.py").write_text(source, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(UsageError, match=f"{name}:f' cannot be imported: {told}"):
        foreign_engine(f"{name}:f")
