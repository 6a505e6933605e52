"""The embedder that a library was built with is the one it goes on with, unless it is replaced."""

from __future__ import annotations

import pytest
from library_support import WordsEmbedding

from index.catalog import Catalog
from index.embedders import MiniLMEmbedding, embedder_name
from index.errors import EmbedderMismatch
from index.own_embedder import OwnEmbedder

BUILT_WITH = WordsEmbedding("words", 32)


@pytest.fixture
def catalog(tmp_path):
    made = Catalog.create(tmp_path / "catalog.sqlite3")
    yield made
    made.close()


@pytest.fixture
def built(catalog):
    catalog.set_state(OwnEmbedder(catalog, BUILT_WITH).state(BUILT_WITH, 32))
    return catalog


def test_a_new_library_has_the_bundled_one_loaded_once(catalog):
    own = OwnEmbedder(catalog, None)
    assert isinstance(own.get(), MiniLMEmbedding)
    assert own.get() is own.get()
    assert own.state(own.get(), 384)["embedder_spec"] == "minilm"


def test_what_is_kept_of_one_names_it(catalog):
    kept = OwnEmbedder(catalog, BUILT_WITH).state(BUILT_WITH, 32)
    assert kept == {"embedder": embedder_name(BUILT_WITH), "embedder_spec": None, "dimension": "32"}


def test_only_the_one_it_was_built_with_will_do(built):
    OwnEmbedder(built, BUILT_WITH).check()
    assert OwnEmbedder(built, BUILT_WITH).get() is BUILT_WITH
    with pytest.raises(EmbedderMismatch, match="has to be passed in"):
        OwnEmbedder(built, None).get()
    OwnEmbedder(built, None).check()
    with pytest.raises(EmbedderMismatch):
        OwnEmbedder(built, "minilm").check()


def test_a_replacement_stays_unless_what_is_done_with_it_fails(built):
    own, other = OwnEmbedder(built, BUILT_WITH), WordsEmbedding("other", 16)
    with pytest.raises(ZeroDivisionError), own.replaced_by(other):
        _ = 1 / 0
    assert own.get() is BUILT_WITH
    with own.replaced_by(None):
        assert own.get() is BUILT_WITH
    with own.replaced_by(other):
        built.set_state(own.state(other, 16))
    assert own.get() is other
