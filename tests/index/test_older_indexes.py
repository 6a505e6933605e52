"""Indexes of an older version lack what it did not know: they are built anew, and nothing is embedded."""

from __future__ import annotations

import numpy as np
import pytest
from library_support import NoEmbedding, WordsEmbedding, check_answers, check_clean, make_article

from index import indexes, nearest, vectors
from index.article import Filters
from index.folder import open_catalog
from index.indexes import Indexes
from index.library import Library

GERMAN = Filters(languages=("de",))


@pytest.fixture(autouse=True)
def _narrowed_by_chroma(monkeypatch):
    monkeypatch.setattr(nearest, "FEW", 0)
    monkeypatch.setattr(nearest, "MOST_FETCHED", 0)


@pytest.fixture
def older(tmp_path):
    """A library of before there was a filter by language."""
    path = tmp_path / "library"
    with pytest.MonkeyPatch.context() as patch:
        whole = vectors._metadata
        patch.setattr(vectors, "_metadata", lambda row: _without(whole(row), "language"))
        patch.setattr(indexes, "SCHEMAS", {**indexes.SCHEMAS, "vectors": "1"})
        with Library.open(path, create=True, embedder=WordsEmbedding()) as library:
            library.add([make_article("Brook", language="en"), make_article("Dell", language="de-AT")])
            library.catalog.set_state({"vectors_schema": None})
            assert [hit.vector_rank for hit in library.search("otters", k=5, filters=GERMAN).hits] == [None]
    return path


def _without(row, key):
    return {name: value for name, value in row.items() if name != key}


def test_opening_builds_them_anew_and_says_so(older):
    notices = []
    with Library.open(older, embedder=NoEmbedding(), notice=notices.append) as library:
        [hit] = library.search("otters", k=5, filters=GERMAN).hits
        assert (hit.article.article_id, hit.text_rank, hit.vector_rank) == ("Dell", 1, 1)
        check_answers(library)
        check_clean(library)
    assert len(notices) == 1
    assert "vector index is of another version" in notices[0]
    with Library.open(older, embedder=NoEmbedding(), notice=notices.append) as library:
        assert library.search("otters", k=5, filters=GERMAN).hits
    assert len(notices) == 1


def test_one_who_may_only_read_builds_them_for_himself(older, tmp_path):
    catalog = open_catalog(older, create=False)
    private = Indexes(tmp_path / "private", catalog, origin=older)
    vector = np.array(WordsEmbedding().get_query_embedding("otters"), np.float32)
    found = private.current().vectors.query(vector, 5, GERMAN)
    assert [chunk_id.split(":")[0] for chunk_id, _ in found] == ["Dell"]
    assert catalog.state("vectors_schema") is None
    private.close()
    catalog.close()
