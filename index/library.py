"""The library: articles in, passages out. Everything else in `index` is a part of this."""

from __future__ import annotations

import contextlib
import dataclasses
import difflib
import os
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from index import health
from index.article import Article, Chunk, Filters
from index.catalog import ArticleInfo, Catalog, LiveChunk, bump, passes
from index.errors import (
    CitewellError,
    EmbedderMismatch,
    LibraryDamaged,
    LibraryNotFound,
    LibraryUnwritable,
    UsageError,
)
from index.fulltext import terms
from index.indexes import Indexes, writing_mark
from index.ingest import MAX_ARTICLE_BYTES, AddResult, OnProgress, OnResult, find_sources
from index.lock import WriterLock, unwritable

if TYPE_CHECKING:  # llama_index takes two seconds to import, and most commands need no model
    from llama_index.core.base.embeddings.base import BaseEmbedding

Matrix = npt.NDArray[np.float32]

CATALOG_FILE = "catalog.sqlite3"
_DEFAULT_EMBEDDER = "minilm"
_BATCH_CHUNKS = 128
"""Chunks that go live together: about four seconds of embedding, lost at most when interrupted."""
_TRIES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A chunk that at least one of the two searches found."""

    chunk: Chunk
    article: ArticleInfo
    text_rank: int | None
    """Rank from 1 in the full-text list; None when it is not among the first k."""
    text_score: float
    """BM25 score; 0 when the full text did not find it."""
    vector_rank: int | None
    """Rank from 1 in the vector list; None when it is not among the first k."""
    similarity: float
    """Cosine of question and passage, -1..1, also for chunks that only the full text found."""
    sentence_vectors: Matrix
    """Unit vectors of its sentences, shape (sentences, dimension)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResult:
    """Both lists together, not fused, by chunk id."""

    question_vector: Matrix
    """Unit vector, shape (dimension,); empty when nothing was ever added."""
    hits: list[Hit]


class Library:
    """A folder of articles that can be searched. Open it with `Library.open`; safe to use from threads."""

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
        self._catalog = catalog
        self._indexes = indexes
        self._given = embedder
        self._loaded: BaseEmbedding | None = None
        self._wait = wait_for_lock
        self._lock = WriterLock(path / "lock")
        self._writing = threading.RLock()
        self._loading = threading.Lock()
        self._cleanup = contextlib.ExitStack()
        self.on_step: Callable[[str], None] = lambda step: None
        """Told the name of each step of a change as it is reached. Tests stop the process there."""

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

        Args:
            path: Its folder.
            embedder: An embedding, or the name of one; by default the one it was built with.
            create: Make it if there is none.
            wait_for_lock: Whether changes wait for another writer, or fail.
            notice: Told, in a sentence, what takes time or was mended.

        Raises:
            LibraryNotFound: there is none and `create` is false.
            EmbedderMismatch: it was built with another embedder.
            LibraryUnwritable: it has to be made or mended and cannot be.
            LibraryDamaged: its catalogue cannot be read.
        """
        folder = Path(path).expanduser().absolute()
        catalog = _open_catalog(folder, create=create)
        with contextlib.ExitStack() as undo:
            undo.callback(catalog.close)
            read_only = not os.access(folder, os.W_OK)
            origin = folder if read_only else None
            root = Path(undo.enter_context(tempfile.TemporaryDirectory())) if read_only else folder
            indexes = Indexes(root, catalog, origin=origin)
            undo.callback(indexes.close)
            made = cls(
                folder, catalog, indexes, embedder=embedder, wait_for_lock=wait_for_lock, notice=notice
            )
            made._check_embedder()
            if not read_only:
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
        if not health.needs_attention(self._catalog, self._indexes):
            return
        with self._writing:
            if not self._lock.try_acquire():
                return  # a writer is at work, and what looks half-done is what it is doing
            try:
                self._recover()
            finally:
                self._lock.release()

    def _recover(self) -> None:
        if health.needs_attention(self._catalog, self._indexes):
            health.recover(self._catalog, self._indexes, self.path, self.notice)

    @contextlib.contextmanager
    def _changing(self) -> Iterator[None]:
        """Hold the right to write, over a library that is whole."""
        with self._writing:
            if not os.access(self.path, os.W_OK):
                raise LibraryUnwritable(
                    f"the library {str(self.path)!r} is read-only",
                    hint="check the folder's owner and permissions",
                )
            self._lock.acquire(wait=self._wait, notice=self.notice)
            try:
                self._recover()
                yield
            except BaseException:
                self._indexes.abandon_writing()
                raise
            finally:
                self._lock.release()

    # The embedder

    @property
    def embedder(self) -> BaseEmbedding:
        """The embedding of this library, loaded when first asked for.

        Raises:
            EmbedderMismatch: the library was built with another, or with one that has to be passed in.
        """
        with self._loading:
            if self._loaded is None:
                self._loaded = self._load_embedder()
            return self._loaded

    def _load_embedder(self) -> BaseEmbedding:
        from index.embedders import embedder_name, load_embedder

        said = self._catalog.states("embedder", "embedder_spec")
        wanted = self._given if self._given is not None else said.get("embedder_spec")
        if wanted is None:
            if "embedder" in said:
                raise EmbedderMismatch(
                    f"this library was built with the embedder {said['embedder']!r}, which has to be passed in",
                    hint="open it with that embedder, or rebuild it with another: citewell reindex",
                )
            wanted = _DEFAULT_EMBEDDER
        loaded = load_embedder(wanted) if isinstance(wanted, str) else wanted
        _compare_names(said.get("embedder"), embedder_name(loaded))
        return loaded

    def _check_embedder(self) -> None:
        """Compare a given embedder with the library's, without loading a model for it if that can be."""
        said = self._catalog.states("embedder", "embedder_spec")
        if self._given is None or "embedder" not in said or self._given == said.get("embedder_spec"):
            return
        _ = self.embedder

    def _embedder_state(self, embedder: BaseEmbedding, dimension: int) -> dict[str, str | None]:
        from index.embedders import MiniLMEmbedding, embedder_name

        spec = self._given if isinstance(self._given, str) else None
        if isinstance(embedder, MiniLMEmbedding):
            spec = _DEFAULT_EMBEDDER
        return {
            "embedder": embedder_name(embedder),
            "embedder_spec": spec,
            "dimension": str(dimension),
        }

    # Adding and removing

    def add(
        self,
        sources: Iterable[str | Path | Article],
        *,
        on_result: OnResult | None = None,
        on_progress: OnProgress | None = None,
        max_bytes: int = MAX_ARTICLE_BYTES,
    ) -> list[AddResult]:
        """Add or update articles: files, folders that are walked, or articles as they are.

        Each goes live whole, in small batches, in order. One that cannot be read fails by itself.

        Args:
            sources: Paths or articles.
            on_result: Told of each article when its fate is settled.
            on_progress: Told how far it is.
            max_bytes: Larger files are not read.

        Returns:
            One result an article, in the order of `on_result`.

        Raises:
            LibraryLocked: another process writes and waiting was declined.
            LibraryUnwritable: no room or no right to write; what was reported before is in the library.
        """
        from index.adding import Adding

        found = find_sources([sources] if isinstance(sources, (str, Path, Article)) else sources)
        with self._changing():
            return Adding(self, found, on_result, on_progress, max_bytes).run()

    def remove(self, article_id: str) -> None:
        """Remove an article with all its versions.

        Raises:
            UsageError: there is no such article.
        """
        with self._changing():
            if self._catalog.article(article_id) is None:
                raise self._unknown(article_id)
            chunk_ids = self._catalog.chunk_ids(article_id)
            self.on_step("begin")
            self._catalog.set_state({**writing_mark([article_id]), **self._indexes.seals()})
            self.on_step("marked")
            with self._catalog.writing() as connection:
                self._catalog.forget(connection, article_id)
                generation = bump(connection)
            self.on_step("forgotten")
            self._indexes.current()
            self._indexes.delete(chunk_ids)
            self._indexes.advance(generation)
            self.on_step("deleted")
            health.close_writing(self._catalog, self._indexes)
            self.on_step("closed")

    # Reading

    def list(self, filters: Filters = Filters()) -> list[ArticleInfo]:
        """Articles that pass the filters, by id, without their texts."""
        return self._catalog.list(filters)

    def show(self, article_id: str, version: str | None = None) -> Article:
        """An article, as it is now or as it was.

        Args:
            article_id: Its id.
            version: A version it has had: the hash, or the first 12 or more characters of it.

        Raises:
            UsageError: there is no such article or version.
        """
        info = self._catalog.article(article_id)
        if info is None:
            raise self._unknown(article_id)
        wanted = info.version if version is None else self._version(article_id, version)
        found = self._catalog.version(article_id, wanted)
        if found is None:
            raise LibraryDamaged(f"the text of {article_id!r} is missing", hint="add the article again")
        return found

    def _version(self, article_id: str, prefix: str) -> str:
        known = self._catalog.version_hashes(article_id)
        fitting = [each for each in known if len(prefix) >= 12 and each.startswith(prefix.lower())]
        if len(fitting) != 1:
            raise UsageError(
                f"{article_id!r} has no version {prefix!r}",
                hint="its versions: " + ", ".join(each[:12] for each in known),
            )
        return fitting[0]

    def _unknown(self, article_id: str) -> UsageError:
        close = difflib.get_close_matches(article_id, self._catalog.article_ids(), n=3, cutoff=0.5)
        hint = f"did you mean {', '.join(map(repr, close))}?" if close else "citewell list shows the ids"
        return UsageError(f"there is no article {article_id!r} in this library", hint=hint)

    def article_count(self) -> int:
        return self._catalog.article_count()

    def chunk_count(self) -> int:
        return self._catalog.chunk_count()

    def count_matching(self, filters: Filters) -> int:
        """Articles that pass the filters."""
        return self._catalog.article_count(filters)

    def document_frequency(self, term: str) -> int:
        """Chunks that hold a term, as `fulltext.terms` gives it."""
        pair = self._indexes.current()
        return 0 if pair is None else pair.fulltext.document_frequency(term)

    def search(self, question: str, *, k: int, filters: Filters = Filters()) -> SearchResult:
        """The `k` best chunks of each search for a question, together.

        Raises:
            LibraryDamaged: an index fails and could not be mended.
        """
        if self._catalog.state("vectors") is None:
            return SearchResult(question_vector=np.zeros(0, np.float32), hits=[])
        from index.embedders import embed_query

        vector = embed_query(self.embedder, question)
        words = terms(question)
        for attempt in range(_TRIES):
            generation = self._catalog.generation()
            try:
                found = self._search(words, vector, k, filters)
            except LibraryDamaged:
                if attempt == _TRIES - 1:
                    raise
                # Replaced by another process at this moment, or really damaged.
                self._indexes.close()
                if attempt > 0:
                    self._heal()
                continue
            if self._catalog.generation() == generation:
                break  # else something went live in between: look again, so that nothing is seen by halves
        return SearchResult(question_vector=vector, hits=found)

    def _search(self, words: list[str], vector: Matrix, k: int, filters: Filters) -> list[Hit]:
        pair = self._indexes.current()
        if pair is None:
            return []
        by_text = pair.fulltext.search(words, k, filters)
        by_vector = pair.vectors.query(vector, k, filters)
        live = self._catalog.live(dict.fromkeys(chunk_id for chunk_id, _ in [*by_text, *by_vector]))
        shown = {chunk_id for chunk_id, each in live.items() if passes(each.article, filters)}
        texts = [hit for hit in by_text if hit[0] in shown][:k]
        vectors = [hit for hit in by_vector if hit[0] in shown][:k]
        text_ranks = {chunk_id: rank for rank, (chunk_id, _) in enumerate(texts, 1)}
        vector_ranks = {chunk_id: rank for rank, (chunk_id, _) in enumerate(vectors, 1)}
        scores = dict(texts)
        return [
            _hit(
                live[chunk_id],
                vector,
                text_ranks.get(chunk_id),
                scores.get(chunk_id, 0.0),
                vector_ranks.get(chunk_id),
            )
            for chunk_id in sorted({*text_ranks, *vector_ranks})
        ]

    def _heal(self) -> None:
        """Rebuild what cannot be used, unless a writer is at work."""
        with self._writing:
            if not os.access(self.path, os.W_OK) or not self._lock.try_acquire():
                return
            try:
                self.notice("An index cannot be read: rebuilding both from the catalogue …")
                self._indexes.rebuild(vectors=True, fulltext=True)
            finally:
                self._lock.release()

    # Care

    def doctor(self, *, repair: bool = False) -> health.Report:
        """Check everything against the catalogue; with `repair`, rebuild what is not right."""
        report = health.examine(self._catalog, self._indexes, self.path)
        if not repair or report.clean:
            return report
        with self._changing():
            parts = {finding.part for finding in report.findings}
            if parts & {"vectors", "fulltext"}:
                self._indexes.rebuild(vectors="vectors" in parts, fulltext="fulltext" in parts)
        after = health.examine(self._catalog, self._indexes, self.path)
        mended = tuple(finding for finding in report.findings if finding not in after.findings)
        return dataclasses.replace(after, repaired=mended)

    def reindex(
        self,
        *,
        embedder: BaseEmbedding | str | None = None,
        on_progress: Callable[[int, int], None] | None = None,
    ) -> int:
        """Rebuild both indexes from the catalogue; embed again only for another embedder.

        Args:
            embedder: The one to use from now on; by default the library's own.
            on_progress: Told chunks done and chunks in all.

        Returns:
            The chunks that were indexed.
        """
        with self._changing():
            if embedder is not None:
                self._embed_again(embedder, on_progress)
            self._indexes.rebuild(vectors=True, fulltext=True, on_progress=on_progress)
            return self._catalog.chunk_count()

    def _embed_again(
        self, embedder: BaseEmbedding | str, on_progress: Callable[[int, int], None] | None
    ) -> None:
        raise NotImplementedError


def _hit(
    live: LiveChunk, question: Matrix, text_rank: int | None, text_score: float, vector_rank: int | None
) -> Hit:
    similarity = float(live.embedding.passage @ question)
    return Hit(
        chunk=live.chunk,
        article=live.article,
        text_rank=text_rank,
        text_score=text_score,
        vector_rank=vector_rank,
        similarity=min(1.0, max(-1.0, similarity)),
        sentence_vectors=live.embedding.sentences,
    )


def _compare_names(stored: str | None, given: str) -> None:
    if stored is not None and stored != given:
        raise EmbedderMismatch(
            f"this library was built with the embedder {stored!r}, not {given!r}",
            hint="open it with that one, or embed its articles again: citewell reindex --embedder NAME",
        )


def _open_catalog(folder: Path, *, create: bool) -> Catalog:
    file = folder / CATALOG_FILE
    if file.is_file():
        try:
            return Catalog.open(file, read_only=not os.access(folder, os.W_OK))
        except LibraryNotFound:
            if not create:
                raise
    elif not create:
        raise LibraryNotFound(
            f"there is no library in {str(folder)!r}",
            hint="add articles to make one (citewell add PATH), or name another folder with --library",
        )
    return _create(folder, file)


def _create(folder: Path, file: Path) -> Catalog:
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{str(folder)!r} is a file", hint="a library is a folder: name another one")
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        ours = (CATALOG_FILE, "lock", "vectors.lock")
        foreign = [each.name for each in folder.iterdir() if not each.name.startswith((".", *ours))]
        if foreign:
            raise UsageError(
                f"{str(folder)!r} holds other files ({foreign[0]!r}) and is no library",
                hint="name a new or empty folder with --library",
            )
        with contextlib.suppress(PermissionError):  # somebody else's folder that we may write
            folder.chmod(0o700)
    except OSError as error:
        raise unwritable(folder, error) from error
    lock = WriterLock(folder / "lock")
    lock.acquire()
    try:
        with contextlib.suppress(CitewellError):
            return Catalog.open(file)  # another process made it first
        return Catalog.create(file)
    finally:
        lock.release()
