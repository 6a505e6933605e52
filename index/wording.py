"""How alike two texts are worded: as whole articles, and sentence by sentence.

Words alone do not tell a copy from a correction, nor this week's report from the last of the same form:
nearly all their words are the same, and what differs is what they tell. So where two texts have the same
words around a figure, the figures have to agree, and most names likewise.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import groupby
from typing import Literal, NamedTuple

SHINGLE = 3
"""Words in a row that are compared as one."""
COPIED = 0.45
"""Share of the shingles of either of two texts that both must have.

`evals.benchmarks.copies` on 395 texts of 215 words (median), altered in twelve ways as outlets alter what an
agency sends: .963 are called copies at .45 (.975 at .4, .937 at .5), of those cut to half their length .724.
Of 884 that only look so, because one figure, all figures or all names are others, .008 at each of these; of
77,815 pairs of different texts those only that the data hold twice."""
LEAST_SHINGLES = 20
"""Shorter texts are copies only when they are the same: "No comment was given." proves nothing."""
OTHER_NAMES = 0.1
"""Of the places of names that two texts share, how many an outlet may give another name, and one at least."""
SAME_SENTENCE = 0.75
"""The same of the words of two sentences, which must have all figures, names and negations in common."""
_SHORT_LINE = 8
"""Figures of lines with no more words do not count: "Updated 14:05", "Page 2 of 3", a dateline."""
_AROUND = 2
"""Words on either side of a figure that have to be the same for two figures to be of the same thing."""

_Kind = Literal["figure", "name"]
_CJK = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_WORD = re.compile(rf"\d+(?:[.,]\d+)*|[{_CJK}]|[^\W\d_{_CJK}]+(?:['’][^\W\d_]+)*")
_NUMBERS = (
    *("zero", "", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"),
)
"""In words; "one" is a pronoun as often."""
_DIGITS = {word: str(n) for n, word in enumerate(_NUMBERS) if word}
_SCALES = frozenset(
    [
        *(
            "thirty",
            "forty",
            "fifty",
            "sixty",
            "seventy",
            "eighty",
            "ninety",
            "hundred",
            "thousand",
            "million",
        ),
        *("billion", "half", "third", "quarter", "dozen", "first", "second", "last"),
    ]
)
_DAYS = frozenset(
    [
        *("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
        *("january", "february", "march", "april", "june", "july", "august", "september", "october"),
        *("november", "december"),
    ]
)
_NEGATIONS = frozenset(["not", "no", "never", "nor", "none", "without", "neither", "cannot"])
_OPENING = frozenset(".!?:“\"‘'(")
"""What a word may stand behind with a capital for that reason alone."""


def words_of(text: str) -> list[str]:
    """The words of a text, without case, punctuation or the many ways to write a figure.

    >>> words_of("Twelve of 1,200 boats: the island’s fleet.")
    ['12', 'of', '1200', 'boats', 'the', "island's", 'fleet']
    """
    return [_plain(match[0]) for match in _WORD.finditer(unicodedata.normalize("NFKC", text))]


def _plain(word: str) -> str:
    folded = word.casefold().replace("’", "'")
    return folded.replace(",", "") if folded[0].isdigit() else _DIGITS.get(folded, folded)


def shingles_of(words: Sequence[str]) -> set[str]:
    """Every few words in a row; all of them, where there are no more."""
    last = max(1, len(words) - SHINGLE + 1)
    return {" ".join(words[n : n + SHINGLE]) for n in range(last)} if words else set()


_Places = dict[tuple[str, ...], frozenset[frozenset[str]]]
"""The words around a figure or a name -> those that stand there; each is all its parts: 9, june, 2025."""


class Wording:
    """A text as it is compared with others; what it tells is read only when its words are alike."""

    def __init__(self, text: str) -> None:
        self.shingles = frozenset(shingles_of(words_of(text)))
        self._text = text

    @cached_property
    def told(self) -> dict[_Kind, _Places]:
        """Its figures, and its names, with the words around them."""
        found: dict[_Kind, defaultdict[tuple[str, ...], set[frozenset[str]]]] = {
            "figure": defaultdict(set),
            "name": defaultdict(set),
        }
        for kind, around, said in _told(self._text):
            found[kind][around].add(said)
        return {
            kind: {around: frozenset(said) for around, said in places.items()}
            for kind, places in found.items()
        }

    def overlap(self, other: Wording) -> float:
        """Share of the shingles of both that both have, 0..1."""
        together = len(self.shingles | other.shingles)
        return len(self.shingles & other.shingles) / together if together else 0.0

    def contradicts(self, other: Wording) -> bool:
        """Whether they tell otherwise in the same words: a figure, or more names than an editor changes."""
        if any(_unlike(self.told["figure"], other.told["figure"])):
            return True
        names = _unlike(self.told["name"], other.told["name"])
        return sum(names) > max(1, OTHER_NAMES * len(names))

    def is_copy_of(self, other: Wording) -> bool:
        """Whether one of the two is printed from the other, or both from a third."""
        long_enough = min(len(self.shingles), len(other.shingles)) >= LEAST_SHINGLES
        return long_enough and self.overlap(other) >= COPIED and not self.contradicts(other)


def _unlike(mine: _Places, yours: _Places) -> list[bool]:
    """Of each place that two texts share, whether each has something there that the other has not."""
    return [
        _lacks(yours[around], mine[around]) and _lacks(mine[around], yours[around])
        for around in mine.keys() & yours.keys()
    ]


def _lacks(there: frozenset[frozenset[str]], wanted: frozenset[frozenset[str]]) -> bool:
    return any(not any(one <= other or other <= one for other in there) for one in wanted)


class _Word(NamedTuple):
    plain: str
    kind: _Kind | None


_MASKS = {"figure": "#", "name": "@"}


def _told(text: str) -> Iterator[tuple[_Kind, tuple[str, ...], frozenset[str]]]:
    """Figures and names with the words around them, in which other figures and names are masked."""
    for line in text.splitlines():
        words = list(_read(line))
        if len(words) <= _SHORT_LINE:
            continue
        masked = ["", *(_MASKS[word.kind] if word.kind else word.plain for word in words), ""]
        place = 1
        for kind, run in groupby(words, lambda word: word.kind):
            parts = [word.plain for word in run]
            end = place + len(parts)
            if kind:
                around = (*masked[max(0, place - _AROUND) : place], "", *masked[end : end + _AROUND])
                yield kind, around, frozenset(parts)
            place = end


def _read(line: str) -> Iterator[_Word]:
    """The words of a line, and which of them make another statement when they are others."""
    line = unicodedata.normalize("NFKC", line)
    for match in _WORD.finditer(line):
        plain = _plain(match[0])
        before = line[: match.start()].rstrip(" ")[-1:]
        if _is_figure(plain):
            yield _Word(plain, "figure")
        elif match[0][0].isupper() and before and before not in _OPENING:
            yield _Word(plain, "name")
        else:
            yield _Word(plain, None)


def _is_figure(word: str) -> bool:
    return word[0].isdigit() or word in _SCALES or word in _DAYS


_DATELINE = re.compile(r"^[A-Z][A-Z.'’ -]+(?:,[^—–()]{1,30})?\s*(?:\([^)]{1,30}\))?\s*(?:—|–|--|-)\s+(?=\S)")
"""What an agency or an outlet puts before a story: "PORT ELLEN, 3 March (Agency) — "."""
_CREDIT = re.compile(r"^\W*(?:additional |with )?(?:reporting|writing|editing|compiled) by\b", re.IGNORECASE)


class Said:
    """A sentence as it is compared with those of copies, without what outlets put around it."""

    def __init__(self, text: str) -> None:
        text = "" if _CREDIT.match(text) else _DATELINE.sub("", text)
        self.words = words_of(text)
        self._all = frozenset(self.words)
        self._telling = frozenset(_telling(text))

    def is_said_by(self, other: Said) -> bool:
        """Whether the other says the same in nearly the same words."""
        if self.words == other.words:
            return bool(self.words)
        together = len(self._all | other._all)
        return (
            bool(together)
            and len(self._all & other._all) >= SAME_SENTENCE * together
            and (self._all ^ other._all).isdisjoint(self._telling | other._telling)
        )


def _telling(text: str) -> Iterator[str]:
    """Words that make another statement when they are others: figures, names, negations."""
    for word in _read(text):
        if word.kind or word.plain in _NEGATIONS or word.plain.endswith("n't"):
            yield word.plain
