"""A library's own embedder: the one that it was built with, loaded when first asked for."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING

from index.errors import EmbedderMismatch

if TYPE_CHECKING:  # llama_index takes two seconds to import, and most commands need no model
    from llama_index.core.base.embeddings.base import BaseEmbedding

    from index.catalog import Catalog

_DEFAULT = "minilm"


class OwnEmbedder:
    """Which embedder the catalogue names, held against the one that was given.

    Args:
        catalog: Of the library.
        given: An embedding, or the name of one; by default the one that the library was built with.
    """

    def __init__(self, catalog: Catalog, given: BaseEmbedding | str | None) -> None:
        self._catalog = catalog
        self._given = given
        self._loaded: BaseEmbedding | None = None
        self._loading = threading.Lock()

    def get(self) -> BaseEmbedding:
        """The embedding itself.

        Raises:
            EmbedderMismatch: the library was built with another, or with one that has to be passed in.
        """
        from index.embedders import embedder_name, load_embedder

        with self._loading:
            said = self._catalog.states("embedder", "embedder_spec")
            built_with = said.get("embedder")
            if self._loaded is not None and built_with in (None, embedder_name(self._loaded)):
                return self._loaded
            wanted = self._given if self._given is not None else said.get("embedder_spec")
            if wanted is None and built_with is not None:
                raise EmbedderMismatch(
                    f"this library was built with the embedder {built_with!r}, which has to be passed in",
                    hint="open it with that embedder, or embed its articles again: citewell reindex",
                )
            wanted = wanted or _DEFAULT
            loaded = load_embedder(wanted) if isinstance(wanted, str) else wanted
            if built_with not in (None, embedder_name(loaded)):
                raise EmbedderMismatch(
                    f"this library was built with the embedder {built_with!r}, not {embedder_name(loaded)!r}",
                    hint="open it with that embedder, or embed its articles again: citewell reindex",
                )
            self._loaded = loaded
            return loaded

    def check(self) -> None:
        """Compare a given embedder with the library's, without loading a model for it if that can be.

        Raises:
            EmbedderMismatch: it is another.
        """
        said = self._catalog.states("embedder", "embedder_spec")
        if self._given is not None and "embedder" in said and self._given != said.get("embedder_spec"):
            self.get()

    def state(self, embedder: BaseEmbedding, dimension: int) -> dict[str, str | None]:
        """What the catalogue keeps of an embedder: its name, how to load it (if by a name), its dimension."""
        from index.embedders import MiniLMEmbedding, embedder_name

        spec = self._given if isinstance(self._given, str) else None
        if isinstance(embedder, MiniLMEmbedding):
            spec = _DEFAULT
        return {
            "embedder": embedder_name(embedder),
            "embedder_spec": spec,
            "dimension": str(dimension),
        }

    @contextlib.contextmanager
    def replaced_by(self, embedder: BaseEmbedding | str | None) -> Iterator[None]:
        """Another from now on, unless what is done with it fails; None changes nothing."""
        before = self._given, self._loaded
        if embedder is not None:
            self._given, self._loaded = embedder, None
        try:
            yield
        except BaseException:
            self._given, self._loaded = before
            raise
