"""Embeddings are kept once, found by embedder and key, and dropped with the last chunk that has the key."""

import numpy as np
import pytest

from index import kept_embeddings
from index.article import Article
from index.catalog import Catalog
from index.entries import make_entry
from index.tables import Embedding


def embedding(value):
    return Embedding(passage=np.full(384, value, np.float32), sentences=np.zeros((1, 384), np.float32))


@pytest.fixture
def catalog(tmp_path):
    made = Catalog.create(tmp_path / "catalog.sqlite3")
    yield made
    made.close()


def live(catalog, *texts):
    entries = [
        make_entry(Article(article_id=f"a{n}", title="Ferry", text=text)) for n, text in enumerate(texts)
    ]
    with catalog.writing() as connection:
        catalog.go_live(connection, entries, {}, "one")
    return [key for entry in entries for _, key in entry.chunks]


def known(catalog, embedder, *keys):
    with catalog.reading() as connection:
        return {
            key: each.passage[0] for key, each in kept_embeddings.known(connection, embedder, keys).items()
        }


def test_what_is_kept_is_known_to_its_embedder_and_the_first_stays(catalog):
    (key,) = live(catalog, "The ferry is late.")
    with catalog.writing() as connection:
        for value in (0.5, 0.25):
            kept_embeddings.keep(connection, {key: embedding(value)}, "one")
    assert known(catalog, "one", key, "other") == {key: 0.5}
    assert known(catalog, "two", key) == {}


def test_chunks_lack_what_was_not_kept(catalog):
    first, second = live(catalog, "The ferry is late.", "The pier is shut.")
    catalog.store_embeddings({first: embedding(1.0)}, "one")
    with catalog.reading() as connection:
        assert [key for key, _, _ in kept_embeddings.lacking(connection, "one")] == [second]
        assert {key for key, _, _ in kept_embeddings.lacking(connection, "two")} == {first, second}
        assert kept_embeddings.keys_of(connection, ["a0"]) == {first}


def test_only_what_no_live_chunk_has_is_dropped(catalog):
    first, second = live(catalog, "The ferry is late.", "The pier is shut.")
    for embedder in ("one", "two"):
        catalog.store_embeddings({first: embedding(1.0), second: embedding(1.0)}, embedder)
    with catalog.writing() as connection:
        kept_embeddings.drop_unused(connection, [first, second])
    assert set(known(catalog, "one", first, second)) == {first, second}
    with catalog.writing() as connection:
        catalog.forget(connection, "a0")
    for embedder in ("one", "two"):
        assert set(known(catalog, embedder, first, second)) == {second}
    with catalog.writing() as connection:
        kept_embeddings.keep_only(connection, "two")
    assert (known(catalog, "one", second), set(known(catalog, "two", second))) == ({}, {second})
