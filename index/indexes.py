"""The two derived indexes of a library, kept together: opened, followed, written, sealed, rebuilt.

Each lives in a folder of its own, named in the catalogue: a rebuild fills a new folder and then changes the
name, so that it is there whole or not at all, and whoever has the old one open keeps it.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from index import kept_embeddings
from index.batches import batched
from index.catalog import Catalog
from index.errors import LibraryDamaged, LibraryError
from index.folder import VECTORS_LOCK_FILE
from index.fulltext import FullText
from index.index_entries import IndexEntry, put_text, put_vectors
from index.lock import file_lock, unwritable
from index.seal import broken, from_json, seal, to_json
from index.state import bump, set_state

if TYPE_CHECKING:  # chromadb takes a second to import, and `list` or `show` need none of it
    from index.vectors import Vectors

_REBUILD_BATCH = 512
SCHEMAS = {"vectors": "2", "fulltext": "2"}
"""What each index holds of a chunk. Raise it when that changes: those of another schema are built anew."""


_SCHEMA_KEYS = {name: f"{name}_schema" for name in SCHEMAS}
_FIRST_SCHEMA = "1"
"""That of indexes which were made before it was noted."""


class Pair(NamedTuple):
    """Both indexes as of one generation, and where they are."""

    vectors: Vectors
    fulltext: FullText
    generation: int
    folders: tuple[str, str]


class Indexes:
    """The indexes of the library in `root`, by what `catalog` says of them.

    Args:
        root: Folder that the indexes live in: the library's own, or a private copy's.
        catalog: The catalogue they follow.
        origin: Where to copy them from, if `root` is a private folder: Chroma cannot even read in a folder
            that it may not write.
    """

    def __init__(self, root: Path, catalog: Catalog, *, origin: Path | None = None) -> None:
        self.root = root
        self._catalog = catalog
        self._origin = origin
        self._pair: Pair | None = None
        self._guard = threading.RLock()

    @property
    def home(self) -> Path:
        """The library's own folder."""
        return self._origin or self.root

    @property
    def lock_path(self) -> Path:
        return self.root / VECTORS_LOCK_FILE

    # Reading

    def current(self) -> Pair | None:
        """Both indexes as the catalogue has them now; None while nothing was ever added."""
        said = self._catalog.states("generation", "vectors", "fulltext", *_SCHEMA_KEYS.values())
        if "vectors" not in said or "fulltext" not in said:
            return None
        generation = int(said["generation"])
        folders = (said["vectors"], said["fulltext"])
        with self._guard:
            pair = self._pair
            if pair is not None and pair.folders == folders:
                if pair.generation != generation and self._origin is None:
                    pair.vectors.refresh(generation)
                    pair.fulltext.reload()
                    pair = self._pair = pair._replace(generation=generation)
                if pair.generation == generation:
                    return pair
            self.close()
            if self._origin is None:
                self._pair = self._opened(folders, generation)
                return self._pair
            if not _of_other_schema(said):
                self._mirror(self._origin, folders)
                try:
                    self._pair = self._opened(folders, generation)
                    return self._pair
                except LibraryDamaged:  # copied while being written, or left half-written
                    pass
            self._clear(folders)
            self._fill({"vectors": folders[0], "fulltext": folders[1]})
            self._pair = self._opened(folders, generation)
            return self._pair

    @contextlib.contextmanager
    def vectors(self) -> Iterator[Vectors]:
        """The vectors alone, for a check of them: `current` needs the full text to be whole as well."""
        from index.vectors import Vectors

        if self._origin is not None:
            pair = self.current()
            assert pair is not None
            yield pair.vectors
            return
        said = self._catalog.states("vectors", "generation")
        folder, generation = self.root / said["vectors"], int(said["generation"])
        vectors = Vectors.open(folder, self.lock_path, generation=generation)
        try:
            yield vectors
        finally:
            vectors.close()

    def _opened(self, folders: tuple[str, str], generation: int) -> Pair:
        from index.vectors import Vectors

        vectors = Vectors.open(self.root / folders[0], self.lock_path, generation=generation)
        try:
            return Pair(vectors, FullText.open(self.root / folders[1]), generation, folders)
        except LibraryError:
            vectors.close()
            raise

    def _mirror(self, origin: Path, folders: tuple[str, str]) -> None:
        self._clear(folders)
        try:
            with file_lock(origin / self.lock_path.name, exclusive=False):
                for path in (path for folder in folders for path in sorted((origin / folder).rglob("*"))):
                    copy = self.root / path.relative_to(origin)
                    if path.is_file():
                        copy.parent.mkdir(parents=True, exist_ok=True)
                        shutil.copyfile(path, copy)
        except FileNotFoundError:
            return  # merged or replaced while being copied; opening it finds out
        except OSError as error:
            raise unwritable(self.root, error) from error

    def _clear(self, folders: tuple[str, str]) -> None:
        for folder in folders:
            shutil.rmtree(self.root / folder, ignore_errors=True)

    def look_again(self) -> Pair | None:
        """As `current`, seeing also what a writer that died left behind."""
        pair = self.current()
        if pair is not None:
            pair.vectors.refresh(pair.generation, force=True)
            pair.fulltext.reload()
        return pair

    def close(self) -> None:
        with self._guard:
            if self._pair is not None:
                self._pair.fulltext.abandon()
                self._pair.vectors.close()
                self._pair = None

    def let_go(self, pair: Pair | None) -> bool:
        """Close a pair that failed; False where another thread has closed or reopened it meanwhile."""
        with self._guard:  # whoever is reopening it has this
            if pair is not None and self._pair is not pair:
                return False
            self.close()
            return True

    @contextlib.contextmanager
    def turning(self) -> Iterator[None]:
        """While what this process wrote goes live and is noted by `advance`.

        Who looks meanwhile waits: else a look in between would find the indexes behind the catalogue, and
        reopen them for nothing under the others.
        """
        with self._guard:
            yield

    # Writing: all of it under the library's writer lock

    def ensure(self) -> Pair:
        """Both indexes, made empty if there are none."""
        pair = self.current()
        if pair is None:
            self.rebuild(vectors=True, fulltext=True)
            pair = self.current()
        assert pair is not None
        return pair

    def put(
        self, entries: Sequence[IndexEntry], *, on_step: Callable[[str], None] = lambda step: None
    ) -> None:
        """Add or replace chunks in the vectors, then durably in the full text."""
        pair = self.ensure()
        put_vectors(pair.vectors, entries)
        on_step("vectors")
        put_text(pair.fulltext, entries)
        on_step("text")
        pair.fulltext.commit()
        on_step("committed")

    def delete(self, chunk_ids: Sequence[str]) -> None:
        """Remove chunks from both."""
        pair = self.current()
        if pair is not None and chunk_ids:
            pair.vectors.delete(chunk_ids)
            pair.fulltext.delete(chunk_ids)
            pair.fulltext.commit()

    def advance(self, generation: int) -> None:
        """Note that what this process wrote is `generation`: it need not open anything again to see it."""
        with self._guard:
            if self._pair is not None:
                self._pair.vectors.advance(generation)
                self._pair = self._pair._replace(generation=generation)

    def finish_writing(self) -> None:
        """Wait until no file of the full text changes any more."""
        if self._pair is not None:
            self._pair.fulltext.finish()

    def abandon_writing(self) -> None:
        if self._pair is not None:
            self._pair.fulltext.abandon()

    def seals(self) -> dict[str, str | None]:
        """The state to keep with a transaction: checksums of both folders' files as they are now."""
        said = self._catalog.states("vectors", "fulltext", "vectors_seal", "fulltext_seal")
        made: dict[str, str | None] = {}
        for name in ("vectors", "fulltext"):
            if name in said:
                before = from_json(said.get(f"{name}_seal"))
                try:
                    made[f"{name}_seal"] = to_json(seal(self.root / said[name], before))
                except OSError as error:
                    raise LibraryDamaged(
                        f"a file of the index {said[name]!r} cannot be read: {error}",
                        hint="it is rebuilt from the catalogue by: citewell doctor --repair",
                    ) from error
        return made

    def of_other_schema(self) -> list[str]:
        """Those of the indexes that another version of Citewell made, with other fields."""
        return _of_other_schema(self._catalog.states("vectors", "fulltext", *_SCHEMA_KEYS.values()))

    def broken_files(self) -> dict[str, list[str]]:
        """Files of each index that are not what the last writer left; empty lists where all is well."""
        said = self._catalog.states("vectors", "fulltext", "vectors_seal", "fulltext_seal")
        found: dict[str, list[str]] = {"vectors": [], "fulltext": []}
        for name in found:
            if name in said:
                found[name] = broken(self.home / said[name], from_json(said.get(f"{name}_seal")))
        return found

    def rebuild(
        self,
        *,
        vectors: bool,
        fulltext: bool,
        state: Mapping[str, str | None] = MappingProxyType({}),
        on_progress: Callable[[int, int], None] | None = None,
    ) -> None:
        """Make one or both anew from the catalogue, embedding nothing, and put them in place at once.

        Args:
            vectors: Rebuild the vectors.
            fulltext: Rebuild the full text.
            state: Set in the same transaction; the vectors are those of the `embedder` it names, if any.
            on_progress: Told chunks done and chunks in all.

        Raises:
            LibraryDamaged: the catalogue lacks a chunk's embedding.
            LibraryUnwritable: there is no room.
        """
        self.close()
        self.remove_strays()
        names = {}
        if vectors:
            names["vectors"] = self._free_name("vectors")
        if fulltext:
            names["fulltext"] = self._free_name("fulltext")
        try:
            self._fill(names, on_progress, state.get("embedder"))
            made: dict[str, str | None] = {
                f"{name}_seal": to_json(seal(self.root / folder)) for name, folder in names.items()
            }
            made |= {_SCHEMA_KEYS[name]: SCHEMAS[name] for name in names}
        except BaseException as error:
            for folder in names.values():
                shutil.rmtree(self.root / folder, ignore_errors=True)
            if isinstance(error, OSError):
                raise unwritable(self.root, error) from error
            raise
        with self._catalog.writing() as connection:
            if vectors and fulltext:
                made["writing"] = None  # whatever was half-done is not in these
            set_state(connection, {**state, **names, **made})
            if embedder := state.get("embedder"):
                kept_embeddings.keep_only(connection, embedder)
            bump(connection)
        self.remove_strays()

    def _fill(
        self,
        names: dict[str, str],
        on_progress: Callable[[int, int], None] | None = None,
        embedder: str | None = None,
    ) -> None:
        from index.vectors import Vectors

        with contextlib.ExitStack() as stack:
            vectors = fulltext = None
            if "vectors" in names:
                vectors = Vectors.create(self.root / names["vectors"], self.lock_path, generation=0)
                stack.callback(vectors.close)
            if "fulltext" in names:
                fulltext = FullText.create(self.root / names["fulltext"])
                stack.callback(fulltext.abandon)
            chunk_ids = self._catalog.chunk_ids()
            done = 0
            for some in batched(chunk_ids, _REBUILD_BATCH):
                entries = self.catalogued(some, embedder)
                if vectors is not None:
                    put_vectors(vectors, entries)
                if fulltext is not None:
                    put_text(fulltext, entries)
                done += len(some)
                if on_progress is not None:
                    on_progress(done, len(chunk_ids))
            if fulltext is not None:
                fulltext.put([])
                fulltext.commit()
                fulltext.finish()

    def catalogued(self, chunk_ids: Sequence[str], embedder: str | None = None) -> list[IndexEntry]:
        """Index entries of these live chunks, from the catalogue.

        Raises:
            LibraryDamaged: one of them has no embedding.
        """
        live = self._catalog.live(chunk_ids, embedder=embedder)
        missing = [chunk_id for chunk_id in chunk_ids if chunk_id not in live]
        if missing:
            raise LibraryDamaged(
                f"the catalogue has no embedding for {len(missing)} chunks, the first {missing[0]!r}",
                hint="make them again with: citewell reindex",
            )
        found = (live[chunk_id] for chunk_id in chunk_ids)
        return [IndexEntry(each.chunk, each.article, each.embedding.passage) for each in found]

    def _free_name(self, kind: str) -> str:
        numbers = [int(path.name.split("-")[1]) for path in self._folders(kind)]
        return f"{kind}-{max(numbers, default=0) + 1}"

    def _folders(self, kind: str) -> Iterator[Path]:
        return (path for path in self.root.glob(f"{kind}-*") if path.name.split("-")[1].isdigit())

    def strays(self) -> list[Path]:
        """Index folders that the catalogue does not name: replaced, or never finished."""
        named = set(self._catalog.states("vectors", "fulltext").values())
        folders = (folder for kind in ("vectors", "fulltext") for folder in self._folders(kind))
        return [folder for folder in folders if folder.name not in named]

    def remove_strays(self) -> None:
        with file_lock(self.lock_path, exclusive=True):  # nobody is opening what is thrown away
            for folder in self.strays():
                shutil.rmtree(folder, ignore_errors=True)


def _of_other_schema(said: Mapping[str, str]) -> list[str]:
    return [
        name
        for name, key in _SCHEMA_KEYS.items()
        if name in said and said.get(key, _FIRST_SCHEMA) != SCHEMAS[name]
    ]


def writing_mark(article_ids: Sequence[str]) -> dict[str, str | None]:
    """The state that says which articles are being written; whoever finds it, without a writer, cleans up."""
    return {"writing": json.dumps(list(article_ids))}
