"""How telling a word is: its inverse document frequency, in the library and in English at large.

A library of two articles cannot tell that "announced" is a common word and "Wagner" is not. So its counts
are joined with those of an imagined background library, in which a word's frequency follows from its place
in the embedder's vocabulary, which is ordered by frequency (Zipf's law).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date
from functools import lru_cache

from index.article import Filters
from index.embedders import vocabulary
from index.fulltext import terms
from index.library import Library
from rag.years import YEAR

_BACKGROUND_CHUNKS = 300
"""Size of the background library, in chunks. From 0 to 3,000 the ranking of evidence in libraries of 345
and 1,078 chunks changes by less than half a point; it is the small library that needs it."""
_CHUNK_WORDS_OF_RANK_ONE = 12
"""Expected occurrences in a chunk of about 120 words of the most frequent word: a tenth of all words."""
_UNKNOWN_RANK = 30_000


class TermWeights:
    """Weights of stems for one state of a library."""

    def __init__(
        self,
        document_frequency: Callable[[str], int],
        has_similar: Callable[[str], bool],
        chunks: int,
        published_in: Callable[[int], bool] = lambda year: False,
    ) -> None:
        self._document_frequency = document_frequency
        self._has_similar = has_similar
        self._published_in = published_in
        self.chunks = chunks
        """Size of the library."""

    @classmethod
    def of(cls, library: Library) -> TermWeights:
        """The weights for a library as it is now."""
        words = library.words()

        def published_in(year: int) -> bool:
            return library.count_matching(Filters(since=date(year, 1, 1), until=date(year, 12, 31))) > 0

        return cls(words.document_frequency, words.has_similar, words.chunk_count, published_in)

    def __call__(self, stem: str) -> float:
        """The stem's weight, from about 0.3 (in every chunk) to about 9 (rare)."""
        expected = min(0.7, _CHUNK_WORDS_OF_RANK_ONE / background_ranks().get(stem, _UNKNOWN_RANK))
        seen = self._document_frequency(stem) + _BACKGROUND_CHUNKS * expected
        return math.log(1 + (self.chunks + _BACKGROUND_CHUNKS) / (seen + 0.5))

    def knows(self, stem: str) -> bool:
        """Whether any chunk of the library has the stem, or it is the year in which an article appeared."""
        if self._document_frequency(stem) > 0:
            return True
        return bool(YEAR.fullmatch(stem)) and self._published_in(int(stem))

    def knows_nearly(self, stem: str) -> bool:
        """Whether the library has a stem that differs by a slip of the pen or two."""
        return self._has_similar(stem)


@lru_cache(maxsize=1)
def background_ranks() -> dict[str, int]:
    """Stem -> rank by frequency, from 1; of several words with one stem, the most frequent."""
    ranks: dict[str, int] = {}
    for rank, word in enumerate(vocabulary(), start=1):
        for stem in terms(word):
            ranks.setdefault(stem, rank)
    return ranks
