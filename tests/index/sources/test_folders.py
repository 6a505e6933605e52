"""A folder looked at again: what is new, what changed, what is gone."""

from __future__ import annotations

import shutil

import pytest
from library_support import WordsEmbedding

from index.library import Library
from index.sources.folders import Watched


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "articles"
    (folder / "inner").mkdir(parents=True)
    for name in ("a.txt", "b.md", "inner/c.txt"):
        (folder / name).write_text(f"The story of {name} is long.")
    return folder


@pytest.fixture
def library(tmp_path):
    with Library.open(tmp_path / "library", embedder=WordsEmbedding(), create=True) as library:
        yield library


def names(sources) -> list[str]:
    return [source.relative for source in sources]


def test_each_file_is_found_once_until_it_changes(folder, library) -> None:
    watched = Watched([folder])
    assert names(watched.changes()) == ["a.txt", "b.md", "inner/c.txt"]
    assert watched.changes() == []
    (folder / "inner/c.txt").write_text("Another story altogether.")
    (folder / "d.txt").write_text("A new one.")
    assert names(watched.changes()) == ["d.txt", "inner/c.txt"]


def test_what_changed_keeps_its_id(folder, library) -> None:
    watched = Watched([folder])
    library.add(watched.changes())
    (folder / "inner/c.txt").write_text("Another story altogether.")
    (result,) = library.add(watched.changes())
    assert (result.article_id, result.status) == ("inner/c.txt", "updated")


def test_what_could_not_be_added_is_found_again(folder) -> None:
    watched = Watched([folder])
    watched.changes()
    watched.forget()
    assert len(watched.changes()) == 3


def test_a_failure_is_told_once(tmp_path) -> None:
    watched = Watched([tmp_path / "missing"])
    (source,) = watched.changes()
    assert "does not exist" in source.failure.message
    assert watched.changes() == []
    (tmp_path / "missing").mkdir()
    (source,) = watched.changes()
    assert "no file" in source.failure.message


def test_files_that_are_gone_are_told_once(folder, library) -> None:
    watched = Watched([folder])
    library.add(watched.changes())
    assert watched.gone(library.catalog) == []
    (folder / "a.txt").unlink()
    watched.changes()
    (gone,) = watched.gone(library.catalog)
    assert (gone.article_id, gone.source) == ("a.txt", str(folder / "a.txt"))
    watched.changes()
    assert watched.gone(library.catalog) == []
    (folder / "a.txt").write_text("It is back.")
    library.add(watched.changes())
    assert watched.gone(library.catalog) == []
    (folder / "a.txt").unlink()
    watched.changes()
    assert [each.article_id for each in watched.gone(library.catalog)] == ["a.txt"]


def test_files_that_went_before_anybody_watched_are_told(folder, library, tmp_path) -> None:
    (tmp_path / "elsewhere.txt").write_text("This was added by itself.")
    library.add([folder, tmp_path / "elsewhere.txt"])
    (folder / "b.md").unlink()
    (tmp_path / "elsewhere.txt").unlink()
    watched = Watched([folder])
    watched.changes()
    assert [gone.article_id for gone in watched.gone(library.catalog)] == ["b.md"]


@pytest.mark.parametrize("empty", [False, True])
def test_a_folder_that_is_not_mounted_loses_nothing(folder, library, empty: bool) -> None:
    watched = Watched([folder])
    library.add(watched.changes())
    shutil.rmtree(folder)
    if empty:
        folder.mkdir()
    assert len(watched.changes()) == 1  # said to be missing, or without a file
    assert watched.gone(library.catalog) == []
