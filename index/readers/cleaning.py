"""Decoded text into the text that people read and that offsets point into."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

from index.errors import InputError

_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ufeff]")
_SURROGATES = re.compile("[\ud800-\udfff]")
_BLANK_LINES = re.compile(r"\n{3,}")

_WRAP_MAX = 100
"""Lines of a hard-wrapped text are at most this long (mail and typewriter habits end well below it)."""
_WRAP_MIN = 40
"""Shorter lines are verse, lists or addresses rather than wrapped prose."""
_FULL_SHARE = 0.75
_SENTENCE_END = tuple(".!?:;…。！？")
_CLOSERS = "\"'”’»)]*_"
LIST_MARKER = re.compile(r"\s*(?:[-*•–—+]|\d{1,3}[.)])\s")


def clean_text(text: str) -> str:
    """One kind of line break, no trailing spaces, at most one blank line in a row, no control characters.

    All else stays as it is: emoji, right-to-left marks, zero-width joiners.

    >>> clean_text("One. \\r\\n\\r\\n\\r\\n\\r\\nTwo.\\n")
    'One.\\n\\nTwo.'
    """
    text = "\n".join(line.rstrip(" \t") for line in normalise(text).split("\n"))
    return _BLANK_LINES.sub("\n\n", text).strip("\n")


def normalise(text: str) -> str:
    """`text` with `\\n` as its only line break and without control characters or lone surrogates."""
    return _SURROGATES.sub("\ufffd", _CONTROLS.sub("", _BREAKS.sub("\n", text)))


def clean_line(value: str) -> str:
    """Metadata on one line: white space collapsed, control characters and lone surrogates gone."""
    return " ".join(normalise(value).split())


def is_blank(text: str) -> bool:
    """Whether nothing in `text` can be seen: white space, controls and format characters only."""
    return all(c.isspace() or unicodedata.category(c) in ("Cc", "Cf") for c in text)


def require_text(text: str, path: object, *, what: str = "is empty") -> str:
    """`text` itself.

    Raises:
        InputError: there is nothing to see in it.
    """
    if is_blank(text):
        raise InputError(f"{path} {what}", hint="put the article's text into it, or leave it out")
    return text


def join_wrapped(text: str) -> str:
    """Paragraphs of a hard-wrapped text on one line each, so that no sentence holds a line break.

    A text counts as wrapped when its lines are short and most breaks inside its paragraphs stand where the
    next word would not have fitted; only such breaks are joined, so headings, lists and one-sentence lines
    keep theirs. Expects the result of `clean_text`.
    """
    lines = text.split("\n")
    pairs = [(a, b) for a, b in pairwise(lines) if a and b]
    width = max(map(len, lines))
    if width > _WRAP_MAX or not pairs:
        return text
    wrapped = width >= _WRAP_MIN and _is_wrapped(pairs, width)
    parts = [lines[0]]
    for previous, line in pairwise(lines):
        if previous and line and _continues(previous, line, width if wrapped else None):
            bare = line.lstrip()
            parts += (glue(previous, bare), bare)
        else:
            parts += ("\n", line)
    return "".join(parts)


def _is_wrapped(pairs: list[tuple[str, str]], width: int) -> bool:
    # The last line of a paragraph that has no blank line after it ends a sentence below full width: no sign.
    inner = [(a, b) for a, b in pairs if _is_full(a, b, width) or not ends_sentence(a)]
    full = [(a, b) for a, b in inner if _is_full(a, b, width)]
    mid_sentence = [a for a, _ in full if not ends_sentence(a)]
    return bool(mid_sentence) and len(full) >= _FULL_SHARE * len(inner)


def _is_full(line: str, following: str, width: int) -> bool:
    return len(line) + 1 + len(following.split(maxsplit=1)[0]) > width


def ends_sentence(line: str) -> bool:
    """Whether a line ends as sentences do, quotes and brackets behind the stop aside."""
    return line.rstrip(_CLOSERS).endswith(_SENTENCE_END)


def _continues(line: str, following: str, width: int | None) -> bool:
    if LIST_MARKER.match(following):
        return False
    if _indent(following) > _indent(line) and not LIST_MARKER.match(line):
        return False  # an indented first line opens a paragraph
    if width is not None and _is_full(line, following, width):
        return True
    return len(line) >= _WRAP_MIN and not ends_sentence(line) and following.lstrip()[0].islower()


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def glue(left: str, right: str) -> str:
    """What goes between two joined lines: nothing after a hyphen, nor between characters of East Asia."""
    if left[-1] == "-" and left[-2:-1].isalnum() and right[0].isalnum():
        return ""
    wide = all(unicodedata.east_asian_width(c) in "WF" for c in (left[-1], right[0]))
    return "" if wide else " "
