"""Lines of a PDF in reading order into paragraphs, words that were broken at a line's end mended."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from index.readers.cleaning import LIST_MARKER, ends_sentence, glue
from index.readers.pdf_lines import Line

_SAME_SIZE = 1.12
_PARAGRAPH_GAP = 1.35
"""A distance between base lines this many times the usual one parts paragraphs."""
_INDENT = 0.6
"""How far to the right, in letter heights, a line begins that opens a paragraph."""
_BUCKET = 20.0
"""Points: lines that begin this near to each other are taken for the same column."""
_USUAL_DISTANCE = 1.2
_WORD = re.compile(r"\w+(?:-\w+)*")
_LAST_WORD = re.compile(r"[\w-]*\w$")
_FIRST_WORD = re.compile(r"\w+")

_LEADERS = re.compile(r"(?:\. ?){5,}\W*\w*$")
"""The dots before the page number in a table of contents."""


class Paged(NamedTuple):
    """A document's text, and where its pages begin in it."""

    text: str
    pages: tuple[int, ...]
    """For each page the offset of its first character; a page without text has that of the next."""


def join_lines(lines: Sequence[Line], pages: int) -> Paged:
    """The text of a document of so many pages, its paragraphs parted by blank lines."""
    rules = _Rules(lines)
    parts: list[str] = []
    length = 0
    starts: list[int] = []
    for previous, line in pairwise([None, *lines]):
        assert line is not None
        if previous is not None:
            parts[-1], between = rules.ending(previous, line)
            parts.append(between)
            length += len(parts[-2]) + len(between)
        starts += [length] * (line.page + 1 - len(starts))
        parts.append(line.text.rstrip("\xad"))
    length += len(parts[-1]) if parts else 0
    starts += [length] * (pages - len(starts))
    return Paged("".join(parts), tuple(starts))


class _Rules:
    """What a document's own habits say about two lines that follow each other."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self._words = Counter(
            word for line in lines for word in _WORD.findall(_whole_words(line.text).lower())
        )
        self._margins: dict[tuple[int, int], float] = {}
        for line in lines:
            key = (line.page, round(line.left / _BUCKET))
            self._margins[key] = max(line.right, self._margins.get(key, line.right))
        distances = [
            (a.base - b.base) / a.size for a, b in pairwise(lines) if _is_below(b, a) and _alike(a, b)
        ]
        self._distance = median(distances) if distances else _USUAL_DISTANCE

    def ending(self, line: Line, following: Line) -> tuple[str, str]:
        """The line's text as it stands before what follows, and what goes between the two."""
        if line.text.endswith("\xad"):
            text = line.text.rstrip("\xad")
            if _FIRST_WORD.match(following.text):
                return text + self._hyphen(text, following.text), ""
            return text + "-", "\n\n"
        if line.is_table_row and following.is_table_row:
            return line.text, "\n"
        if self._follows_closely(line, following) and _is_entry(line, following):
            return line.text, "\n"
        if line.is_table_row or following.is_table_row or not self._goes_on(line, following):
            return line.text, "\n\n"
        return line.text, glue(line.text, following.text)

    def _hyphen(self, text: str, following: str) -> str:
        """The hyphen at the end of a broken word if it belongs to the word, else nothing."""
        broken, rest = _LAST_WORD.search(text), _FIRST_WORD.match(following)
        if broken is None or rest is None:
            return "-"
        first, second = broken.group().lower(), rest.group().lower()
        whole, hyphened = self._words[first + second], self._words[f"{first}-{second}"]
        if whole or hyphened:
            return "" if whole >= hyphened else "-"
        return "" if following[0].islower() else "-"

    def _goes_on(self, line: Line, following: Line) -> bool:
        """Whether a paragraph goes on from one line to the next."""
        if not _alike(line, following) or LIST_MARKER.match(following.text):
            return False
        mid_sentence = not ends_sentence(line.text)
        if not _is_below(following, line):  # another column, or another page
            return mid_sentence and (
                following.text[0].islower() or not self._was_broken_early(line, following)
            )
        if not self._follows_closely(line, following):
            return False
        if following.left - line.left > _INDENT * line.size and not LIST_MARKER.match(line.text):
            return False
        if self._was_broken_early(line, following):
            return mid_sentence and (following.text[0].islower() or line.text.endswith("-"))
        return True

    def _follows_closely(self, line: Line, following: Line) -> bool:
        distance = (line.base - following.base) / line.size
        return _is_below(following, line) and distance <= _PARAGRAPH_GAP * self._distance

    def _was_broken_early(self, line: Line, following: Line) -> bool:
        """Whether the next line's first word would have fitted behind this line."""
        bucket = round(line.left / _BUCKET)
        margin = max(self._margins.get((line.page, n), line.right) for n in (bucket - 1, bucket, bucket + 1))
        letter = (line.right - line.left) / len(line.text)
        word = len(following.text.split(maxsplit=1)[0])
        return line.right + (word + 1) * letter + line.size / 2 < margin


def _whole_words(text: str) -> str:
    return _LAST_WORD.sub("", text.rstrip("\xad")) if text.endswith("\xad") else text


def _is_entry(line: Line, following: Line) -> bool:
    """Whether the next line is a further one of a list, or of a table of contents."""
    return bool(LIST_MARKER.match(following.text) or _LEADERS.search(line.text))


def _alike(a: Line, b: Line) -> bool:
    return max(a.size, b.size) <= _SAME_SIZE * min(a.size, b.size)


def _is_below(line: Line, above: Line) -> bool:
    side_by_side = line.left >= above.right or above.left >= line.right
    return line.page == above.page and line.base < above.base and not side_by_side
