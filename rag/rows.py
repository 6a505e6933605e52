"""Rows of tables: which line is the header, and how a row reads with it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.article import Chunk

_BETWEEN_CELLS = " | "
_DIGIT = re.compile(r"\d")
_DAY_OR_YEAR = re.compile(r"\b(?:\d{1,2} (?=[A-Z])|\d{4}\b)")
"""What a header may hold of digits: "From 1 April"."""
_FEWEST_CELLS = 3
"""A table of two columns often has no header but names and values: "Born | 1938"."""


def headers_of(chunks: Sequence[Chunk]) -> dict[tuple[str, int], list[str | None]]:
    """Of each chunk, by article and number: the header each sentence stands under, None outside tables.

    A header stands under itself. A table that goes on in the next chunk takes its header along.
    """
    found: dict[tuple[str, int], list[str | None]] = {}
    for chunk in sorted(chunks, key=lambda each: (each.article_id, each.number)):
        lines = [chunk.text[start - chunk.start : end - chunk.start] for start, end in chunk.sentences]
        before = found.get((chunk.article_id, chunk.number - 1))
        found[chunk.article_id, chunk.number] = _of_lines(
            lines, above=before[-1] if before else None, whole=chunk.number == 0
        )
    return found


def _of_lines(lines: Sequence[str], above: str | None, whole: bool) -> list[str | None]:
    found: list[str | None] = []
    for number, line in enumerate(lines):
        rows = _rows_from(lines, number)
        cells = _cells(line)
        if not rows or (above is not None and _cells(above) != cells):
            above = None
        elif above is None and (number > 0 or whole) and not (number and _cells(lines[number - 1]) == cells):
            above = line if _is_header(line, rows[1:]) else None
        found.append(above)
    return found


def _rows_from(lines: Sequence[str], start: int) -> Sequence[str]:
    """The rows of one table from `start` on."""
    end = start
    while end < len(lines) and _BETWEEN_CELLS in lines[end] and _cells(lines[end]) == _cells(lines[start]):
        end += 1
    return lines[start:end]


def _is_header(line: str, rows: Sequence[str]) -> bool:
    return bool(rows) and _cells(line) >= _FEWEST_CELLS and not _DIGIT.search(_DAY_OR_YEAR.sub("", line))


def _cells(line: str) -> int:
    return line.count(_BETWEEN_CELLS) + 1


def read_with(header: str, row: str) -> str:
    """A row with the names of its cells; both have as many.

    >>> read_with("Car park | Spaces", "Station | 85")
    'Car park: Station; Spaces: 85'
    """
    pairs = zip(header.split(_BETWEEN_CELLS), row.split(_BETWEEN_CELLS), strict=False)
    return "; ".join(f"{name}: {cell}" for name, cell in pairs)
