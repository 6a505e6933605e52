"""What an `add` has done and has left to do, as its progress tells."""

from __future__ import annotations

from collections.abc import Sequence

from index.ingest import OnProgress, Progress, Source
from index.pace import Pace


class Tally:
    """Told what is read and embedded; tells how far it all is."""

    def __init__(self, sources: Sequence[Source], on_progress: OnProgress | None) -> None:
        self._sources = sources
        self._on_progress = on_progress
        self._pace = Pace()
        self._sizes = [_size(source) for source in sources]
        self._all = sum(self._sizes)
        self._finished = 0
        """Sources read to their end."""
        self._weighed = 0.0
        """Of the size of the source being read: what its articles stand for so far."""
        self._done = 0.0
        self._chunks = 0
        self._tokens = 0.0

    def weigh(self, characters: int) -> float:
        """The part of its source's size that an article stands for: its text, while any is left."""
        weight = min(float(characters), self._sizes[self._finished] - self._weighed)
        self._weighed += weight
        return weight

    def finish(self) -> None:
        """The source is read to its end."""
        self._done += self._sizes[self._finished] - self._weighed
        self._weighed = 0.0
        self._finished += 1

    def embed(self, tokens: float, weight: float) -> None:
        """One more chunk is embedded, of so many tokens, which stands for so much of the whole."""
        self._chunks += 1
        self._tokens += tokens
        self._done += weight

    def tell(self, done: int, under_way: int, current: str | None) -> None:
        """Say how far it is.

        Args:
            done: Articles finished.
            under_way: Articles read and not finished.
            current: The source being worked on, if not the one being read.
        """
        if self._on_progress is None:
            return
        self._pace.note(self._tokens, self._done / self._all if self._all else 1.0)
        left = len(self._sources) - self._finished
        if current is None:
            current = self._sources[self._finished].name if left else ""
        self._on_progress(
            Progress(
                done,
                done + under_way + left,
                current,
                self._chunks,
                self._pace.tokens_per_second,
                self._pace.seconds_left,
            )
        )


def _size(source: Source) -> int:
    """Characters of an article, or bytes of a file."""
    if source.article is not None:
        return len(source.article.text)
    file = source.staged or source.path
    try:
        return file.stat().st_size if file is not None else 0
    except OSError:
        return 0
