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
import unicodedata
from collections.abc import Collection
from typing import NamedTuple

import sentencex

_LONGEST_MARKER = 60
"""Characters held back while waiting for a bracket to close."""
_WINDOW = 400
"""Characters before a full stop that are looked at to tell whether it ends the sentence."""
_NEXT_WORD = 40

_STOPS = frozenset(".!?…。！？؟।")
_STOPS_WITHOUT_SPACE = frozenset("。！？")
_CLOSERS = frozenset("\"'”’»)）」』*_")
_LABEL = re.compile(
    r"(?:sources?|refs?|references?|citations?|cites?|evidence|passages?|articles?|quotes?|doc(?:ument)?s?|keys?"
    r"|notes?|footnotes?|see|and|or|no|nr)[.:]?",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"[#^]?\d{1,3}(?:[-–]\d{1,3})?[.:]?")
_KEY_LIKE = re.compile(r"(?=[a-z]*\d)[a-z][a-z0-9]{1,4}")
_SEPARATORS = re.compile(r"[\s,;&/|+]+")
_INNERMOST = re.compile(r"\[([^\[\]]*)\]")
_OTHER_BRACKETS = re.compile(r"([(（【［{])([^()（）【】［］{}\[\]]{0,60})[)）】］}]")
_EMPTY_BRACKETS = re.compile(
    r"(?:^|(?<=\s))\(\s*(?:source|sources|see|ref|cf)?\s*[.:,;]?\s*\)", re.IGNORECASE
)
_LIST_NUMBER = re.compile(r"\s*[-*•–]?\s*\(?(?:\d{1,2}|[A-Za-z])[.)]\s*")
_LINE_OPENING = re.compile(r"^\s*(?:#{1,6}\s+|(?:[-*•–]\s+)?(?:\(?(?:\d{1,2}|[a-z])[.)]\s+)?)(?=\S)")
_JUNK_BEFORE = re.compile(r"^(?:[\s,;:!?]|\.(?!\d))+")
_SPACE_BEFORE = re.compile(r"\s+(?=[,;:!?…。，！？]|\.(?!\d))")
_LEFT_EMPTY = re.compile(r"\*{4}|_{4}|``")


class ParsedSentence(NamedTuple):
    """A whole sentence of a draft."""

    text: str
    """Without markers, list bullets and spaces before punctuation."""
    keys: tuple[str, ...]
    """The known keys it carries, each once, in order; empty where it carries none."""


class _Marker(NamedTuple):
    """What a bracket that looks like a marker holds."""

    keys: tuple[str, ...]
    unknown: int


class DraftParser:
    """Reads a draft piece by piece; a sentence comes out once it and its markers are whole.

    >>> parser = DraftParser({"k7f", "m2p"})
    >>> parser.feed("It carries 550 [k7")
    []
    >>> parser.feed("f][1]. It was built in Gdansk")
    [ParsedSentence(text='It carries 550.', keys=('k7f',))]
    >>> parser.feed(". [m2p]"), parser.finish(), parser.unknown
    ([], [ParsedSentence(text='It was built in Gdansk.', keys=('m2p',))], 1)
    """

    def __init__(self, keys: Collection[str], *, language: str = "en") -> None:
        """A parser for one draft.

        Args:
            keys: The keys handed out. A letter first and a digit in them (`k7f`) makes wrong ones tellable.
            language: ISO 639-1 code by which the ends of sentences are told.
        """
        self.unknown = 0
        """Markers dropped so far: unknown, malformed, or without a sentence to stand by."""
        self._keys = {key.casefold(): key for key in keys}
        any_key = "|".join(re.escape(key) for key in sorted(keys)) or r"(?!)"
        self._any_key = re.compile(rf"(?<!\w)(?:{any_key})(?!\w)", re.IGNORECASE)
        self._remnant = re.compile(
            rf"^\W*(?:{any_key})\s*[:|]\s+|\[(?:{any_key})(?!\w)|(?<!\w)(?:{any_key})\]", re.IGNORECASE
        )
        self._shapes = {_shape(key) for key in keys}
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
            if any(key.startswith(self._held[1:].strip().casefold()) for key in self._keys):
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
        first = _SEPARATORS.split(content.strip(), maxsplit=1)[0]
        if self._as_marker(content) is not None:
            self.unknown += 1
            return
        if first.casefold() in self._keys or _KEY_LIKE.fullmatch(first):
            self.unknown += 1
            content = content[content.index(first) + len(first) :]
        else:
            self._write("[")
        for char in content:
            self._read(char)

    def _close(self) -> None:
        content, self._held = self._held[1:-1], ""
        if "[" in content:
            content = self._without_inner_markers(content)
            if self._as_marker(content) is not None:
                self.unknown += bool(content.strip())
                return
        elif (marker := self._as_marker(content)) is not None:
            self.unknown += marker.unknown
            if marker.keys:
                self._mark(marker.keys)
            return
        if self._any_key.search(_plain(content)):
            self.unknown += 1
            return
        for char in f"[{content}]":
            self._write(char)

    def _without_inner_markers(self, content: str) -> str:
        def drop(match: re.Match[str]) -> str:
            if self._as_marker(match[1]) is None:
                return f"\0{match[1]}\1"
            self.unknown += 1
            return ""

        while (smaller := _INNERMOST.sub(drop, content)) != content:
            content = smaller
        return content.replace("\0", "[").replace("\1", "]")

    def _as_marker(self, content: str) -> _Marker | None:
        """The content of a bracket as a marker; None when it is text."""
        keys: list[str] = []
        unknown = 0
        parts = [part for part in _SEPARATORS.split(content) if part]
        for part in parts:
            plain = _plain(part)
            if key := self._keys.get(part.casefold()):
                keys.append(key)
            elif _NUMBER.fullmatch(plain) or _KEY_LIKE.fullmatch(plain) or plain.casefold() in self._keys:
                unknown += 1
            elif not _LABEL.fullmatch(plain):
                return None
        if parts and not keys and not unknown:  # labels alone: "[sources]"
            return None
        return _Marker(tuple(keys), unknown if parts else 1)

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
        text = self._cleaned("".join(self._text[:end]))
        if any(char.isalnum() for char in text):
            self._given.append(ParsedSentence(text, tuple(dict.fromkeys(keys))))
        else:
            self.unknown += len(keys)
        self._marks = [(max(0, place - cut), found) for place, found in self._marks if place > reach]
        self._first_word = None if self._next is None else self._next - cut
        self._opens_line = self._line is not None
        self._text = self._text[cut:]
        self._reset_end()

    def _cleaned(self, text: str) -> str:
        text = self._remnant.sub(self._drop, text)
        text = _OTHER_BRACKETS.sub(self._drop_other_bracket, text)
        text = _LEFT_EMPTY.sub("", _EMPTY_BRACKETS.sub("", text))
        text = _JUNK_BEFORE.sub("", text)
        if self._opens_line:
            text = _LINE_OPENING.sub("", text)
        return " ".join(_SPACE_BEFORE.sub("", text).split())

    def _drop(self, _: re.Match[str]) -> str:
        self.unknown += 1
        return ""

    def _drop_other_bracket(self, match: re.Match[str]) -> str:
        """`(k7f)`, `(Source 3)`, `【1】` go; `(3)` and `(1990)` are text."""
        content = match[2]
        marker = self._as_marker(content) if content.strip() else None
        if match[1] == "(" and " " not in content.strip():  # (3), (h1n1)
            marker = marker if _shape(content.strip()) in self._shapes else None
        if marker is not None or self._any_key.search(_plain(content)):
            return self._drop(match)
        return match[0]


def _shape(text: str) -> str:
    """Where the digits are: `a0a` of `k7f`."""
    return re.sub(r"[^\W\d_]", "a", re.sub(r"\d", "0", text))


def _plain(text: str) -> str:
    """Compatibility forms and invisible characters undone, so that a disguised marker is seen."""
    text = unicodedata.normalize("NFKC", text)
    return "".join(char for char in text if unicodedata.category(char) != "Cf")
