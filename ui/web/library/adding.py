"""The thread that adds what was handed in, a few at a time, while the page answers questions."""

from __future__ import annotations

import logging
import os
import shutil
import threading
from collections.abc import Sequence
from pathlib import Path

from index.article import Article
from index.errors import CitewellError
from index.ingest import AddResult, Progress
from index.library import Library
from index.lock import WriterLock
from rag.settings import Settings
from ui.web.library.additions import Addition, Additions, Outcome
from ui.web.library.pasting import read_pasted

logger = logging.getLogger(__name__)

_AT_ONCE = 8
"""Additions that are taken together: a removal waits for them, and each run of `add` has its fixed cost."""
_LOOK_SECONDS = 1.0
"""Between two looks at the list when nobody says that there is something: another server may fill it."""
_CLOSING_SECONDS = 30


class _Closing(Exception):
    """Raised inside an `add` to end it: what is embedded goes live, the rest waits for the next start."""


class Adder:
    """Adds what waits in `additions` to the library; at most one at work for a library on one machine."""

    def __init__(self, library: Library, additions: Additions, settings: Settings) -> None:
        self.additions = additions
        self._library = library
        self._settings = settings
        self._lock = WriterLock(additions.folder / "lock")
        self._closing = threading.Event()
        self._news = threading.Event()
        self._thread: threading.Thread | None = None
        self.progress: Progress | None = None
        """Of the run at work; None when there is none."""

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run, name="citewell-adding", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """Say that there is something to add."""
        self._news.set()

    def close(self) -> None:
        """End as soon as what is being embedded is done; what is not added waits for the next start."""
        self._closing.set()
        self._news.set()
        if self._thread is not None:
            self._thread.join(_CLOSING_SECONDS)
        self.additions.close()

    def _run(self) -> None:
        taken_up = False
        while not self._closing.is_set():
            try:
                if self.additions.next(1) or not taken_up:
                    taken_up = self._take_up(taken_up) and self._add_waiting()
            except _Closing:
                break
            except Exception as error:  # the list itself cannot be used now; perhaps it can later
                logger.error("additions cannot be worked on", exc_info=error)
            self._news.wait(_LOOK_SECONDS)
            self._news.clear()
        self._lock.release()

    def _take_up(self, taken_up: bool) -> bool:
        """Whether this is the one process that adds; when it has become so, it begins where another ended."""
        if not self.additions.folder.exists():
            return False
        if not self._lock.try_acquire():
            return False
        if not taken_up:
            self.additions.take_up()
        return True

    def _add_waiting(self) -> bool:
        while some := self.additions.next(_AT_ONCE):
            self.additions.begin(some)
            batch = _Batch(self.additions, some)
            try:
                self._add(batch)
            except _Closing:
                raise
            except CitewellError as error:
                batch.keep_failed(Outcome(status="failed", reason=error.message, hint=error.hint))
            except Exception as error:
                logger.error("adding failed", exc_info=error)
                batch.keep_failed(
                    Outcome(status="failed", reason="something went wrong", hint="the log has the details")
                )
            finally:
                self.progress = None
        return True

    def _add(self, batch: _Batch) -> None:
        def on_progress(progress: Progress) -> None:
            self.progress = progress
            if self._closing.is_set():
                raise _Closing

        sources = batch.sources()
        if sources:
            self._library.add(
                sources,
                on_result=batch.settle,
                on_progress=on_progress,
                reading=self._settings.reading(),
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
        self._root = additions.folder / "now"

    def sources(self) -> list[str | Path | Article]:
        """What the library is to add. What cannot be told apart from another waits for its next turn.

        A file stands where its own name leads, so that it gets the same id whenever it is handed in; the
        bytes that wait stay where they are, for a server that ends here.
        """
        shutil.rmtree(self._root, ignore_errors=True)
        found: list[str | Path | Article] = []
        for addition in list(self._open.values()):
            try:
                source = self._source(addition)
            except (CitewellError, OSError) as error:
                hint = error.hint if isinstance(error, CitewellError) else ""
                reason = error.message if isinstance(error, CitewellError) else str(error)
                self._close(addition, [Outcome(status="failed", reason=reason, hint=hint)])
                continue
            name = source.source if isinstance(source, Article) else str(source)
            if name in self._of:
                self._put_off(addition)
                continue
            self._of[name] = addition.id
            if isinstance(source, Article):
                found.append(source)
        if self._root.exists():
            found.insert(0, self._root)
        return found

    def _source(self, addition: Addition) -> Path | Article:
        bytes_at = self._additions.folder / addition.file
        if addition.kind == "text":
            return read_pasted(bytes_at.read_bytes())
        path = self._root / addition.name
        if not path.exists():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            try:
                os.link(bytes_at, path)
            except OSError:  # a file system without links
                shutil.copyfile(bytes_at, path)
        return path.resolve()

    def settle(self, result: AddResult) -> None:
        """Note a result for the page to show; a file may have more of them to come."""
        addition = self._open.get(self._of.get(result.source, -1))
        if addition is None:
            return
        said = {"reason": result.reason or "", "hint": result.hint}
        own = {each: text.replace(f"{self._root.resolve()}{os.sep}", "") for each, text in said.items()}
        self._outcomes[addition.id].append(Outcome(status=result.status, article_id=result.article_id, **own))
        self._additions.note(addition, self._outcomes[addition.id])

    def finish(self) -> None:
        for addition in list(self._open.values()):
            nothing = Outcome(
                status="failed", reason="nothing in it could be read", hint="save it in another format"
            )
            self._close(addition, self._outcomes[addition.id] or [nothing])
        shutil.rmtree(self._root, ignore_errors=True)

    def keep_failed(self, outcome: Outcome) -> None:
        """Note for all that are not settled why the library could not take them; their bytes are kept."""
        for addition in list(self._open.values()):
            if self._outcomes[addition.id]:
                self._close(addition, self._outcomes[addition.id])
            else:
                self._additions.keep_failed(addition, outcome)
        shutil.rmtree(self._root, ignore_errors=True)

    def _close(self, addition: Addition, outcomes: Sequence[Outcome]) -> None:
        self._additions.finish(addition, outcomes)
        del self._open[addition.id]

    def _put_off(self, addition: Addition) -> None:
        self._additions.put_off(addition)
        del self._open[addition.id]
