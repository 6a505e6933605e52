"""The text of a document in HTML, all of it: for what is an article throughout, unlike a page of the web.

Blocks, lists and tables come out as in Markdown articles: paragraphs parted by a blank line, list items with
their marker, cells parted by ` | `.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from lxml.etree import _Element

from index.readers.cleaning import clean_line, clean_text

_HIDDEN = frozenset({"head", "script", "style", "template", "noscript", "svg", "math", "object", "iframe"})
_PARAGRAPHS = frozenset(
    """
    address article aside blockquote body caption center dd details div dl dt fieldset figcaption figure
    footer form h1 h2 h3 h4 h5 h6 header hr html li main nav ol p pre section summary table tbody td tfoot th
    thead tr ul
    """.split()  # noqa: SIM905 - a list of forty lines otherwise
)
_IN_CELLS = frozenset({"table", "p", "div", "ul", "ol", "h1", "h2", "h3", "h4"})
_DEEPEST = 400
"""Levels below which elements are passed over; Python would run out of stack at about twice that."""


def blocks_text(root: _Element) -> str:
    """The text below an element, cleaned."""
    writer = _Writer()
    writer.block(root, 0)
    writer.end_block()
    return clean_text("".join(writer.parts))


@dataclass(slots=True)
class _Writer:
    parts: list[str] = field(default_factory=list)
    current: list[str] = field(default_factory=list)
    """Pieces of the open paragraph; a line break in it is `\\n`."""
    lists: list[int | None] = field(default_factory=list)
    """For each open list the number of its next item; None where it has bullets."""
    marker: str = ""
    follows: bool = False
    """Whether the next block stands on the line below rather than as a paragraph."""

    def block(self, element: _Element, depth: int) -> None:
        name = _name(element)
        if name in _HIDDEN or depth > _DEEPEST:
            return
        is_block = name in _PARAGRAPHS
        if is_block:
            self.end_block()
        if name in ("ul", "ol"):
            self.lists.append(None if name == "ul" else 1)
        elif name == "li" and self.lists:
            self._open_item()
        elif name == "br":
            self.current.append("\n")
        if name == "table" and _is_data(element):
            self._table(element)
        else:
            self.current.append(_spaced(element.text))
            for child in element:
                if isinstance(child.tag, str):
                    self.block(child, depth + 1)
                self.current.append(_spaced(child.tail))
        if is_block:
            self.end_block()
        if name in ("ul", "ol"):
            self.lists.pop()
            self.follows = bool(self.lists)

    def end_block(self) -> None:
        lines = (" ".join(line.split()) for line in "".join(self.current).split("\n"))
        self.current = []
        text = "\n".join(filter(None, lines))
        if text:
            self._add(text)

    def _open_item(self) -> None:
        number = self.lists[-1]
        self.marker = "  " * (len(self.lists) - 1) + ("- " if number is None else f"{number}. ")
        if number is not None:
            self.lists[-1] = number + 1

    def _table(self, element: _Element) -> None:
        for row in element.iter("{*}tr"):
            cells = [clean_line("".join(cell.itertext())) for cell in row if _name(cell) in ("td", "th")]
            if any(cells):
                self._add(" | ".join(cells))
                self.follows = True
        self.follows = bool(self.lists)

    def _add(self, text: str) -> None:
        if self.parts:
            self.parts.append("\n" if self.follows else "\n\n")
        self.parts.append(self.marker + text)
        self.marker = ""
        self.follows = bool(self.lists)


def _name(element: Any) -> str:
    tag = element.tag
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""


def _spaced(text: str | None) -> str:
    """Text whose own line breaks are mere spaces, as in HTML."""
    return text.replace("\n", " ") if text else ""


def _is_data(table: _Element) -> bool:
    """Whether a table shows data; mail and old pages use tables to place whole paragraphs."""
    return not any(_holds_blocks(cell) for cell in table.iter("{*}td"))


def _holds_blocks(cell: _Element) -> bool:
    inner: Iterator[str] = (_name(child) for child in cell.iterdescendants())
    found = [name for name in inner if name in _IN_CELLS]
    return len(found) > 1 or found == ["table"]
