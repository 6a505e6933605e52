"""Changes: a run of `Library.add`, whose sources become entries that go live in batches; and a removal.

Both mark in the catalogue what they are about to touch, so that whoever finds the mark without a writer knows
what to clean up (health.py), and take the mark away when the indexes are as the catalogue says.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from index import health
from index.article import Article
from index.errors import InputError
from index.indexes import IndexEntry, writing_mark
from index.ingest import (
    AddResult,
    Naming,
    OnProgress,
    OnResult,
    Progress,
    Source,
    Status,
    checked,
    embed_chunks,
    is_unchanged,
    make_entry,
    read_source,
)
from index.state import bump, set_state
from index.tables import Embedding, Entry

if TYPE_CHECKING:
    from index.library import Library
    from index.readers.reading import Reading

BATCH_CHUNKS = 128
"""Chunks that go live together: about four seconds of embedding, lost at most when interrupted."""


class Adding:
    """Works through the sources in order, under the writer lock that its library holds."""

    def __init__(
        self,
        library: Library,
        sources: Sequence[Source],
        on_result: OnResult | None,
        on_progress: OnProgress | None,
        reading: Reading,
    ) -> None:
        self._library = library
        self._catalog = library.catalog
        self._indexes = library.indexes
        self._sources = sources
        self._on_result = on_result
        self._on_progress = on_progress
        self._reading = reading
        self._naming = Naming(self._catalog)
        self._results: list[AddResult] = []
        self._waiting: list[tuple[Entry | None, AddResult]] = []
        """What is settled when the next batch is live; no entry where there is nothing to write."""
        self._made: dict[str, Embedding] = {}
        """Embeddings of the waiting entries that are not catalogued yet."""
        self._current = ""
        self._chunks = 0
        self._sources_done = 0
        self._at_work = False
        """Within a batch's writes: stopped there, the next opening cleans up."""
        self._opened = False
        self._replaced = False

    def run(self) -> list[AddResult]:
        try:
            for source in self._sources:
                self._current = source.name
                self._progress()
                try:
                    for article in read_source(source, self._reading):
                        self._take_or_fail(source, article)
                except InputError as error:
                    self._settle(_failed(source, error))
                self._sources_done += 1
        except BaseException:  # Ctrl-C, or an embedder that fails: what is embedded is kept
            if not self._at_work:
                self._go_live()
                self._close()
            raise
        self._go_live()
        self._close()
        self._current = ""
        self._progress()
        return self._results

    def _take_or_fail(self, source: Source, article: Article | InputError) -> None:
        try:
            if isinstance(article, InputError):
                raise article
            self._take(source, article)
        except InputError as error:
            self._settle(_failed(source, error))
        if sum(len(entry.chunks) for entry, _ in self._waiting if entry) >= BATCH_CHUNKS:
            self._go_live()

    def _take(self, source: Source, article: Article) -> None:
        article = self._naming.name(source, checked(article, source.name))
        before = self._catalog.article(article.article_id)
        if before is not None and is_unchanged(
            article, before, self._catalog.pages(article.article_id, before.version)
        ):
            moved = bool(article.source) and article.source != before.source
            if moved:
                self._catalog.set_source(article.article_id, article.source)
            self._settle(
                AddResult(
                    source=source.name,
                    article_id=article.article_id,
                    status="updated" if moved else "unchanged",
                    chunks=before.chunks,
                    tokens=before.tokens,
                )
            )
            return
        entry = make_entry(dataclasses.replace(article, added_at=datetime.now(UTC)))
        if not entry.chunks:
            raise InputError(f"{source.name!r} has no sentence", hint="an article needs at least one")
        self._embed(entry)
        status: Status = "added" if before is None else "updated"
        result = AddResult(
            source=source.name,
            article_id=article.article_id,
            status=status,
            chunks=len(entry.chunks),
            tokens=entry.tokens,
        )
        self._waiting.append((entry, result))

    def _embed(self, entry: Entry) -> None:
        from index.embedders import embedder_name

        embedder = self._library.embedder
        keys = {key for _, key in entry.chunks} - self._made.keys()
        known = self._catalog.known_embeddings(embedder_name(embedder), keys)
        wanted = {key: (key, entry.article.title, chunk) for chunk, key in entry.chunks if key in keys}
        missing = [value for key, value in wanted.items() if key not in known]
        made = embed_chunks(embedder, missing, self._embedded)
        self._made |= known | made

    def _embedded(self, chunks: int) -> None:
        self._chunks += chunks
        self._progress()

    def _go_live(self) -> None:
        """Write what is waiting: vectors, full text, then one transaction that makes it live; then tell."""
        if not self._waiting:
            return
        library, catalog, indexes = self._library, self._catalog, self._indexes
        self._at_work = True
        entries = [entry for entry, _ in self._waiting if entry is not None]
        article_ids = [entry.article.article_id for entry in entries]
        old = {chunk_id for article_id in article_ids for chunk_id in catalog.chunk_ids(article_id)}
        new = {chunk.chunk_id for entry in entries for chunk, _ in entry.chunks}
        library.on_step("begin")
        indexes.ensure()
        catalog.set_state({**writing_mark(article_ids), **indexes.seals()})
        self._opened = True
        library.on_step("marked")
        indexes.put(
            [
                IndexEntry(chunk, entry.article, self._made[key].passage)
                for entry in entries
                for chunk, key in entry.chunks
            ],
            on_step=library.on_step,
        )
        dimension = next(iter(self._made.values())).passage.size
        state = library.embedder_state(library.embedder, dimension)
        seals = indexes.seals()
        with catalog.writing() as connection:
            set_state(connection, {**state, **seals})
            catalog.go_live(connection, entries, self._made, str(state["embedder"]))
            generation = bump(connection)
            library.on_step("written")
        library.on_step("live")
        indexes.advance(generation)
        self._replaced = bool(old - new)
        indexes.delete(sorted(old - new))
        library.on_step("cleaned")
        self._at_work = False
        settled, self._waiting, self._made = self._waiting, [], {}
        for _, result in settled:
            self._tell(result)

    def _close(self) -> None:
        if self._opened:
            health.close_writing(self._catalog, self._indexes, changed=self._replaced)
            self._library.on_step("closed")

    def _settle(self, result: AddResult) -> None:
        """Tell a result that needs no writing, after those before it."""
        if self._waiting:
            self._waiting.append((None, result))
        else:
            self._tell(result)

    def _tell(self, result: AddResult) -> None:
        self._results.append(result)
        if self._on_result is not None:
            self._on_result(result)

    def _progress(self) -> None:
        if self._on_progress is not None:
            done = len(self._results) + len(self._waiting)
            total = done + len(self._sources) - self._sources_done
            self._on_progress(Progress(done, total, self._current, self._chunks))


def _failed(source: Source, error: InputError) -> AddResult:
    article: Article | None = source.article
    return AddResult(
        source=source.name,
        article_id=article.article_id if article is not None else None,
        status="failed",
        reason=error.message,
        hint=error.hint,
    )


def remove_article(library: Library, article_id: str) -> None:
    """Remove an article with all its versions: from the catalogue first, which is when it is gone."""
    catalog, indexes = library.catalog, library.indexes
    chunk_ids = catalog.chunk_ids(article_id)
    library.on_step("begin")
    catalog.set_state({**writing_mark([article_id]), **indexes.seals()})
    library.on_step("marked")
    with catalog.writing() as connection:
        catalog.forget(connection, article_id)
        bump(connection)
        library.on_step("written")
    library.on_step("live")
    indexes.delete(chunk_ids)
    library.on_step("cleaned")
    health.close_writing(catalog, indexes)
    catalog.clear_log()
    library.on_step("closed")
