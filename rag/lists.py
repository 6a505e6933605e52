"""Lists in an article: the sentence that introduces one, and its items, line by line."""

from __future__ import annotations

import re
from itertools import islice, takewhile

from index.article import Span
from index.splitter import split_sentences
from rag.lines import line_above, line_at, lines_below

MOST_ITEMS = 15
"""Items of a list that are told; a longer one is cut there."""

_ITEM = re.compile(r"(?:[-•*–·▪‣]|\(?(?:\d{1,3}|[a-z])[.)])\s+\S")
"""How a line begins that is an item: "- ", "• ", "3. ", "(b) "."""
_CLOSED = re.compile(r"[.!?:;…][\"'”’»)\]]*$")
_LONGEST_BARE_ITEM = 120
"""Characters of a line that is an item without a bullet."""


def items_under(text: str, sentence: Span) -> tuple[Span, ...]:
    """The lines of the list that a sentence introduces by its colon; none where it introduces none.

    They begin with a bullet or a number, or are two and more short lines without a full stop.

    >>> text = "Two ships came:\\n\\n- the Aurora\\n- the Kestrel\\n\\nBoth left."
    >>> [text[start:end] for start, end in items_under(text, Span(0, 15))]
    ['- the Aurora', '- the Kestrel']
    """
    line = line_at(text, sentence.start)
    if sentence.end < line.end or not text[: sentence.end].endswith(":"):
        return ()
    marked = tuple(islice(takewhile(lambda each: is_item(text, each), lines_below(text, line)), MOST_ITEMS))
    bare = tuple(islice(takewhile(lambda each: _is_bare(text, each), lines_below(text, line)), MOST_ITEMS))
    return marked or (bare if len(bare) > 1 else ())


def introduced_by(text: str, sentence: Span) -> Span | None:
    """The sentence whose colon introduces the list that a bulleted item is of; None where there is none."""
    line: Span | None = line_at(text, sentence.start)
    if line is None or not is_item(text, line):
        return None
    while line is not None and is_item(text, line):
        line = line_above(text, line)
    if line is None or not text[: line.end].endswith(":"):
        return None
    last = split_sentences(text[line.start : line.end])[-1]
    return Span(line.start + last.start, line.start + last.end)


def is_item(text: str, line: Span) -> bool:
    """Whether a line begins with a bullet or a number."""
    return bool(_ITEM.match(text, line.start, line.end))


def _is_bare(text: str, line: Span) -> bool:
    words = text[line.start : line.end]
    return len(words) <= _LONGEST_BARE_ITEM and not _CLOSED.search(words) and " | " not in words
