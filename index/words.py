"""Single words of a library: how many chunks hold one, which articles, and which word is spelt nearly so."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from index.fulltext import FullText, terms
from index.sought import folded

_WORD = re.compile(r"[^\W\d_]+")
_LOOKED_AT = 20
"""Chunks with a similar term that are read for the word as it is written, at a time."""
_LOOKS = 8


class Words:
    """The words of a library as of the moment it was asked for them, for the many look-ups of one question.

    Asking the catalogue each time which index is the current one takes 0.4 ms, and the look-up itself 3 µs.

    Args:
        fulltext: The full text; None where nothing was ever added.
        texts: Titles and texts of chunks, by their ids.
    """

    def __init__(self, fulltext: FullText | None, texts: Callable[[Sequence[str]], list[str]]) -> None:
        self._fulltext = fulltext
        self._texts = texts

    @property
    def chunk_count(self) -> int:
        """Chunks in all. The full text knows; the catalogue would count its rows, at every question."""
        return 0 if self._fulltext is None else self._fulltext.chunk_count()

    def document_frequency(self, term: str) -> int:
        """Chunks that hold a term, as `fulltext.terms` gives it."""
        return 0 if self._fulltext is None else self._fulltext.document_frequency(term)

    def has_similar(self, term: str) -> bool:
        """Whether a chunk holds the term, or one spelt nearly so."""
        return self._fulltext is not None and self._fulltext.has_similar(term)

    def holds(self, phrase: str) -> bool:
        """Whether a chunk holds these words in this order, in whatever form."""
        return self._fulltext is not None and self._fulltext.holds(phrase)

    def attainable(self, text: str) -> float:
        """The full-text score that no chunk can exceed for these words."""
        return 0.0 if self._fulltext is None else self._fulltext.attainable(terms(text))

    def misspelt(self, word: str) -> tuple[str, ...]:
        """Words of the library, as they are written there, that are one slip of the pen from this one.

        A slip is a letter too much, too few or wrong, or two of them swapped; capitals and accents are none.
        Those that most chunks hold come first.
        """
        if self._fulltext is None or len(stems := terms(word)) != 1:
            return ()
        wanted, found = folded(word).lower(), dict[str, str]()
        for distance in (1, 2):  # one letter may change the ending that is cut off, and so two of the stem
            seen: set[str] = set()
            for _ in range(_LOOKS):
                ids = self._fulltext.resembling(stems[0], distance, seen, _LOOKED_AT)
                near = {
                    written: stem
                    for text in self._texts(ids)
                    for written in sorted(set(_WORD.findall(text)))
                    for stem in terms(written)
                    if is_slip(wanted, folded(written).lower())
                }
                if not near.keys() - found.keys():
                    break
                found |= near
                seen.update(near.values())
            if found:
                break

        def order(written: str) -> tuple[int, bool, str]:
            return -self.document_frequency(found[written]), written.islower() != word.islower(), written

        return tuple(sorted(found, key=order))

    def articles_with(self, text: str) -> set[str]:
        """Ids of the articles that hold every word of `text`; the last may be the beginning of a word.

        An id may be of an article that was removed a moment ago.
        """
        return set() if self._fulltext is None else self._fulltext.articles_with(terms(text))


def is_slip(one: str, other: str) -> bool:
    """Whether two words differ by one letter more, less or other, or by two neighbours swapped.

    >>> is_slip("prigozin", "prigozhin"), is_slip("feryr", "ferry"), is_slip("ferry", "ferry")
    (True, True, False)
    """
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    while one and other and one[0] == other[0]:
        one, other = one[1:], other[1:]
    while one and other and one[-1] == other[-1]:
        one, other = one[:-1], other[:-1]
    return max(len(one), len(other)) == 1 or (len(one) == 2 and one == other[::-1])
