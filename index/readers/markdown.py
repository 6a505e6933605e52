"""Markdown: front matter, then the body as the plain text that a reader sees."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from index.readers.cleaning import clean_line, clean_text, normalise, require_text
from index.readers.decoding import decode
from index.readers.frontmatter import split_front_matter
from index.readers.page import Page, title_from_name

if TYPE_CHECKING:
    from markdown_it.token import Token

_HIDDEN = re.compile(r"<!--.*?(?:-->|\Z)|<(script|style)\b.*?(?:</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE)
_TAG = re.compile(r"<[!/?a-zA-Z][^<>]*>")


def read_page(data: bytes, path: Path) -> Page:
    """A `.md` file as a page.

    Raises:
        InputError: it is empty, not text, or its front matter is wrong.
    """
    whole = require_text(normalise(decode(data, path)), path)
    fields, body = split_front_matter(whole, path)
    text, heading = plain_text(body)
    require_text(text, path, what="has no text below its front matter" if body != whole else "has no text")
    return fields.page(text, title=heading or title_from_name(path))


def plain_text(source: str) -> tuple[str, str | None]:
    """Markdown as plain text, and its first heading.

    A block is a line; a list item begins with its marker, a table's cells are parted by ` | `. Links leave
    their text, images nothing, HTML its text without the tags.

    >>> plain_text("# Ports\\n\\nThe *old*\\nport [closed](x).\\n\\n- one\\n- two")
    ('Ports\\n\\nThe old port closed.\\n\\n- one\\n- two', 'Ports')
    """
    from markdown_it import MarkdownIt

    renderer = _Renderer()
    for token in MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(source):
        renderer.take(token)
    return clean_text("".join(renderer.parts)), renderer.heading


@dataclass(slots=True)
class _Renderer:
    """Block tokens in order; what is remembered is where the next block belongs."""

    parts: list[str] = field(default_factory=list)
    heading: str | None = None
    """The first heading."""
    lists: list[int | None] = field(default_factory=list)
    """For each open list the number of its next item; None where it has bullets."""
    marker: str = ""
    """What the next block of a list item begins with."""
    row: list[str] | None = None
    """Cells of the open table row."""
    follows: bool = False
    """Whether the next block continues a list or table, on the line below rather than as a paragraph."""
    in_heading: bool = False

    def take(self, token: Token) -> None:
        match token.type:
            case "bullet_list_open":
                self.lists.append(None)
            case "ordered_list_open":
                self.lists.append(int(token.attrGet("start") or 1))
            case "bullet_list_close" | "ordered_list_close":
                self.lists.pop()
                self.follows = bool(self.lists)
            case "list_item_open":
                self._open_item()
            case "tr_open":
                self.row = []
            case "tr_close":
                cells, self.row = self.row or [], None
                self._add(" | ".join(cells))
                self.follows = True
            case "table_close":
                self.follows = bool(self.lists)
            case "heading_open" | "heading_close":
                self.in_heading = token.type == "heading_open"
            case "inline":
                self._text(_inline_text(token))
            case "fence" | "code_block":
                self._text(token.content.rstrip("\n"))
            case "html_block":
                self._text(_html_text(token.content))

    def _open_item(self) -> None:
        number = self.lists[-1]
        self.marker = "  " * (len(self.lists) - 1) + ("- " if number is None else f"{number}. ")
        if number is not None:
            self.lists[-1] = number + 1

    def _text(self, text: str) -> None:
        if self.row is not None:
            self.row.append(" ".join(text.split()))
        elif text.strip():
            if self.in_heading and self.heading is None:
                self.heading = clean_line(text) or None
            self._add(text)

    def _add(self, text: str) -> None:
        if self.parts:
            self.parts.append("\n" if self.follows else "\n\n")
        self.parts.append(self.marker + text)
        self.marker = ""
        self.follows = bool(self.lists)


def _inline_text(token: Token) -> str:
    found = []
    for child in token.children or []:
        match child.type:
            case "text" | "code_inline":
                found.append(child.content)
            case "softbreak":
                found.append(" ")
            case "hardbreak":
                found.append("\n")
            case "html_inline" if child.content.lower().startswith("<br"):
                found.append("\n")
    return "".join(found).strip()


def _html_text(markup: str) -> str:
    bare = html.unescape(_TAG.sub(" ", _HIDDEN.sub(" ", markup)))
    return "\n".join(filter(None, (" ".join(line.split()) for line in bare.splitlines())))
