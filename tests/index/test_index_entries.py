"""A chunk goes into both indexes under one id: found by its title and text there, by its vector here."""

from __future__ import annotations

import numpy as np
from library_support import make_article

from index.article import Filters
from index.fulltext import FullText, TextQuery
from index.index_entries import IndexEntry, put_text, put_vectors
from index.splitter import split_chunks
from index.vectors import Vectors


def test_a_chunk_is_found_in_both_indexes(tmp_path):
    article = make_article("Brook")
    (chunk,) = split_chunks(article)
    entry = IndexEntry(chunk, article, np.eye(8, dtype=np.float32)[0])
    fulltext = FullText.create(tmp_path / "fulltext")
    vectors = Vectors.create(tmp_path / "vectors", tmp_path / "lock", generation=0)
    try:
        put_text(fulltext, [entry])
        put_vectors(vectors, [entry])
        fulltext.commit()
        fulltext.finish()
        ((found, _),) = fulltext.search(TextQuery(["brook"]), 5, Filters())
        ((nearest, _),) = vectors.query(entry.vector, 5, Filters())
    finally:
        vectors.close()
    assert (found, nearest) == (chunk.chunk_id, chunk.chunk_id)
