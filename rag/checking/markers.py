"""Which brackets of a draft are citation markers, which only look like one, and which are text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from typing import NamedTuple

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
_LEFT_EMPTY = re.compile(r"\*{4}|_{4}|``")


class Marker(NamedTuple):
    """What a bracket that looks like a marker holds."""

    keys: tuple[str, ...]
    """Keys that were handed out."""
    unknown: int
    """What else stands in it."""


class Cleared(NamedTuple):
    """A text without what only looks like a marker."""

    text: str
    dropped: int


class MarkerReader:
    """Tells markers by the keys that were handed out."""

    def __init__(self, keys: Collection[str]) -> None:
        self.keys = {key.casefold(): key for key in keys}
        self._shapes = {_shape(key) for key in keys}
        any_key = "|".join(re.escape(key) for key in sorted(keys)) or r"(?!)"
        self._any_key = re.compile(rf"(?<!\w)(?:{any_key})(?!\w)", re.IGNORECASE)
        self._remnant = re.compile(
            rf"^\W*(?:{any_key})\s*[:|]\s+|\[(?:{any_key})(?!\w)|(?<!\w)(?:{any_key})\]", re.IGNORECASE
        )

    def read(self, content: str) -> Marker | None:
        """The content of square brackets as a marker; None when it is text."""
        keys: list[str] = []
        unknown = 0
        parts = [part for part in _SEPARATORS.split(content) if part]
        for part in parts:
            bare = plain(part)
            if key := self.keys.get(part.casefold()):
                keys.append(key)
            elif _NUMBER.fullmatch(bare) or _KEY_LIKE.fullmatch(bare) or bare.casefold() in self.keys:
                unknown += 1
            elif not _LABEL.fullmatch(bare):
                return None
        if parts and not keys and not unknown:  # labels alone: "[sources]"
            return None
        return Marker(tuple(keys), unknown if parts else 1)

    def is_key_like(self, word: str) -> bool:
        """Whether a word is a key, or looks like one nobody handed out."""
        return word.casefold() in self.keys or bool(_KEY_LIKE.fullmatch(word))

    def mentions_key(self, text: str) -> bool:
        """Whether a key stands among the words, in whatever disguise."""
        return bool(self._any_key.search(plain(text)))

    def without_inner(self, content: str) -> Cleared:
        """The content of nested brackets without the markers among the inner ones."""
        dropped = 0

        def drop(match: re.Match[str]) -> str:
            nonlocal dropped
            if self.read(match[1]) is None:
                return f"\0{match[1]}\1"
            dropped += 1
            return ""

        while (smaller := _INNERMOST.sub(drop, content)) != content:
            content = smaller
        return Cleared(content.replace("\0", "[").replace("\1", "]"), dropped)

    def without_lookalikes(self, text: str) -> Cleared:
        """A sentence without `(k7f)`, `(Source 3)`, `【1】`, `k7f:`; `(3)` and `(1990)` stay."""
        text, remnants = self._remnant.subn("", text)
        dropped = 0

        def drop(match: re.Match[str]) -> str:
            nonlocal dropped
            content = match[2].strip()
            marker = self.read(content) if content else None
            if match[1] == "(" and " " not in content:  # (3), (h1n1)
                marker = marker if _shape(content) in self._shapes else None
            if marker is None and not self.mentions_key(content):
                return match[0]
            dropped += 1
            return ""

        text = _OTHER_BRACKETS.sub(drop, text)
        return Cleared(_LEFT_EMPTY.sub("", _EMPTY_BRACKETS.sub("", text)), remnants + dropped)


def _shape(text: str) -> str:
    """Where the digits are: `a0a` of `k7f`."""
    return re.sub(r"[^\W\d_]", "a", re.sub(r"\d", "0", text))


def plain(text: str) -> str:
    """Compatibility forms and invisible characters undone, so that a disguised marker is seen."""
    text = unicodedata.normalize("NFKC", text)
    return "".join(char for char in text if unicodedata.category(char) != "Cf")
