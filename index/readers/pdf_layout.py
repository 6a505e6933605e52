"""The lines of a PDF in the order in which people read them: without running heads and feet, columns one
after the other, tables by rows."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from statistics import median

from index.readers.pdf_lines import Line

_EDGE_LINES = 3
"""Running heads and feet are looked for among this many lines from the top and from the bottom."""
_SAME_PLACE = 3.0
"""Points by which the place of a running head may differ from page to page."""
_HEAD_DISTANCE = 1.5
"""Letter heights between the base lines of a running head and of the text, at least."""
_COLUMN_CHARS = 20
"""Pieces side by side are columns of prose when they are this long in the median, else cells of a table."""
_COLUMN_ROWS = 4
_MOST_COLUMNS = 3
_NUMBER = re.compile(r"\d+|\b[ivxlc]+\b")
_PAGE_NUMBER = re.compile(r"\W*(?:page|p\.|seite)?\s*#(?:\s*(?:of|/|von)\s*#)?\W*")


def in_reading_order(pages: Sequence[Sequence[Line]]) -> list[Line]:
    """The lines of a document whose pages are given as lines in the order in which they were drawn."""
    return [line for page in _without_running_lines(pages) for line in _columns_apart(page)]


# Running heads and feet


def _without_running_lines(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """The pages without what stands at the same place on several of them, page numbers aside."""
    edges = [_edges(page) for page in pages]
    places: defaultdict[str, list[float]] = defaultdict(list)
    for edge in edges:
        for line in {id(line): line for run in edge for line in run[:_EDGE_LINES]}.values():
            places[_key(line)].append(line.base)
    enough = min(3, max(2, len(pages)))
    kept: list[list[Line]] = []
    for page, edge in zip(pages, edges, strict=True):
        dropped: set[int] = set()
        for run in edge:
            for count, line in enumerate(run[:_EDGE_LINES], 1):
                alike = sum(abs(base - line.base) <= _SAME_PLACE for base in places[_key(line)])
                if alike < enough and not _PAGE_NUMBER.fullmatch(_key(line)):
                    break  # what stands further in is text
                if len(page) == 1 or (count < len(run) and _stands_apart(line, run[count])):
                    dropped.update(map(id, run[:count]))
        kept.append([line for line in page if id(line) not in dropped])
    return kept


def _stands_apart(line: Line, following: Line) -> bool:
    """Whether more than the distance between two lines of text lies between two lines."""
    return abs(line.base - following.base) > _HEAD_DISTANCE * max(line.size, following.size)


def _edges(page: Sequence[Line]) -> tuple[list[Line], list[Line]]:
    """The outermost lines of a page and one more, from the edge inwards: at its top, and at its bottom."""
    down = sorted(page, key=lambda line: -line.base)
    return down[: _EDGE_LINES + 1], down[::-1][: _EDGE_LINES + 1]


def _key(line: Line) -> str:
    return _NUMBER.sub("#", line.text.casefold())


# Columns and tables


def _columns_apart(page: Sequence[Line]) -> list[Line]:
    """What was drawn across columns is taken column by column, a table row by row, all else as drawn."""
    ordered: list[Line] = []
    run: list[list[Line]] = []
    for row in [*(list(row) for _, row in groupby(page, key=lambda line: line.row)), []]:
        if len(row) > 1 or (row and run and _stands_in_a_column(row[0], run)):
            run.append(row)
            continue
        ordered += _by_column(run) if _are_columns(run) else map(_table_row, run)
        ordered += row
        run = []
    return ordered


def _stands_in_a_column(line: Line, run: Sequence[Sequence[Line]]) -> bool:
    """Whether a line that stands alone goes on in one of the columns above it."""
    widest = max(run, key=len)
    for piece, following in zip(widest, [*widest[1:], None], strict=True):
        if abs(line.left - piece.left) <= line.size:
            return following is None or line.right < following.left
    return False


def _are_columns(run: Sequence[Sequence[Line]]) -> bool:
    if len(run) < _COLUMN_ROWS:
        return False
    ((pieces, _),) = Counter(map(len, run)).most_common(1)
    return pieces <= _MOST_COLUMNS and median(len(line.text) for row in run for line in row) >= _COLUMN_CHARS


def _by_column(run: Sequence[Sequence[Line]]) -> list[Line]:
    """The pieces of the rows, each in the column whose left edge is nearest to its own."""
    edges = [piece.left for piece in max(run, key=len)]
    columns: list[list[Line]] = [[] for _ in edges]
    for line in (line for row in run for line in row):
        columns[min(range(len(edges)), key=lambda n: abs(edges[n] - line.left))].append(line)
    return [line for column in columns for line in column]


def _table_row(row: Sequence[Line]) -> Line:
    if len(row) == 1:
        return row[0]
    text = " | ".join(cell.text.rstrip("\xad") for cell in row)
    return replace(row[0], text=text, right=row[-1].right, is_table_row=True)
