"""Embeddings for chunks that have none: after a change of embedder, or where the catalogue lost some."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from index.ingest import embed_chunks

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
    for some in catalog.lacking(name):
        wanted = {key: (key, title, chunk) for key, title, chunk in some}
        catalog.store_embeddings(embed_chunks(chosen, list(wanted.values()), lambda chunks: None), name)
        done += len(some)
        if on_progress is not None:
            on_progress(min(done, total), total)
    dimension = embed_query(chosen, "dimension").size
    return library.embedder_state(chosen, dimension)
