"""Putting the questions of `ask` and `search`, one or a file of them, and writing what comes of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from index.article import Filters
from index.errors import InputError, UsageError
from ui import printing
from ui.opening import open_engine
from ui.questions import BadLine, Query, one_question, read_queries

if TYPE_CHECKING:
    from rag import CitedQueryEngine
    from rag.answer import Passage
    from rag.settings import Settings

Command = Callable[["CitedQueryEngine", Query, int, Filters, bool], dict[str, Any] | str]
"""What is done with a question: engine, question, passages to retrieve, filters, whether JSON is wanted ->
that JSON, or text for people."""


def put(
    question: str | None,
    source: str | None,
    command: Command,
    settings: Settings,
    filters: Filters,
    *,
    as_json: bool,
) -> int:
    """Put the one question, or each of a file; the exit code is 1 when a line failed.

    A line that failed has its error in its place, and the others are still answered.

    Raises:
        UsageError: there is not exactly one of a question and a file, or it is none.
    """
    query = one_question(question, source, settings.max_question_chars)
    with open_engine(settings, filters) as engine:
        if query is not None:
            _write(command(engine, query, settings.top_k, filters, as_json))
            return 0
        failed = False
        assert source is not None
        for number, line in read_queries(source, settings.max_question_chars):
            try:
                if isinstance(line, BadLine):
                    raise line.error
                result = command(engine, line, settings.top_k, filters, as_json)
            except (UsageError, InputError) as error:
                failed = True
                printing.complain(f"line {number}: {error.message}", error.hint)
                result = {"id": line.id, "error": error.message, "hint": error.hint}
                if not as_json:
                    continue
            if isinstance(result, str) and isinstance(line, Query):
                result = f"{printing.styled((f'Q: {line.question}', 'bold'))}\n\n{result}\n"
            _write(result, compact=True)
    return 1 if failed else 0


def answer(
    engine: CitedQueryEngine, query: Query, top_k: int, filters: Filters, as_json: bool
) -> dict[str, Any] | str:
    """What `ask` does with a question."""
    found = engine.ask(query.question, history=list(query.history), filters=filters, top_k=top_k)
    if as_json:
        return found.to_dict() | {"id": query.id}
    return printing.answer_page(found, _titles(engine, found.passages))


def find(
    engine: CitedQueryEngine, query: Query, top_k: int, filters: Filters, as_json: bool
) -> dict[str, Any] | str:
    """What `search` does with a question; one with a history is searched as `ask` would search it."""
    from rag.answer import Turn, passage_dict
    from rag.conversation import standalone

    history = [Turn(**turn) for turn in query.history]
    passages = engine.search(query.question, history, top_k=top_k, filters=filters)
    searched = standalone(query.question, history).text
    if not as_json:
        return printing.passages_page(query.question, searched, passages, _titles(engine, passages))
    said: dict[str, Any] = {} if query.id is None else {"id": query.id}
    said["question"] = query.question
    if query.history:
        said["standalone_question"] = searched
    return said | {"passages": [passage_dict(passage) for passage in passages]}


def _write(result: dict[str, Any] | str, *, compact: bool = False) -> None:
    if isinstance(result, str):
        printing.out(result)
    else:
        printing.out_json(result, compact=compact)


def _titles(engine: CitedQueryEngine, passages: Iterable[Passage]) -> dict[str, str]:
    """Titles of the passages' articles, by article id."""
    return {p.article_id: engine.library.show(p.article_id).title for p in passages}
