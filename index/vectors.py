"""Vectors of the chunks, in embedded Chroma. The only file that imports chromadb.

What Chroma 1.5 needs from its user, and gets here: vectors always passed in (text methods download a model),
`upsert` (`add` on a known id is silently nothing), cosine asked for and read back, telemetry off, one client
per folder and process, calls in batches, and a new client to see what another process wrote (chroma #3792).
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import chromadb
import numpy as np
import numpy.typing as npt
from chromadb.config import Settings

from index.article import Filters, language_code
from index.batches import batched
from index.errors import LibraryDamaged, LibraryError, LibraryUnwritable
from index.fulltext import epoch_day
from index.lock import file_lock

Matrix = npt.NDArray[np.float32]

_COLLECTION = "chunks"
_OWNER = "citewell"
_WRITE_BATCH = 256
"""Chunks a write: about 0.3 s, for which who wants to open waits, and the queries of others slow down."""
_ID_BATCH = 2_000
"""Ids a call: SQLite below allows 32,766 variables, and a large `where` list fails."""
_SPARE = 16
"""Fetched beyond k, for hits that are being replaced at this moment and are dropped later."""

SYNC_THRESHOLD = 1_000
"""Writes between two times that Chroma puts its HNSW graph on disk.

Chroma's own default, and the compromise: what was not put on disk is replayed by whoever opens (300 vectors
in 0.05 s), so a number so large that nothing is ever put there costs 11 s an opening at 10,000 chunks. The
price of a finite one is that a kill while the files are written spoils them. That is found by their
checksums (seal.py) and mended from the catalogue, without embedding, so it is the cheaper risk.
"""


class VectorRow(NamedTuple):
    """One chunk's vector and what it can be filtered by."""

    chunk_id: str
    article_id: str
    publisher: str | None
    published: date | None
    language: str | None
    vector: Matrix


class _Handle:
    """A client and its collection, and the generation of the library that it was opened at."""

    def __init__(self, folder: Path, generation: int) -> None:
        self.collection: chromadb.Collection
        self.generation = generation
        self.users = 0
        self.client: Any = chromadb.PersistentClient(  # its type lacks `close`
            str(folder), settings=Settings(anonymized_telemetry=False, is_persistent=True)
        )


_handles: dict[Path, _Handle] = {}
"""One per folder and process: a second client on a path would share the first one's stale view."""
_registry = threading.RLock()


@contextlib.contextmanager
def _translated(folder: Path) -> Iterator[None]:
    """Whatever Chroma raises, a Rust panic (a BaseException) included, as an error of ours."""
    try:
        yield
    except (LibraryError, KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:
        said = str(error).replace("\n", " ")
        lowered = said.lower()
        signs = ("readonly", "read-only", "disk is full", "disk full", "no space left", "permission denied")
        if any(sign in lowered for sign in signs):
            raise LibraryUnwritable(
                f"the vector index cannot be written: {said}",
                hint="free some space or check the folder's permissions; nothing catalogued is lost",
            ) from error
        raise LibraryDamaged(
            f"the vector index {str(folder)!r} failed: {said or type(error).__name__}",
            hint="it is rebuilt from the catalogue by: citewell doctor --repair",
        ) from error


class Vectors:
    """One collection in one folder. Many readers; writing only under the library's writer lock.

    Args:
        folder: Chroma's own folder.
        lock: File held while the files of the index are loaded or may be replaced: Chroma writes them in
            place, and one who reads half of them crashes.
    """

    def __init__(self, folder: Path, lock: Path) -> None:
        self._folder = folder.absolute()
        self._lock = lock
        self._open = False

    @classmethod
    def create(cls, folder: Path, lock: Path, *, generation: int) -> Vectors:
        """A new collection in a new folder."""
        made = cls(folder, lock)
        with _translated(folder), _registry, file_lock(lock, exclusive=True):
            folder.mkdir(parents=True, mode=0o700)
            handle = _Handle(made._folder, generation)
            handle.collection = handle.client.create_collection(
                _COLLECTION,
                metadata={"owner": _OWNER},
                configuration={"hnsw": {"space": "cosine", "sync_threshold": SYNC_THRESHOLD}},
                embedding_function=None,
            )
            made._adopt(handle)
        return made

    @classmethod
    def open(cls, folder: Path, lock: Path, *, generation: int) -> Vectors:
        """The collection in `folder`, as of at least `generation`.

        Raises:
            LibraryDamaged: there is none, or it is not ours, or it cannot be read.
        """
        made = cls(folder, lock)
        with _registry:
            handle = _handles.get(made._folder)
            made._adopt(handle if handle is not None else made._load(generation))
            made.refresh(generation)
        return made

    def _adopt(self, handle: _Handle) -> None:
        handle.users += 1
        _handles[self._folder] = handle
        self._open = True

    def _load(self, generation: int) -> _Handle:
        # Alone, though it only reads: opening replays what is not in the graph yet, and if that is much (a
        # writer was killed) puts it on disk.
        with _translated(self._folder), file_lock(self._lock, exclusive=True):
            if not (self._folder / "chroma.sqlite3").is_file():  # a client would make an empty one
                raise LibraryDamaged(
                    f"there is no vector index in {str(self._folder)!r}",
                    hint="it is rebuilt from the catalogue by: citewell doctor --repair",
                )
            handle = _Handle(self._folder, generation)
            try:
                handle.collection = handle.client.get_collection(_COLLECTION, embedding_function=None)
                self._check_ours(handle.collection)
                # Loads the graph and replays what is not in it yet, while no writer can be at the files.
                handle.collection.get(limit=1, include=["embeddings"])
            except BaseException:
                handle.client.close()
                raise
            return handle

    def _check_ours(self, collection: chromadb.Collection) -> None:
        configuration = collection.configuration_json
        space = (configuration.get("hnsw") or {}).get("space")
        owner = (collection.metadata or {}).get("owner")
        # A collection that names an embedding function would make the client call it; ours names none.
        names_function = "name" in (configuration.get("embedding_function") or {})
        if space != "cosine" or owner != _OWNER or names_function:
            raise LibraryDamaged(
                f"the collection in {str(self._folder)!r} is not one of Citewell's (space {space!r})",
                hint="it is rebuilt from the catalogue by: citewell doctor --repair",
            )

    def refresh(self, generation: int, *, force: bool = False) -> None:
        """See what other processes wrote up to `generation`: a client does not by itself.

        Args:
            generation: What has to be seen.
            force: Look again in any case: a writer that died may have written without a new generation.
        """
        with _registry:
            handle = _handles.get(self._folder)
            if handle is not None and handle.generation >= generation and not force:
                return
            if handle is not None:
                with contextlib.suppress(Exception):
                    handle.client.close()
                _handles.pop(self._folder, None)
            fresh = self._load(generation)
            fresh.users = handle.users if handle is not None else 1
            _handles[self._folder] = fresh

    def advance(self, generation: int) -> None:
        """Note that this process's own client has all of `generation`, having written it."""
        with _registry:
            handle = _handles.get(self._folder)
            if handle is not None:
                handle.generation = max(handle.generation, generation)

    def close(self) -> None:
        """Let go of the files once the last user in this process has."""
        with _registry:
            if not self._open:
                return
            self._open = False
            handle = _handles.get(self._folder)
            if handle is None:
                return
            handle.users -= 1
            if handle.users <= 0:
                del _handles[self._folder]
                with contextlib.suppress(Exception):
                    handle.client.close()

    @property
    def _collection(self) -> chromadb.Collection:
        with _registry:  # while another thread reopens it, there is none
            handle = _handles.get(self._folder)
        if handle is None:
            raise LibraryDamaged(
                f"the vector index {str(self._folder)!r} was closed", hint="open the library again"
            )
        return handle.collection

    # Reading

    def query(self, vector: Matrix, k: int, filters: Filters) -> list[tuple[str, float]]:
        """The nearest chunks as (chunk id, cosine similarity in -1..1), best first; a few more than `k`."""
        if k < 1:
            return []
        found: dict[str, float] = {}
        with _translated(self._folder):
            for where in _wheres(filters):
                answer: Any = self._collection.query(
                    query_embeddings=vector[np.newaxis],
                    n_results=k + _SPARE,
                    where=where,
                    include=["distances"],
                )
                for chunk_id, distance in zip(answer["ids"][0], answer["distances"][0], strict=True):
                    found[chunk_id] = min(1.0, max(-1.0, 1.0 - distance))
        return sorted(found.items(), key=lambda hit: (-hit[1], hit[0]))[: k + _SPARE]

    def ids(self, article_id: str | None = None) -> list[str]:
        """Ids of all chunks that have a row, or of one article's. A row does not prove a vector."""
        where: Any = None if article_id is None else {"article_id": article_id}
        found: list[str] = []
        with _translated(self._folder):
            while True:
                page = self._collection.get(where=where, include=[], limit=_ID_BATCH, offset=len(found))[
                    "ids"
                ]
                found.extend(page)
                if len(page) < _ID_BATCH:
                    return found

    def stored(self, chunk_ids: Sequence[str]) -> Iterator[tuple[str, Matrix]]:
        """The vectors that are really there for these ids.

        Can kill the process when the files are damaged: call it in a child (health.py).
        """
        for some in batched(chunk_ids, _ID_BATCH):
            with _translated(self._folder):
                page: Any = self._collection.get(ids=some, include=["embeddings"])
            yield from zip(page["ids"], page["embeddings"], strict=True)

    # Writing

    def put(self, rows: Sequence[VectorRow]) -> None:
        """Add or replace chunks."""
        for some in batched(rows, _WRITE_BATCH):
            with _translated(self._folder), file_lock(self._lock, exclusive=True):
                self._collection.upsert(
                    ids=[row.chunk_id for row in some],
                    embeddings=np.stack([row.vector for row in some]),
                    metadatas=[_metadata(row) for row in some],
                )

    def delete(self, chunk_ids: Iterable[str]) -> None:
        """Remove chunks; unknown ids are ignored."""
        for some in batched(chunk_ids, _WRITE_BATCH):
            with _translated(self._folder), file_lock(self._lock, exclusive=True):
                self._collection.delete(ids=some)


def _metadata(row: VectorRow) -> dict[str, str | int]:
    found: dict[str, str | int] = {"article_id": row.article_id}
    # An upsert merges: a key that is left out keeps its old value, so what is unknown is written as such.
    found["publisher"] = "" if row.publisher is None else row.publisher.casefold()
    found["language"] = "" if row.language is None else language_code(row.language)
    found["published"] = _NO_DATE if row.published is None else epoch_day(row.published)
    return found


_NO_DATE = -(10**9)
"""Stands for "no date" in a field that Chroma compares as a number: before every real day."""


def _wheres(filters: Filters) -> Iterator[dict[str, Any] | None]:
    """Chroma's form of the filters; several when the list of articles is too long for one call."""
    parts: list[dict[str, Any]] = []
    if filters.publishers:
        parts.append({"publisher": {"$in": [name.casefold() for name in filters.publishers]}})
    if filters.languages:
        parts.append({"language": {"$in": list(filters.languages)}})
    if filters.since or filters.until:
        since = epoch_day(filters.since) if filters.since else _NO_DATE + 1
        parts.append({"published": {"$gte": since}})
    if filters.until:
        parts.append({"published": {"$lte": epoch_day(filters.until)}})
    if not filters.articles:
        yield _all_of(parts)
    for some in batched(filters.articles, _ID_BATCH):
        yield _all_of([*parts, {"article_id": {"$in": some}}])


def _all_of(parts: list[dict[str, Any]]) -> dict[str, Any] | None:
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else {"$and": parts}
