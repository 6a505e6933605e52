"""Files and texts that were handed in: read, and added to the library a few at a time."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from index.article import Article
from index.errors import CitewellError
from index.ingest import AddResult, Progress, Source, uploaded
from index.library import Library
from rag.settings import Settings
from ui.web.library.additions import Addition, Additions, Outcome, outcome_of
from ui.web.library.pasting import read_pasted
from ui.web.library.worker import Closing

logger = logging.getLogger(__name__)

Fields = tuple[tuple[str, str], ...]


class Files:
    """Works on additions that are bytes, a few of them in one run of `add`."""

    def __init__(
        self, library: Library, additions: Additions, settings: Settings, check: Callable[[], None]
    ) -> None:
        """`check` is called between two batches of embedding, and raises where all has to end."""
        self._library = library
        self._additions = additions
        self._settings = settings
        self._check = check
        self._progress: Progress | None = None
        """Of the run at work; None when there is none."""

    def how_far(self, addition: Addition) -> str:
        """Of one that is at work, in words."""
        progress = self._progress
        if progress is not None and progress.current == addition.name and progress.chunks:
            speed = progress.tokens_per_second
            pace = f", {speed:,.0f} tokens a second" if speed is not None else ""
            return f"reading: {progress.chunks:,} passages of this round{pace}"
        return "reading"

    def work(self, some: Sequence[Addition]) -> None:
        batch = _Batch(self._additions, self._additions.begin(some))
        try:
            self._add(batch)
        except Closing:
            raise
        except CitewellError as error:
            batch.keep_failed(Outcome(status="failed", reason=error.message, hint=error.hint))
        except Exception as error:
            logger.error("adding failed", exc_info=error)
            batch.keep_failed(
                Outcome(status="failed", reason="something went wrong", hint="the log has the details")
            )
        finally:
            self._progress = None

    def _add(self, batch: _Batch) -> None:
        def on_progress(progress: Progress) -> None:
            self._progress = progress
            self._check()

        for fields, sources in batch.sources().items():
            self._library.add(
                sources,
                on_result=batch.settle,
                on_progress=on_progress,
                reading=self._settings.reading(fields),
            )
        batch.finish()


class _Batch:
    """A few additions that are added together, and which result is whose."""

    def __init__(self, additions: Additions, batch: Sequence[Addition]) -> None:
        self._additions = additions
        self._open = {each.id: each for each in batch}
        self._outcomes: dict[int, list[Outcome]] = {each.id: [] for each in batch}
        self._of: dict[str, int] = {}
        """Source of a result -> id of the addition."""

    def sources(self) -> dict[Fields, list[Source | Article]]:
        """What the library is to add, by what its exports call their fields.

        What cannot be told apart from another waits for its next turn. The bytes that wait stay where they
        are, for a server that ends here.
        """
        found: dict[Fields, list[Source | Article]] = {}
        for addition in list(self._open.values()):
            try:
                source = self._source(addition)
            except (CitewellError, OSError) as error:
                hint = error.hint if isinstance(error, CitewellError) else ""
                reason = error.message if isinstance(error, CitewellError) else str(error)
                self._close(addition, [Outcome(status="failed", reason=reason, hint=hint)])
                continue
            name = source.source if isinstance(source, Article) else source.name
            if name in self._of:
                self._put_off(addition)
                continue
            self._of[name] = addition.id
            found.setdefault(addition.fields, []).append(source)
        return found

    def _source(self, addition: Addition) -> Source | Article:
        staged = self._additions.folder / addition.file
        if addition.kind == "text":
            return read_pasted(staged.read_bytes())
        return uploaded(addition.name, staged)

    def settle(self, result: AddResult) -> None:
        """Note a result for the page to show; a file may have more of them to come."""
        addition = self._open.get(self._of.get(result.source, -1))
        if addition is None:
            return
        self._outcomes[addition.id].append(outcome_of(result))
        self._additions.note(addition, self._outcomes[addition.id])

    def finish(self) -> None:
        for addition in list(self._open.values()):
            self._close(addition, self._outcomes[addition.id])

    def keep_failed(self, outcome: Outcome) -> None:
        """Note for all that are not settled why the library could not take them; their bytes are kept."""
        for addition in list(self._open.values()):
            if self._outcomes[addition.id]:
                self._close(addition, self._outcomes[addition.id])
            else:
                self._additions.finish(addition, [outcome], keep=True)

    def _close(self, addition: Addition, outcomes: Sequence[Outcome]) -> None:
        # An export with rows that were not understood can be read again once its columns are named.
        keep = addition.is_export and any(each.status == "failed" for each in outcomes)
        self._additions.finish(addition, outcomes, keep=keep)
        del self._open[addition.id]

    def _put_off(self, addition: Addition) -> None:
        self._additions.put_off(addition)
        del self._open[addition.id]
