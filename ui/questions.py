"""Questions from the command line or a file of JSON lines, and the filters that go with them."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from index.article import Filters
from index.errors import UsageError
from index.readers.page import parse_language
from ui.printing import valid

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_FORM = 'one JSON object a line: {"question": "…", "id": "…", "history": [{"question": "…", "answer": "…"}]}'


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """One question to put."""

    question: str
    id: str | int | float | None = None
    """The caller's own, given back as it came."""
    history: tuple[dict[str, str], ...] = ()
    """Earlier exchanges, oldest first: `question` and `answer` of each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BadLine:
    """A line of a file that holds no question."""

    number: int
    """From 1."""
    id: str | int | float | None
    error: UsageError


def one_question(question: str | None, source: str | None, max_chars: int) -> Query | None:
    """The question given as an argument, or None where a file is given instead.

    Raises:
        UsageError: both or neither are given, the question is empty or too long, or there is no such file.
    """
    if (question is None) == (source is None):
        what = "no question is given" if question is None else "both a question and --from are given"
        raise UsageError(what, hint='write citewell ask "…", or --from FILE')
    if question is not None:
        # Bytes of an argument that are not UTF-8 arrive as half characters.
        text = question.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        return Query(question=checked(text, max_chars))
    if source is not None and source != "-" and not Path(source).exists():
        raise UsageError(f"{source} does not exist", hint=f"name a file of {_FORM}")
    return None


def checked(question: str, max_chars: int) -> str:
    """The question itself.

    Raises:
        UsageError: it is empty, or longer than `max_chars`.
    """
    if not question.strip():
        raise UsageError("the question is empty", hint="ask something, in words")
    if len(question) > max_chars:
        raise UsageError(
            f"the question has {len(question):,} characters; the limit is {max_chars:,}",
            hint="ask it in fewer words, or raise CITEWELL_MAX_QUESTION_CHARS",
        )
    return question


def read_queries(source: str, max_chars: int) -> Iterator[tuple[int, Query | BadLine]]:
    """The questions of a file, or of stdin where `source` is `-`, each with the number of its line.

    Raises:
        UsageError: the file cannot be read.
    """
    for number, line in _lines(source):
        found: dict[str, Any] = {}
        try:
            found = _object(line)
            query = _query(found, max_chars)
        except UsageError as error:
            yield number, BadLine(number=number, id=_id(found.get("id")), error=error)
        else:
            yield number, query


def _lines(source: str) -> Iterator[tuple[int, bytes]]:
    try:
        with nullcontext(sys.stdin.buffer) if source == "-" else Path(source).open("rb") as file:
            for number, line in enumerate(file, 1):
                bare = line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
                if bare.strip():
                    yield number, bare
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UsageError(f"{source} cannot be read: {reason}", hint=f"name a file of {_FORM}") from error


def _object(line: bytes) -> dict[str, Any]:
    try:
        found = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise UsageError("the line is not UTF-8", hint="convert the file to UTF-8") from error
    except (ValueError, RecursionError) as error:
        raise UsageError(f"the line is not JSON: {error}", hint=_FORM) from error
    if not isinstance(found, dict):
        raise UsageError("the line is no JSON object", hint=_FORM)
    return found


def _query(found: dict[str, Any], max_chars: int) -> Query:
    question = found.get("question")
    if not isinstance(question, str):
        raise UsageError("the line has no 'question' that is a string", hint=_FORM)
    given = found.get("id")
    if given is not None and _id(given) is None:
        raise UsageError("the line's 'id' is neither a string nor a number", hint=_FORM)
    history = found.get("history")
    turns = [] if history is None else history
    if not isinstance(turns, list):
        raise UsageError("the line's 'history' is no list", hint=_FORM)
    return Query(
        question=checked(valid(question), max_chars),
        id=_id(given),
        history=tuple(_turn(turn) for turn in turns),
    )


def _turn(turn: object) -> dict[str, str]:
    fields = {key: turn.get(key) or "" for key in ("question", "answer")} if isinstance(turn, dict) else {}
    if not fields.get("question") or not all(isinstance(value, str) for value in fields.values()):
        raise UsageError("a turn of the line's 'history' has no 'question' that is a string", hint=_FORM)
    return {key: valid(value) for key, value in fields.items()}


def _id(value: object) -> str | int | float | None:
    return value if isinstance(value, (str, int, float)) and not isinstance(value, bool) else None


def make_filters(
    publishers: Sequence[str] | None,
    since: str | None,
    until: str | None,
    articles: Sequence[str] | None,
    languages: Sequence[str] | None,
) -> Filters:
    """The filters as given on the command line.

    Raises:
        UsageError: a date or a language is none, or the first date lies after the last.
    """
    first, last = _day("--since", since), _day("--until", until)
    if first and last and first > last:
        raise UsageError(f"--since {first} is after --until {last}", hint="exchange them")
    return Filters(
        publishers=tuple(map(valid, publishers or ())),
        since=first,
        until=last,
        articles=tuple(map(valid, articles or ())),
        languages=tuple(map(_language, languages or ())),
    )


def _language(value: str) -> str:
    code = parse_language(value)
    if code is None:
        raise UsageError(
            f"--language {valid(value)[:40]!r} is no language code",
            hint="write it in two letters, as ISO 639-1 has them: --language en",
        )
    return code


def _day(option: str, value: str | None) -> date | None:
    if value is None:
        return None
    try:
        if not _DAY.fullmatch(value):
            raise ValueError(value)
        return date.fromisoformat(value)
    except ValueError as error:
        raise UsageError(
            f"{option} {value[:40]!r} is no date", hint=f"write it as 2025-06-09: {option} 2025-06-09"
        ) from error
