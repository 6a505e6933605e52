"""A model's draft, read while it is being written: whole sentences with the evidence keys they carry.

The model sees evidence under opaque keys and puts them in square brackets, `[k7f]`, before or after the full
stop. Only such a marker, holding keys that were handed out, is ever a citation. What else looks like one is
taken out of the text and counted: numbers (`[1]`, `[2, 3]`), labels (`[Source 3]`), keys nobody handed out
(`[q9z]`: at most five characters, a letter first, with a digit), empty and nested brackets, one that is never
closed, a bracket that mixes a key with words (`[k7f: the ferry]`), and keys in other brackets (`(k7f)`).
Square brackets that hold words or a year are text: `[sic]`, `[his]`, `[2011]`, `[...]`, `[t]he`.

A marker goes with the sentence before it; at the beginning of a line, with the sentence after it. Sentences
that carry their marker in front leave the next marker of the line to the next sentence.

Every step reads one character, so how a draft was cut into pieces cannot show in the result.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import NamedTuple

import sentencex

from rag.checking.markers import MarkerReader

_LONGEST_MARKER = 60
"""Characters held back while waiting for a bracket to close."""
_WINDOW = 400
"""Characters before a full stop that are looked at to tell whether it ends the sentence."""
_NEXT_WORD = 40

_STOPS = frozenset(".!?…。！？؟।")
_STOPS_WITHOUT_SPACE = frozenset("。！？")
_CLOSERS = frozenset("\"'”’»)）」』*_")
_FIRST_WORD = re.compile(r"[\s,;]")
_LIST_NUMBER = re.compile(r"\s*[-*•–]?\s*\(?(?:\d{1,2}|[A-Za-z])[.)]\s*")
_LINE_OPENING = re.compile(r"^\s*(?:#{1,6}\s+|(?:[-*•–]\s+)?(?:\(?(?:\d{1,2}|[a-z])[.)]\s+)?)(?=\S)")
_ITEM = re.compile(r"^\s*(?:[-*•–]|\(?(?:\d{1,2}|[a-z])[.)])\s+(?=\S)")
_EMPHASIS = re.compile(r"\*\*+")
_JUNK_BEFORE = re.compile(r"^(?:[\s,;:!?]|\.(?!\d))+")
_SPACE_BEFORE = re.compile(r"\s+(?=[,;:!?…。，！？]|\.(?!\d))")


class ParsedSentence(NamedTuple):
    """A whole sentence of a draft."""

    text: str
    """Without markers, list bullets, emphasis and spaces before punctuation."""
    keys: tuple[str, ...]
    """The known keys it carries, each once, in order; empty where it carries none."""
    is_item: bool = False
    """Whether it begins an item of a list, on a line of its own."""


class DraftParser:
    """Reads a draft piece by piece; a sentence comes out once it and its markers are whole.

    >>> parser = DraftParser({"k7f", "m2p"})
    >>> parser.feed("It carries 550 [k7")
    []
    >>> parser.feed("f][1]. It was built in Gdansk")
    [ParsedSentence(text='It carries 550.', keys=('k7f',), is_item=False)]
    >>> parser.feed(". [m2p]"), parser.finish(), parser.unknown
    ([], [ParsedSentence(text='It was built in Gdansk.', keys=('m2p',), is_item=False)], 1)
    """

    def __init__(self, keys: Collection[str], *, language: str = "en") -> None:
        """A parser for one draft.

        Args:
            keys: The keys handed out. A letter first and a digit in them (`k7f`) makes wrong ones tellable.
            language: ISO 639-1 code by which the ends of sentences are told.
        """
        self.unknown = 0
        """Markers dropped so far: unknown, malformed, or without a sentence to stand by."""
        self._markers = MarkerReader(keys)
        self._language = language
        self._given: list[ParsedSentence] = []
        self._held = ""
        """A bracket that is not closed yet, from its `[`."""
        self._text: list[str] = []
        self._marks: list[tuple[int, tuple[str, ...]]] = []
        """Markers by the place in the text at which they stood."""
        self._first_word: int | None = None
        self._opens_line = True
        self._reset_end()

    def feed(self, piece: str) -> list[ParsedSentence]:
        """The sentences that this piece of the draft completes."""
        for char in piece:
            self._read(char)
        return self._take()

    def finish(self) -> list[ParsedSentence]:
        """What is left when the draft has ended, complete or not."""
        while self._held:
            if any(key.startswith(self._held[1:].strip().casefold()) for key in self._markers.keys):
                self._held = ""
                self.unknown += 1
            else:
                self._release()
        self._line_end()
        if self._end is not None:
            self._give()
        self.unknown += sum(len(keys) for _, keys in self._marks)
        self._marks.clear()
        self._text.clear()
        return self._take()

    def _take(self) -> list[ParsedSentence]:
        given, self._given = self._given, []
        return given

    # Brackets

    def _read(self, char: str) -> None:
        while self._held and (char == "\n" or len(self._held) >= _LONGEST_MARKER):
            self._release()
        if self._held:
            self._held += char
            if char == "]" and self._held.count("[") == self._held.count("]"):
                self._close()
        elif char == "[":
            self._held = char
        else:
            self._write(char)

    def _release(self) -> None:
        """Gives up waiting for a bracket to close: its opening is dropped with a key, or is text."""
        content, self._held = self._held[1:], ""
        first = _FIRST_WORD.split(content.strip(), maxsplit=1)[0]
        if self._markers.read(content) is not None:
            self.unknown += 1
            return
        if self._markers.is_key_like(first):
            self.unknown += 1
            content = content[content.index(first) + len(first) :]
        else:
            self._write("[")
        for char in content:
            self._read(char)

    def _close(self) -> None:
        content, self._held = self._held[1:-1], ""
        if "[" in content:
            content, dropped = self._markers.without_inner(content)
            self.unknown += dropped
            if self._markers.read(content) is not None:
                self.unknown += bool(content.strip())
                return
        elif (marker := self._markers.read(content)) is not None:
            self.unknown += marker.unknown
            if marker.keys:
                self._mark(marker.keys)
            return
        if self._markers.mentions_key(content):
            self.unknown += 1
            return
        for char in f"[{content}]":
            self._write(char)

    # Sentences

    def _reset_end(self) -> None:
        self._end: int | None = None
        """Where the sentence in `_text` may end."""
        self._certain = False
        self._line: int | None = None
        """Where the line ended behind it."""
        self._next: int | None = None
        """Where the first word behind it begins."""

    def _write(self, char: str) -> None:
        if char == "\n":
            self._line_end()
        elif char.isspace():
            self._word_end()
        else:
            if char.isalnum():
                self._word_begins()
            self._text.append(char)
            if char in _STOPS_WITHOUT_SPACE and self._end is None and self._first_word is not None:
                self._end, self._certain = len(self._text), True
            elif self._end == len(self._text) - 1 and self._certain and char in _CLOSERS:
                self._end = len(self._text)

    def _mark(self, keys: tuple[str, ...]) -> None:
        if self._text and (self._text[-1] in _STOPS or self._text[-1] in _CLOSERS):
            self._word_end()
        self._marks.append((len(self._text), keys))

    def _word_begins(self) -> None:
        if self._end is not None and self._next is None:
            self._next = len(self._text)
            if self._certain:
                self._give()
        if self._first_word is None:
            self._first_word = len(self._text)

    def _word_end(self) -> None:
        self._decide()
        if self._text and self._text[-1] != " ":
            self._text.append(" ")
            self._propose()

    def _line_end(self) -> None:
        self._decide()
        if self._first_word is None:
            self._text.clear()
            self._marks = [(0, keys) for _, keys in self._marks]
            self._opens_line = True
            return
        if self._end is None:
            self._end = len(self._text)
        self._text.append(" ")
        self._certain, self._line = True, len(self._text)

    def _propose(self) -> None:
        """Takes note of a full stop, with the quotation marks behind it, at the end of the text."""
        end = stop = len(self._text) - 1
        while stop and self._text[stop - 1] in _CLOSERS:
            stop -= 1
        if self._end is not None or self._first_word is None or self._first_word >= stop:
            return
        if self._text[stop - 1] not in _STOPS:
            return
        if self._opens_line and end < 10 and _LIST_NUMBER.fullmatch("".join(self._text)):
            return
        self._end = end
        self._certain = stop == end and any(place == stop - 1 for place, _ in self._marks[-2:])

    def _decide(self) -> None:
        """Whether the text noted as an end is one, now that the next word is whole."""
        if self._end is None or self._next is None:
            return
        start = max(0, self._end - _WINDOW)
        window = "".join(self._text[start : self._next + _NEXT_WORD])
        ends = {each["end_index"] for each in sentencex.get_sentence_boundaries(self._language, window)}
        if ends & set(range(self._end - start, self._next - start + 1)):
            self._give()
        else:
            self._reset_end()

    def _give(self) -> None:
        """Gives out the sentence up to `_end`, with its markers, and keeps the rest."""
        assert self._end is not None
        end, cut = self._end, self._end if self._line is None else self._line
        reach = self._line if self._line is not None else self._next
        before = [place for place, _ in self._marks if place <= end]
        if self._line is None and before and before[-1] <= (self._first_word or 0):
            reach = end  # markers in front: the next one is the next sentence's
        reach = end if reach is None else reach
        keys = [key for place, found in self._marks if place <= reach for key in found]
        written = "".join(self._text[:end])
        text = self._cleaned(written)
        if any(char.isalnum() for char in text):
            is_item = self._opens_line and bool(_ITEM.match(written))
            self._given.append(ParsedSentence(text, tuple(dict.fromkeys(keys)), is_item))
        else:
            self.unknown += len(keys)
        self._marks = [(max(0, place - cut), found) for place, found in self._marks if place > reach]
        self._first_word = None if self._next is None else self._next - cut
        self._opens_line = self._line is not None
        self._text = self._text[cut:]
        self._reset_end()

    def _cleaned(self, text: str) -> str:
        text, dropped = self._markers.without_lookalikes(_EMPHASIS.sub("", text))
        self.unknown += dropped
        text = _JUNK_BEFORE.sub("", text)
        if self._opens_line:
            text = _LINE_OPENING.sub("", text)
        return " ".join(_SPACE_BEFORE.sub("", text).split())
