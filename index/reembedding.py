"""Embeddings for chunks that have none: after a change of embedder, or where the catalogue lost some."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING

from index.ahead import Ahead
from index.tables import Embedding

if TYPE_CHECKING:
    from llama_index.core.base.embeddings.base import BaseEmbedding

    from index.library import Library


def embed_lacking(
    library: Library,
    embedder: BaseEmbedding | str | None,
    on_progress: Callable[[int, int], None] | None,
) -> dict[str, str | None]:
    """Embed each live chunk that `embedder` has not embedded yet, and keep the vectors in the catalogue.

    Nothing refers to them before the caller puts the returned state in place, so that stopping in the middle
    changes nothing, and going on later embeds only the rest.

    Returns:
        The state that makes `embedder` the library's; empty when it already is.
    """
    catalog = library.catalog
    current = catalog.state("embedder")
    if embedder is None and current is not None and next(catalog.lacking(current), None) is None:
        return {}  # nothing to embed: no model is loaded
    from index.embedders import embed_query, embedder_name, load_embedder

    if embedder is None:
        chosen = library.embedder
    else:
        chosen = load_embedder(embedder) if isinstance(embedder, str) else embedder
    name = embedder_name(chosen)
    total, done = catalog.chunk_count(), 0
    with contextlib.closing(Ahead(chosen, catalog.known_embeddings)) as ahead:
        for some in catalog.lacking(name):
            coming: dict[str, Future[Embedding]] = {}
            for key, title, chunk in some:
                coming |= ahead.put(title, [(chunk, key)]).vectors
            catalog.store_embeddings({key: vectors.result() for key, vectors in coming.items()}, name)
            ahead.forget(coming)
            done += len(some)
            if on_progress is not None:
                on_progress(min(done, total), total)
    dimension = embed_query(chosen, "dimension").size
    return library.own_embedder.state(chosen, dimension)
