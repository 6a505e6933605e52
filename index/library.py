"""The library: articles in, passages out. What other packages use of `index` is this."""

from __future__ import annotations

import contextlib
import dataclasses
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from index import copies, health
from index.article import Article, Filters
from index.changes import Adding, remove_article
from index.errors import LibraryDamaged, LibraryError, LibraryUnwritable
from index.filtering import encodable, encodable_filters
from index.folder import LOCK_FILE, is_writable, open_catalog
from index.fulltext import TextQuery, terms
from index.health import Finding, Report
from index.holdings import Holdings
from index.indexes import Indexes, Pair
from index.ingest import AddResult, OnProgress, OnResult, Progress, Source, find_sources
from index.lock import WriterLock
from index.lookup import named_version, unknown_article
from index.own_embedder import OwnEmbedder
from index.readers.reading import Reading
from index.remembering import Remembered
from index.reprints import Reprints
from index.scratch import Scratch
from index.searching import Choose, Hit, Ranked, SearchResult, search_both, steadily
from index.tables import ArticleInfo
from index.words import Words

if TYPE_CHECKING:  # llama_index takes two seconds to import, and most commands need no model
    from llama_index.core.base.embeddings.base import BaseEmbedding

    from index.catalog import Catalog

__all__ = [
    "AddResult",
    "ArticleInfo",
    "Finding",
    "Hit",
    "Library",
    "Progress",
    "Ranked",
    "Report",
    "SearchResult",
]

_ALL = Filters()

_AddResults = list[AddResult]  # inside the class, `list` is the method
_Infos = list[ArticleInfo]
_Texts = list[str]


class Library:
    """A folder of articles that can be searched. Open it with `Library.open`; threads may share it."""

    def __init__(
        self,
        path: Path,
        catalog: Catalog,
        indexes: Indexes,
        *,
        embedder: BaseEmbedding | str | None,
        wait_for_lock: bool,
        notice: Callable[[str], None] | None,
    ) -> None:
        self.path = path
        self.notice = notice or (lambda message: None)
        self.on_step: Callable[[str], None] = lambda step: None
        """Told the name of each step of a change when it is reached; tests end the process there."""
        self.catalog = catalog
        self.indexes = indexes
        self.remembered = Remembered(catalog)
        """For what a question needs to know of all articles."""
        self.own_embedder = OwnEmbedder(catalog, embedder)
        self._wait = wait_for_lock
        self._lock = WriterLock(path / LOCK_FILE)
        self._writing = threading.RLock()
        self._cleanup = contextlib.ExitStack()

    # Opening and closing

    @classmethod
    def open(
        cls,
        path: str | Path,
        *,
        embedder: BaseEmbedding | str | None = None,
        create: bool = False,
        wait_for_lock: bool = True,
        notice: Callable[[str], None] | None = None,
    ) -> Library:
        """Open a library, mending what an interrupted writer or a damaged file left.

        A library that this process may not write is read from a private copy of its indexes.

        Args:
            path: Its folder.
            embedder: An embedding, or the name of one; by default the one it was built with.
            create: Make it if there is none.
            wait_for_lock: Whether changes wait for another writer, or fail.
            notice: Told, in a sentence, what takes time or was mended.

        Raises:
            LibraryNotFound: there is none and `create` is false.
            EmbedderMismatch: it was built with another embedder.
            LibraryUnwritable: it has to be made and cannot be.
            LibraryDamaged: its catalogue cannot be read.
        """
        folder = Path(path).expanduser().absolute()
        with contextlib.ExitStack() as undo:
            catalog = open_catalog(folder, create=create)
            undo.callback(catalog.close)
            if is_writable(folder):
                indexes = Indexes(folder, catalog)
            else:
                indexes = Indexes(undo.enter_context(Scratch()), catalog, origin=folder)
            undo.callback(indexes.close)
            made = cls(
                folder, catalog, indexes, embedder=embedder, wait_for_lock=wait_for_lock, notice=notice
            )
            made.own_embedder.check()
            made._mend()
            made._cleanup = undo.pop_all()
        return made

    def close(self) -> None:
        self._cleanup.close()

    def __enter__(self) -> Library:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def _mend(self) -> None:
        if not is_writable(self.path) or not health.needs_attention(self.catalog, self.indexes):
            return
        with self._writing:
            try:
                if self._lock.try_acquire():  # else a writer is at work, and what looks half-done is its
                    self._recover()
            except LibraryError as error:
                # What is catalogued can still be listed, shown, and perhaps searched: do not lock it away.
                self.notice(f"{error.message}; {error.hint}" if error.hint else error.message)
            finally:
                self._lock.release()

    def _recover(self) -> None:
        if health.needs_attention(self.catalog, self.indexes):
            health.recover(self.catalog, self.indexes, self.notice)

    @contextlib.contextmanager
    def changing(self, *, recover: bool = True) -> Iterator[None]:
        """Hold the right to write, over a library that is whole."""
        with self._writing:
            if not is_writable(self.path):
                raise LibraryUnwritable(
                    f"the library {str(self.path)!r} is read-only",
                    hint="check the folder's owner and permissions",
                )
            self._lock.acquire(wait=self._wait, notice=self.notice)
            try:
                if recover:
                    self._recover()
                    copies.complete(self.catalog, self.notice)
                yield
            except BaseException:
                self.indexes.abandon_writing()
                raise
            finally:
                self._lock.release()

    @property
    def embedder(self) -> BaseEmbedding:
        """The embedding of this library, loaded when first asked for.

        Raises:
            EmbedderMismatch: the library was built with another, or with one that has to be passed in.
        """
        return self.own_embedder.get()

    # Adding and removing

    def add(
        self,
        sources: Iterable[str | Path | Article | Source] | str | Path | Article,
        *,
        on_result: OnResult | None = None,
        on_progress: OnProgress | None = None,
        reading: Reading = Reading(),
    ) -> _AddResults:
        """Add or update articles: files, folders that are walked, or articles as they are.

        Each goes live whole, in small batches, in order. One that cannot be read fails by itself.

        Args:
            sources: Paths, articles, or what `find_sources` found.
            on_result: Told of each article when its fate is settled.
            on_progress: Told how far it is.
            reading: How files are read, and how much of them at most.

        Returns:
            One result an article, in the order of the sources.

        Raises:
            LibraryLocked: another process writes and waiting was declined.
            LibraryUnwritable: no room or no right to write; what was reported before is in the library.
        """
        with self.changing():
            found = find_sources([sources] if isinstance(sources, (str, Path, Article)) else sources)
            return Adding(self, found, on_result, on_progress, reading).run()

    def remove(self, article_id: str) -> None:
        """Remove an article with all its versions.

        Raises:
            UsageError: there is no such article.
        """
        with self.changing():
            if self.catalog.article(encodable(article_id)) is None:
                raise unknown_article(self.catalog, article_id)
            remove_article(self, article_id)

    # Reading

    def list(self, filters: Filters = _ALL) -> _Infos:
        """Articles that pass the filters, by id, without their texts."""
        return self.catalog.infos(encodable_filters(filters))

    def show(self, article_id: str, version: str | None = None) -> Article:
        """An article, as it is now or as it was.

        Args:
            article_id: Its id.
            version: A version it has had: the hash, or the first 12 or more characters of it.

        Raises:
            UsageError: there is no such article or version.
        """
        info = self.catalog.article(encodable(article_id))
        if info is None:
            raise unknown_article(self.catalog, article_id)
        wanted = info.version if version is None else named_version(self.catalog, article_id, version)
        found = self.catalog.version(article_id, wanted)
        if found is None:
            raise LibraryDamaged(f"the text of {article_id!r} is missing", hint="add the article again")
        return found

    def article_count(self) -> int:
        return self.count_matching(_ALL)

    def chunk_count(self) -> int:
        return self.catalog.chunk_count()

    def count_matching(self, filters: Filters) -> int:
        """Articles that pass the filters; counted once for each state of the library."""
        filters = encodable_filters(filters)
        return self.remembered.get(filters, lambda: self.catalog.article_count(filters))

    def words(self) -> Words:
        """Its words, as they are now: for the look-ups of one question, not to be kept."""
        pair = self.indexes.current()
        return Words(None if pair is None else pair.fulltext, self._written)

    def _written(self, chunk_ids: Sequence[str]) -> _Texts:
        """Titles and texts of live chunks, as the full text has them."""
        return [f"{each.article.title}\n{each.chunk.text}" for each in self.catalog.live(chunk_ids).values()]

    @property
    def holdings(self) -> Holdings:
        """Its articles, for questions about the collection itself."""
        return Holdings(self)

    @property
    def reprints(self) -> Reprints:
        """The copies among its articles."""
        return Reprints(self.catalog)

    def search(
        self,
        question: str,
        *,
        k: int,
        filters: Filters = _ALL,
        phrases: Sequence[str] = (),
        variants: Sequence[str] = (),
        choose: Choose | None = None,
    ) -> SearchResult:
        """The `k` best chunks of each search for a question, together.

        Args:
            question: In plain language.
            k: Length of each list.
            filters: Which articles are looked at.
            phrases: Words that chunks must hold to be found by full text, each phrase in its order.
            variants: Words of the question in other spellings, looked for as well.
            choose: Which of both lists are wanted, in their order; without it all are, by chunk id.

        Raises:
            EmbedderMismatch: the library's embedder is not the one given.
            LibraryDamaged: an index fails and could not be mended.
        """
        from index.embedders import embed_query

        question, filters = encodable(question), encodable_filters(filters)
        words = TextQuery(terms(" ".join((question, *variants))), phrases)

        def look(pair: Pair) -> SearchResult:
            vector = embed_query(self.embedder, question)
            hits = search_both(self, pair, words, vector, k, filters, choose)
            return SearchResult(question_vector=vector, hits=hits)

        return steadily(self, look) or SearchResult(question_vector=np.zeros(0, np.float32), hits=[])

    def heal(self) -> None:
        """Rebuild what cannot be used, unless a writer is at work."""
        with self._writing:
            if not is_writable(self.path) or not self._lock.try_acquire():
                return
            try:
                self.notice("An index cannot be read: rebuilding both from the catalogue …")
                self.indexes.rebuild(vectors=True, fulltext=True)
            finally:
                self._lock.release()

    # Care

    def doctor(self, *, repair: bool = False) -> Report:
        """Check everything against the catalogue; with `repair`, rebuild what is not right."""
        # Under the lock, or a writer's unfinished work would be found; who cannot write has no say in that.
        with self.changing(recover=False) if is_writable(self.path) else contextlib.nullcontext():
            report = health.examine(self.catalog, self.indexes)
        if not repair or report.clean:
            return report
        self.reindex()
        after = health.examine(self.catalog, self.indexes)
        mended = tuple(finding for finding in report.findings if finding not in after.findings)
        return dataclasses.replace(after, repaired=mended)

    def reindex(
        self,
        *,
        embedder: BaseEmbedding | str | None = None,
        on_progress: Callable[[int, int], None] | None = None,
    ) -> int:
        """Rebuild both indexes from the catalogue; embed only what this embedder has not embedded yet.

        Args:
            embedder: The one to use from now on; by default the library's own.
            on_progress: Told chunks done and chunks in all, first of embedding, then of indexing.

        Returns:
            The chunks that were indexed.
        """
        from index.reembedding import embed_lacking

        with self.changing(recover=False):
            if self.catalog.chunk_count() == 0 and self.catalog.state("embedder") is None:
                return 0
            copies.complete(self.catalog, self.notice)
            with self.own_embedder.replaced_by(embedder):
                state = embed_lacking(self, embedder, on_progress)
                self.indexes.rebuild(vectors=True, fulltext=True, state=state, on_progress=on_progress)
            return self.catalog.chunk_count()
