"""The lines of an article's text as spans, without blank ones and without the space around them."""

from __future__ import annotations

from collections.abc import Iterator

from index.article import Span


def line_at(text: str, place: int) -> Span:
    """The line that a character stands in.

    >>> line_at("Two ships\\n  came in", 14)
    Span(start=12, end=19)
    """
    end = text.find("\n", place)
    return _trimmed(text, text.rfind("\n", 0, place) + 1, len(text) if end < 0 else end)


def line_above(text: str, line: Span) -> Span | None:
    """The line before; None at the beginning."""
    end = len(text[: line.start].rstrip())
    return line_at(text, end - 1) if end else None


def lines_below(text: str, line: Span) -> Iterator[Span]:
    """The lines behind it, in order."""
    start = text.find("\n", line.end) + 1
    while 0 < start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        if text[start:end].strip():
            yield _trimmed(text, start, end)
        start = end + 1


def _trimmed(text: str, start: int, end: int) -> Span:
    line = text[start:end]
    return Span(end - len(line.lstrip()), start + len(line.rstrip()))
