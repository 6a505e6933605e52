"""Embedding goes on beside the writing, and each text is embedded once."""

from __future__ import annotations

import dataclasses
import time

from library_support import WordsEmbedding, check_clean, make_article

from index import changes
from index.library import Library


class SlowEmbedding(WordsEmbedding):
    def _get_text_embedding(self, text):
        time.sleep(0.005)
        return super()._get_text_embedding(text)


def test_embedding_goes_on_while_a_batch_is_written(tmp_path, monkeypatch):
    monkeypatch.setattr(changes, "BATCH_CHUNKS", 4)
    embedder = SlowEmbedding()
    went_on = []

    def on_step(step):
        if step == "written" and not went_on:
            before, end = embedder.calls, time.monotonic() + 20
            while embedder.calls < before + 10 and time.monotonic() < end:
                time.sleep(0.01)
            went_on.append(embedder.calls >= before + 10)

    with Library.open(tmp_path / "library", create=True, embedder=embedder) as library:
        library.on_step = on_step
        library.add([make_article(f"Weir{number}", paragraphs=3) for number in range(12)])
        assert went_on == [True]
        check_clean(library)


def test_what_is_on_its_way_is_not_embedded_again(tmp_path):
    embedder = SlowEmbedding()
    article = make_article("Brook", paragraphs=3)
    copies = [dataclasses.replace(article, article_id=f"copy-{number}") for number in range(5)]
    with Library.open(tmp_path / "library", create=True, embedder=embedder) as library:
        results = library.add([article, *copies])
        assert [result.status for result in results] == ["added"] * 6
        calls = embedder.calls
        check_clean(library)
    with Library.open(tmp_path / "other", create=True, embedder=(alone := SlowEmbedding())) as library:
        library.add([article])
    assert calls == alone.calls


def test_an_embedder_that_fails_loses_only_what_it_had_not_done(tmp_path):
    class Failing(WordsEmbedding):
        def _get_text_embedding(self, text):
            if "Tarn" in text:
                raise ConnectionError("no answer")
            return super()._get_text_embedding(text)

    told = []
    with Library.open(tmp_path / "library", create=True, embedder=Failing()) as library:
        try:
            library.add(
                [make_article(name) for name in ("Brook", "Dell", "Tarn", "Wold")], on_result=told.append
            )
            raise AssertionError("the failure was not told")
        except ConnectionError:
            pass
        assert [result.article_id for result in told] == ["Brook", "Dell"]
        assert [info.article_id for info in library.list()] == ["Brook", "Dell"]
        check_clean(library)
