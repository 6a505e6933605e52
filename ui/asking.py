"""Putting the questions of `ask` and `search`, one or a file of them, and writing what comes of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from index.errors import InputError, UsageError
from ui import printing
from ui.questions import BadLine, Query, read_queries

if TYPE_CHECKING:
    from rag import CitedQueryEngine
    from rag.answer import Passage


def put(
    query: Query | None,
    source: str | None,
    max_chars: int,
    run: Callable[[Query], dict[str, Any] | str],
    *,
    as_json: bool,
) -> int:
    """Put the one question, or each of a file; the exit code is 1 when a line failed.

    A line that failed has its error in its place, and the others are still answered.
    """

    def write(result: dict[str, Any] | str, *, compact: bool = False) -> None:
        if isinstance(result, str):
            printing.out(result)
        else:
            printing.out_json(result, compact=compact)

    if query is not None:
        write(run(query))
        return 0
    failed = False
    assert source is not None
    for number, line in read_queries(source, max_chars):
        try:
            if isinstance(line, BadLine):
                raise line.error
            result = run(line)
        except (UsageError, InputError) as error:
            failed = True
            printing.complain(f"line {number}: {error.message}", error.hint)
            result = {"id": line.id, "error": error.message, "hint": error.hint}
            if not as_json:
                continue
        if isinstance(result, str):
            heading = (
                printing.styled((f"Q: {line.question}", "bold")) if not isinstance(line, BadLine) else ""
            )
            result = f"{heading}\n\n{result}\n"
        write(result, compact=True)
    return 1 if failed else 0


def titles_of(engine: CitedQueryEngine, passages: Iterable[Passage]) -> dict[str, str]:
    """Titles of the passages' articles, by article id."""
    return {p.article_id: engine.library.show(p.article_id).title for p in passages}
