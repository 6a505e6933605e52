"""The embedder of a library: kept to, and exchanged by reindexing."""

from __future__ import annotations

import pytest
from library_support import WordsEmbedding, check_answers, check_clean, make_article

from index.errors import EmbedderMismatch
from index.library import Library


def test_a_library_keeps_to_its_embedder(tmp_path):
    path = tmp_path / "library"
    with Library.open(path, create=True, embedder=WordsEmbedding()) as library:
        library.add([make_article("Brook")])
    with pytest.raises(EmbedderMismatch) as raised:
        Library.open(path, embedder="minilm")
    assert "citewell reindex" in raised.value.hint
    with Library.open(path) as library:
        assert library.show("Brook").text
        with pytest.raises(EmbedderMismatch):
            library.search("otters", k=1)
        library.remove("Brook")


def test_reindexing_with_another_embedder_embeds_once_and_is_seen_by_others(tmp_path):
    path = tmp_path / "library"
    with Library.open(path, create=True, embedder=WordsEmbedding()) as library:
        library.add([make_article(name, paragraphs=3) for name in ("Brook", "Dell")])
        with Library.open(path, embedder=WordsEmbedding()) as other:
            assert other.search("otters", k=2).hits
            wider = WordsEmbedding("wider", 48)
            told = []
            assert library.reindex(embedder=wider, on_progress=lambda *step: told.append(step)) == 6
            assert told[-1] == (6, 6)
            assert library.search("otters", k=2).question_vector.shape == (48,)
            check_answers(library)
            check_clean(library)
            with pytest.raises(EmbedderMismatch):
                other.search("otters", k=2)
        calls = wider.calls
        library.reindex()
        assert wider.calls == calls
        check_answers(library)
    with pytest.raises(EmbedderMismatch):
        Library.open(path, embedder=WordsEmbedding())


def test_a_failing_reindex_changes_nothing(tmp_path):
    class Failing(WordsEmbedding):
        def _get_text_embedding(self, text):
            raise RuntimeError("no")

    with Library.open(tmp_path / "library", create=True, embedder=WordsEmbedding()) as library:
        library.add([make_article("Brook")])
        with pytest.raises(RuntimeError):
            library.reindex(embedder=Failing("failing"))
        check_answers(library)
        check_clean(library)
