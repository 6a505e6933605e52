"""Rows of tables: which line is the header, and how a row reads with it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.article import Chunk, Span
from rag.lines import line_above, line_at

_BETWEEN_CELLS = " | "
_DIGIT = re.compile(r"\d")
_DAY_OR_YEAR = re.compile(r"\b(?:\d{1,2} (?=[A-Z])|\d{4}\b)")
"""What a header may hold of digits: "From 1 April"."""
_FEWEST_CELLS = 3
"""A table of two columns often has no header but names and values: "Born | 1938"."""


def headers_of(chunks: Sequence[Chunk]) -> dict[tuple[str, int], list[str | None]]:
    """Of each chunk, by article and number: the header each sentence stands under, None outside tables.

    A header stands under itself. A table that goes on in the next chunk takes its header along; a line that
    opens a chunk whose predecessor is not there is a header when it alone has no figures.
    """
    found: dict[tuple[str, int], list[str | None]] = {}
    for chunk in sorted(chunks, key=lambda each: (each.article_id, each.number)):
        lines = [chunk.text[start - chunk.start : end - chunk.start] for start, end in chunk.sentences]
        before = found.get((chunk.article_id, chunk.number - 1))
        found[chunk.article_id, chunk.number] = _of_lines(
            lines, above=before[-1] if before else None, whole=chunk.number == 0
        )
    return found


def header_over(text: str, sentence: Span) -> Span | None:
    """The header of the table whose row the sentence is, wherever in the article it stands."""
    rows = [line_at(text, sentence.start)]
    while (above := line_above(text, rows[0])) is not None and _is_row_like(text, above, rows[0]):
        rows.insert(0, above)
    words = [text[start:end] for start, end in rows]
    return rows[0] if _is_header(words[0], words[1:]) else None


def _is_row_like(text: str, one: Span, other: Span) -> bool:
    cells = [_cells(text[start:end]) for start, end in (one, other)]
    return cells[0] == cells[1] > 1


def _of_lines(lines: Sequence[str], above: str | None, whole: bool) -> list[str | None]:
    found: list[str | None] = []
    for number, line in enumerate(lines):
        rows = _rows_from(lines, number)
        cells = _cells(line)
        if not rows or (above is not None and _cells(above) != cells):
            above = None
        elif above is None and not (number and _cells(lines[number - 1]) == cells):
            begins = number > 0 or whole or all(_DIGIT.search(row) for row in rows[1:])
            above = line if begins and _is_header(line, rows[1:]) else None
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
