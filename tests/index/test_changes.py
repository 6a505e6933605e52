"""Articles in, changed, out: what each change touches, and what it leaves alone."""

from __future__ import annotations

import dataclasses
from datetime import date
from pathlib import Path

import pytest
from library_support import (
    WordsEmbedding,
    check_answers,
    check_clean,
    make_article,
    nothing_left_of,
    statuses,
)

from index.article import Article, Filters
from index.errors import InputError, UsageError
from index.library import Library


def test_adding_again_does_nothing(library):
    articles = [make_article("Brook"), make_article("Dell")]
    library.add(articles)
    before = library.catalog.generation(), library.list()
    assert [result.status for result in library.add(articles)] == ["unchanged", "unchanged"]
    assert (library.catalog.generation(), library.list()) == before


def test_a_changed_text_replaces_the_old_which_can_still_be_read(library):
    old, new = make_article("Brook"), make_article("Brook", edition=1)
    library.add([old, make_article("Dell")])
    assert statuses(library.add([new])) == [("Brook", "updated")]
    assert library.show("Brook").text == new.text
    assert library.show("Brook", old.version).text == old.text
    assert library.show("Brook", old.version[:12]).text == old.text
    assert library.words().document_frequency("edition1") == 1
    check_answers(library)
    check_clean(library)
    with pytest.raises(UsageError, match="no version"):
        library.show("Brook", old.version[:11])
    with pytest.raises(UsageError, match="no version"):
        library.show("Brook", "0" * 64)


def test_changed_metadata_is_followed_by_filters_and_nothing_is_embedded(tmp_path):
    embedder = WordsEmbedding()
    with Library.open(tmp_path / "library", create=True, embedder=embedder) as library:
        article = make_article("Brook", publisher="Gazette", published=date(2020, 5, 1))
        library.add([article])
        calls = embedder.calls
        moved = dataclasses.replace(article, publisher="Herald", published=date(2023, 5, 1))
        assert statuses(library.add([moved])) == [("Brook", "updated")]
        assert embedder.calls == calls
        for filters, expected in (
            (Filters(publishers=("gazette",)), 0),
            (Filters(publishers=("HERALD",)), 1),
            (Filters(until=date(2021, 1, 1)), 0),
            (Filters(since=date(2021, 1, 1)), 1),
        ):
            hits = library.search("otters", k=5, filters=filters).hits
            assert len(hits) == expected
            assert all(hit.text_rank == hit.vector_rank == 1 for hit in hits)
        unknown = dataclasses.replace(article, publisher=None, published=None)
        library.add([unknown])
        assert library.search("otters", k=5, filters=Filters(publishers=("Herald",))).hits == []
        assert library.search("otters", k=5, filters=Filters(since=date(1, 1, 1))).hits == []
        assert library.search("otters", k=5).hits[0].article.publisher is None
        check_clean(library)


def test_a_changed_title_changes_what_is_embedded(library):
    article = make_article("Brook")
    library.add([article])
    before = library.search("zeppelins over the moor", k=1).hits[0].similarity
    library.add([dataclasses.replace(article, title="Zeppelins over the moor")])
    hit = library.search("zeppelins over the moor", k=1).hits[0]
    assert hit.similarity > before + 0.1
    assert hit.text_rank == 1
    check_clean(library)


def test_a_removed_article_leaves_nothing_behind(library):
    library.add([make_article("Brook"), make_article("Dell"), make_article("Brook", edition=2)][:2])
    library.add([make_article("Brook", edition=1)])
    library.remove("Brook")
    assert nothing_left_of(library, "Brook")
    check_answers(library)
    check_clean(library)
    with pytest.raises(UsageError, match="'Brook'"):
        library.show("Brook")
    raw = b"".join(path.read_bytes() for path in library.path.glob("catalog*"))
    assert b"edition1" not in raw
    with pytest.raises(UsageError) as raised:
        library.remove("Del")
    assert "'Dell'" in raised.value.hint
    library.remove("Dell")
    assert (library.article_count(), library.chunk_count()) == (0, 0)
    assert library.search("otters", k=5).hits == []
    assert library.doctor().clean


def test_the_same_text_may_have_two_ids(library):
    one, two = make_article("Brook"), dataclasses.replace(make_article("Brook"), article_id="copy")
    assert [result.status for result in library.add([one, two])] == ["added", "added"]
    library.remove("Brook")
    assert library.search("otters", k=5).hits[0].article.article_id == "copy"
    check_clean(library)


def test_one_bad_article_does_not_stop_the_others(library, tmp_path):
    results = library.add(
        [
            make_article("Brook"),
            Article(article_id="empty", text=" \n ", title="Empty"),
            Article(article_id="half", text="A \ud800 surrogate.", title="Half"),
            tmp_path / "missing.txt",
            make_article("x" * 3000),
            make_article("Dell"),
            dataclasses.replace(make_article("Fen"), article_id="Brook"),
        ]
    )
    by_status = {status: [r for r in results if r.status == status] for status in ("added", "failed")}
    assert sorted(result.article_id for result in by_status["added"]) == ["Brook", "Dell"]
    assert len(by_status["failed"]) == 5
    for result in by_status["failed"]:
        assert result.reason
        assert "Traceback" not in result.reason
    assert any("missing.txt" in result.reason for result in by_status["failed"])
    assert any("same id as 'Brook'" in result.reason for result in by_status["failed"])
    check_clean(library)


def test_results_and_progress_are_told_as_they_come(library):
    told, progress = [], []
    articles = [make_article(name) for name in ("Brook", "Dell", "Fen")]
    results = library.add(articles, on_result=told.append, on_progress=progress.append)
    assert told == results
    assert progress[0].done == 0
    assert progress[-1][:2] == (3, 3)
    assert progress[-1].chunks == 3
    assert [step.done for step in progress] == sorted(step.done for step in progress)


def test_an_interrupted_add_keeps_what_was_embedded(library):
    def stop(progress):
        if progress.current == "Fen":
            raise KeyboardInterrupt

    articles = [make_article(name) for name in ("Brook", "Dell", "Fen")]
    told = []
    with pytest.raises(KeyboardInterrupt):
        library.add(articles, on_progress=stop, on_result=told.append)
    assert statuses(told) == [("Brook", "added"), ("Dell", "added")]
    assert [info.article_id for info in library.list()] == ["Brook", "Dell"]
    check_answers(library)
    check_clean(library)


def test_input_errors_name_the_file(library, tmp_path):
    (tmp_path / "empty.txt").write_text("")
    (result,) = library.add([tmp_path / "empty.txt"])
    assert result.status == "failed"
    assert "empty.txt" in result.reason
    assert issubclass(InputError, Exception)
    assert Path(result.source).name == "empty.txt"
