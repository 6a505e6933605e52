"""Exports: files of many articles, as rows of CSV or objects of JSON. A bad row does not lose the others."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from index.errors import InputError
from index.readers.decoding import decode
from index.readers.fields import Fail, FieldMap, named_values, row_page
from index.readers.page import Page
from index.readers.reading import Reading

_DELIMITERS = (",", ";", "\t", "|")
_LISTS = ("articles", "items", "results", "data", "docs", "documents", "entries", "posts", "hits", "rows")
_WHITE = " \t\r\n"
_LIST_BEGINS = re.compile(rf'"(?:{"|".join(_LISTS)})"\s*:\s*(?=\[)', re.IGNORECASE)

HEAD_BYTES = 1_000_000
"""As much of an export is enough to know its columns by."""
_HEAD_ROWS = 20

Check = Callable[[Sequence[str], Fail], None]
"""What is done with the names in a header."""


class Row(NamedTuple):
    """One article of an export."""

    key: str
    """Stable within the export: the row's own id, else a digest of its title, publisher and date."""
    page: Page


class _Item(NamedTuple):
    """One row as found: what it holds, or what is wrong with it."""

    place: str
    values: Mapping[str, Any] | None
    problem: str = ""


def read_rows(data: bytes, path: Path, reading: Reading) -> Iterator[Row | InputError]:
    """The articles of an export; for a row that is none, its error, naming file and line.

    Raises:
        InputError: the file holds no rows at all.
    """
    fields = FieldMap(reading)
    text = decode(data, path)
    keys: set[str] = set()
    found = False
    for item in _FORMATS[path.suffix.lower()](text, path, fields.check_columns):
        found = True
        fail = _failing(path, item.place)
        try:
            if item.values is None:
                raise fail(item.problem, "correct it, or take it out; the other rows are added")
            page, key = row_page(fields.values(item.values), reading, fail)
        except InputError as error:
            yield error
            continue
        if key in keys and "id" not in fields.values(item.values):
            key = f"{key}-{_digest(page.text)}"  # another article under the same title
        keys.add(key)
        yield Row(key, page)
    if not found:
        raise InputError(f"{path} holds no rows", hint="an export needs one article a row")


def read_columns(head: bytes, path: Path) -> dict[str, str]:
    """What the columns of an export are called, in their order, each with the first that stands in it.

    `head` may be cut off after `HEAD_BYTES`: the first rows are enough.

    Raises:
        InputError: it is no text, or no row can be told in it.
    """
    if len(head) >= HEAD_BYTES:
        head = head[: head.rfind(b"\n") + 1] or head
    text = decode(head, path)
    suffix = path.suffix.lower()
    if suffix == ".json" and (begins := _LIST_BEGINS.search(text)) and text.lstrip()[:1] == "{":
        text = text[begins.end() :]  # a list within an object, which may be cut off
    found: dict[str, str] = {}

    def note(names: Sequence[str], fail: Fail) -> None:
        found.update({name: "" for name in names if name})

    try:
        for item in islice(_FORMATS[suffix](text, path, note), _HEAD_ROWS):
            for name, value in named_values(item.values or {}):
                if name and not found.get(name):
                    found[name] = value
    except RecursionError as error:
        raise InputError(f"{path} is nested too deeply", hint="take the nested values out") from error
    if not found:
        raise InputError(f"{path} has no columns that can be told", hint="an export needs one article a row")
    return found


def _failing(path: Path, place: str) -> Fail:
    def fail(problem: str, hint: str) -> InputError:
        return InputError(f"{path}, {place}: {problem}", hint=hint)

    return fail


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:12]


def _csv_rows(text: str, path: Path, check: Check) -> Iterator[_Item]:
    header_line = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=header_line.count)
    csv.field_size_limit(max(csv.field_size_limit(), len(text)))
    # Strict, or a quote that is never closed would take all that follows for one field.
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        header = [name.strip() for name in next(rows, [])]
    except csv.Error as error:
        raise InputError(f"{path}, line 1: {error}", hint="the first line names the columns") from error
    check(header, _failing(path, "line 1"))
    while True:
        place = f"line {rows.line_num + 1}"
        try:
            cells = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield _Item(place, None, f"the row is not CSV: {error}")
            continue
        if len(cells) > len(header):
            yield _Item(place, None, f"the row has {len(cells)} cells, the header {len(header)}")
        elif any(cell.strip() for cell in cells):
            yield _Item(place, dict(zip(header, cells, strict=False)))


def _json_lines(text: str, path: Path, check: Check) -> Iterator[_Item]:
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                yield _item(f"line {number}", json.loads(line))
            except (ValueError, RecursionError) as error:
                yield _Item(f"line {number}", None, f"the line is not JSON: {_said(error)}")


def _json_items(text: str, path: Path, check: Check) -> Iterator[_Item]:
    start = _skip(text, 0)
    if text[start : start + 1] != "[":
        yield from _json_object(text, path, check)
        return
    # One by one, so that one item at a time is in memory, and the line of each is known.
    decoder = json.JSONDecoder()
    line, counted, position = 1, 0, _skip(text, start + 1)
    while position < len(text) and text[position] != "]":
        line, counted = line + text.count("\n", counted, position), position
        try:
            value, position = decoder.raw_decode(text, position)
        except (ValueError, RecursionError) as error:
            problem = f"this is not JSON, and what follows cannot be read: {_said(error)}"
            yield _Item(f"line {line}", None, problem)
            return
        yield _item(f"line {line}", value)
        position = _skip(text, position)
        if text[position : position + 1] == ",":
            position = _skip(text, position + 1)
    if position >= len(text):
        yield _Item(f"line {line}", None, "the file ends here: its list is never closed")


def _json_object(text: str, path: Path, check: Check) -> Iterator[_Item]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(
            f"{path} is not JSON: {_said(error)}", hint="a list of objects is expected"
        ) from error
    if not isinstance(value, dict):
        raise InputError(f"{path} holds no articles", hint="a list of objects is wanted")
    lists = {name.casefold(): each for name, each in value.items() if isinstance(each, list) and each}
    chosen = next((lists[name] for name in _LISTS if name in lists), None)
    if chosen is None:
        yield _item("the object", value)
        return
    for number, each in enumerate(chosen, 1):
        yield _item(f"item {number}", each)


def _item(place: str, value: Any) -> _Item:
    return _Item(place, value) if isinstance(value, dict) else _Item(place, None, "this is no JSON object")


def _skip(text: str, position: int) -> int:
    while position < len(text) and text[position] in _WHITE:
        position += 1
    return position


def _said(error: Exception) -> str:
    return "it is nested too deeply" if isinstance(error, RecursionError) else str(error)


_FORMATS: MappingProxyType[str, Callable[[str, Path, Check], Iterator[_Item]]] = MappingProxyType(
    {
        ".csv": _csv_rows,
        ".tsv": _csv_rows,
        ".jsonl": _json_lines,
        ".ndjson": _json_lines,
        ".json": _json_items,
    }
)
SUFFIXES = tuple(_FORMATS)
