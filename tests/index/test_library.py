"""A library from outside: opened, filled, looked at."""

from __future__ import annotations

import stat
import subprocess
import sys

import pytest
from library_support import check_answers, make_article, statuses

from index.article import Article, Filters
from index.errors import LibraryDamaged, LibraryNotFound, UsageError
from index.library import Library


def test_articles_are_added_found_and_shown(library):
    articles = [make_article("Brook", author="Ann", publisher="Gazette", url=None), make_article("Dell")]
    results = library.add(articles)
    assert statuses(results) == [("Brook", "added"), ("Dell", "added")]
    assert all(result.chunks == 1 and result.tokens > 50 for result in results)
    infos = library.list()
    assert [info.article_id for info in infos] == ["Brook", "Dell"]
    assert (infos[0].author, infos[0].publisher) == ("Ann", "Gazette")
    assert library.show("Brook").text == articles[0].text
    assert library.show("Brook").added_at is not None
    assert (library.article_count(), library.chunk_count()) == (2, 2)
    assert library.words().document_frequency("otter") == 2
    assert library.words().document_frequency("dell") == 1
    check_answers(library)
    assert library.doctor().clean


def test_small_libraries_and_large_k(library):
    assert library.search("otters", k=10).hits == []
    assert library.list() == []
    assert library.words().document_frequency("otter") == 0
    assert library.doctor().clean
    library.add([Article(article_id="one", title="", text="Otters.")])
    assert len(library.search("otters", k=100).hits) == 1
    assert library.search("otters", k=100, filters=Filters(articles=("none",))).hits == []


def test_nothing_heavy_is_loaded_to_look_at_a_library(library):
    library.add([make_article("Brook")])
    script = (
        "import sys; from index.library import Library\n"
        f"with Library.open({str(library.path)!r}) as it:\n"
        "    assert it.list() and it.show('Brook').text\n"
        "print(*[name for name in ('chromadb', 'llama_index.core', 'onnxruntime', 'trafilatura') "
        "if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_the_folder_is_private_and_must_be_its_own(tmp_path):
    with pytest.raises(LibraryNotFound):
        Library.open(tmp_path / "none")
    with Library.open(tmp_path / "library", create=True):
        assert stat.S_IMODE((tmp_path / "library").stat().st_mode) == 0o700
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.txt").write_text("mine")
    with pytest.raises(UsageError, match=r"thesis\.txt"):
        Library.open(tmp_path / "full", create=True)
    with pytest.raises(UsageError, match="is a file"):
        Library.open(tmp_path / "full" / "thesis.txt", create=True)


def test_a_newer_or_foreign_catalogue_is_refused(tmp_path):
    path = tmp_path / "library"
    with Library.open(path, create=True) as library:
        library.catalog.set_state({"format": "99"})
    with pytest.raises(LibraryDamaged, match="newer Citewell"):
        Library.open(path)
    (path / "catalog.sqlite3").write_bytes(b"not a database" * 1000)
    with pytest.raises(LibraryDamaged):
        Library.open(path, create=True)
