"""Changes: a run of `Library.add`, whose sources become entries that go live in batches; and a removal.

Both mark in the catalogue what they are about to touch, so that whoever finds the mark without a writer knows
what to clean up (health.py), and take the mark away when the indexes are as the catalogue says.
"""

from __future__ import annotations

import contextlib
import dataclasses
from collections import deque
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from index import health
from index.ahead import Ahead
from index.arrivals import Arrival, Arrivals
from index.article import Article
from index.entries import Entry, checked, make_entry, renamed
from index.errors import InputError
from index.index_entries import IndexEntry
from index.indexes import writing_mark
from index.ingest import (
    AddResult,
    Naming,
    OnProgress,
    OnResult,
    Source,
    failed,
    is_unchanged,
)
from index.state import bump, set_state
from index.tables import Embedding
from index.tally import Tally

if TYPE_CHECKING:
    from index.library import Library
    from index.readers.reading import Reading

BATCH_CHUNKS = 256
"""Chunks that go live together: about eight seconds of embedding, lost at most when killed. Beside the
embedding they cost 2.9, 2.4, 2.1 and 1.7 ms of processor a chunk in batches of 64, 128, 256 and 512."""
_AHEAD_CHUNKS = 512
"""Chunks handed to the embedder before their turn: it is busy while a batch is written."""
_IDLE_SECONDS = 2.0
"""Where nothing was read for this long, what is embedded goes live though it is no whole batch."""


@dataclass(slots=True, kw_only=True)
class _Item:
    """One article on its way; or only a result, which keeps its place among them."""

    result: AddResult
    entry: Entry | None = None
    vectors: dict[str, Future[Embedding]] = dataclasses.field(default_factory=dict)
    """By key."""
    coming: deque[Future[Embedding]] = dataclasses.field(default_factory=deque)
    """Those not seen to be done, in order."""
    tokens_each: float = 0.0
    """Tokens of one of these."""
    weight_each: float = 0.0
    """Its part of all the sources, as `Tally` weighs it."""


class Adding:
    """Works through the sources in order, under the writer lock that its library holds.

    Reading and embedding go on beside this thread, which alone looks things up and writes.
    """

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
        self._tally = Tally(sources, on_progress)
        self._reading = reading
        self._naming = Naming(self._catalog)
        self._results: list[AddResult] = []
        self._under_way: deque[_Item] = deque()
        """Not wholly embedded, in order."""
        self._coming = 0
        """Chunks of theirs that are not seen to be done."""
        self._embedded: list[_Item] = []
        """What is settled when the next batch is live."""
        self._cleanup = contextlib.ExitStack()
        self._at_work = False
        """Within a batch's writes: stopped there, the next opening cleans up."""
        self._opened = False
        self._replaced = False

    def run(self) -> list[AddResult]:
        with self._cleanup:
            try:
                self._work()
                self._go_live()
            except BaseException:  # Ctrl-C, or an embedder that fails: what is embedded is kept
                if not self._at_work:
                    self._go_live()
                    self._close()
                raise
        self._close()
        self._tell_progress()
        return self._results

    def _work(self) -> None:
        arrivals = Arrivals(self._catalog, self._sources, self._reading)
        self._cleanup.callback(arrivals.close)
        arrival: Future[Arrival | None] | None = arrivals.next()
        self._tell_progress()
        while arrival is not None or self._under_way:
            awaited: list[Future[Any]] = []
            if arrival is not None and self._coming < _AHEAD_CHUNKS:
                awaited.append(arrival)
            if self._under_way:
                awaited.append(self._under_way[0].coming[0])
            if not wait(awaited, _IDLE_SECONDS, FIRST_COMPLETED).done:
                if not self._under_way:
                    self._go_live()
                self._tell_progress()
                continue
            if arrival in awaited and arrival is not None and arrival.done():
                arrived = arrival.result()
                arrival = None if arrived is None else arrivals.next()
                if arrived is not None:
                    self._receive(arrived)
            self._collect()

    @cached_property
    def _ahead(self) -> Ahead:
        """The embedder at work; it is loaded when there is something to embed."""
        ahead = Ahead(self._library.embedder, self._catalog.known_embeddings)
        self._cleanup.callback(ahead.close)
        return ahead

    def _receive(self, arrived: Arrival) -> None:
        source, found = arrived
        if found is None:
            self._tally.finish()
            return
        try:
            if isinstance(found, InputError):
                raise found
            item = self._take(source, found)
        except InputError as error:
            item = _Item(result=failed(source, error))
        self._under_way.append(item)
        self._coming += len(item.coming)

    def _take(self, source: Source, found: Article | Entry) -> _Item:
        article = found.article if isinstance(found, Entry) else checked(found, source.name)
        article = self._naming.name(source, article)
        before = self._catalog.article(article.article_id)
        if before is not None and is_unchanged(
            article, before, self._catalog.pages(article.article_id, before.version)
        ):
            moved = bool(article.source) and article.source != before.source
            if moved:
                self._catalog.set_source(article.article_id, article.source)
            result = AddResult(
                source=source.name,
                article_id=article.article_id,
                status="updated" if moved else "unchanged",
                chunks=before.chunks,
                tokens=before.tokens,
            )
            return _Item(result=result)
        article = dataclasses.replace(article, added_at=datetime.now(UTC))
        entry = renamed(found, article) if isinstance(found, Entry) else make_entry(article)
        if not entry.chunks:
            raise InputError(f"{source.name!r} has no sentence", hint="an article needs at least one")
        handed = self._ahead.put(article.title, entry.chunks)
        result = AddResult(
            source=source.name,
            article_id=article.article_id,
            status="added" if before is None else "updated",
            chunks=len(entry.chunks),
            tokens=entry.tokens,
        )
        weight = self._tally.weigh(len(article.text)) if handed.new else 0.0
        return _Item(
            result=result,
            entry=entry,
            vectors=handed.vectors,
            coming=deque(handed.new),
            tokens_each=entry.tokens / len(entry.chunks),
            weight_each=weight / max(1, len(handed.new)),
        )

    def _collect(self) -> None:
        """Take over what is embedded, in order; when it makes a batch, it goes live."""
        while self._under_way:
            item = self._under_way[0]
            while item.coming and item.coming[0].done():
                item.coming.popleft().result()
                self._coming -= 1
                self._tally.embed(item.tokens_each, item.weight_each)
            if item.coming:
                break
            self._under_way.popleft()
            if item.entry is None and not self._embedded:
                self._tell(item.result)
            else:
                self._embedded.append(item)
            self._tell_progress()
            if sum(len(each.vectors) for each in self._embedded) >= BATCH_CHUNKS:
                self._go_live()
        self._tell_progress()

    def _go_live(self) -> None:
        """Write what is embedded: vectors, full text, then one transaction that makes it live; then tell."""
        if not self._embedded:
            return
        library, catalog, indexes = self._library, self._catalog, self._indexes
        self._at_work = True
        entries = [item.entry for item in self._embedded if item.entry is not None]
        made = {key: vectors.result() for item in self._embedded for key, vectors in item.vectors.items()}
        article_ids = [entry.article.article_id for entry in entries]
        replaced = [
            item.entry.article.article_id
            for item in self._embedded
            if item.entry is not None and item.result.status == "updated"
        ]
        old = {chunk_id for article_id in replaced for chunk_id in catalog.chunk_ids(article_id)}
        new = {chunk.chunk_id for entry in entries for chunk, _ in entry.chunks}
        library.on_step("begin")
        indexes.ensure()
        catalog.set_state({**writing_mark(article_ids), **indexes.seals()})
        self._opened = True
        library.on_step("marked")
        indexes.put(
            [
                IndexEntry(chunk, entry.article, made[key].passage)
                for entry in entries
                for chunk, key in entry.chunks
            ],
            on_step=library.on_step,
        )
        dimension = next(iter(made.values())).passage.size
        state = library.own_embedder.state(self._ahead.embedder, dimension)
        seals = indexes.seals()
        with indexes.turning():
            with catalog.writing() as connection:
                set_state(connection, {**state, **seals})
                copied = catalog.go_live(connection, entries, made, str(state["embedder"]))
                generation = bump(connection)
                library.on_step("written")
            library.on_step("live")
            indexes.advance(generation)
        self._replaced = bool(old - new)
        indexes.delete(sorted(old - new))
        library.on_step("cleaned")
        self._at_work = False
        self._ahead.forget(made)
        settled, self._embedded = self._embedded, []
        for item in settled:
            self._tell(dataclasses.replace(item.result, copy_of=copied.get(item.result.article_id or "")))

    def _close(self) -> None:
        if self._opened:
            health.close_writing(self._catalog, self._indexes, changed=self._replaced)
            self._library.on_step("closed")

    def _tell(self, result: AddResult) -> None:
        self._results.append(result)
        if self._on_result is not None:
            self._on_result(result)

    def _tell_progress(self) -> None:
        current = self._under_way[0].result.source if self._under_way else None
        self._tally.tell(len(self._results) + len(self._embedded), len(self._under_way), current)


def remove_article(library: Library, article_id: str) -> None:
    """Remove an article with all its versions: from the catalogue first, which is when it is gone."""
    catalog, indexes = library.catalog, library.indexes
    chunk_ids = catalog.chunk_ids(article_id)
    library.on_step("begin")
    catalog.set_state({**writing_mark([article_id]), **indexes.seals()})
    library.on_step("marked")
    with indexes.turning():
        with catalog.writing() as connection:
            catalog.forget(connection, article_id)
            generation = bump(connection)
            library.on_step("written")
        library.on_step("live")
        indexes.advance(generation)
    indexes.delete(chunk_ids)
    library.on_step("cleaned")
    health.close_writing(catalog, indexes)
    catalog.clear_log()
    library.on_step("closed")
