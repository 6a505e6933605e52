"""Files of the indexes cut short, zeroed or gone: opening finds out and mends it, embedding nothing."""

from __future__ import annotations

import shutil

import pytest
from library_support import NoEmbedding, WordsEmbedding, check_answers, check_clean, make_article

from index import vectors
from index.library import Library
from index.state import set_state

GRAPH = ("data_level0.bin", "header.bin", "index_metadata.pickle", "length.bin", "link_lists.bin")


def cut(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def zero(path):
    path.write_bytes(bytes(path.stat().st_size))


def remove(path):
    path.unlink()


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    path = tmp_path_factory.mktemp("whole") / "library"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vectors, "SYNC_THRESHOLD", 20)
        with Library.open(path, create=True, embedder=WordsEmbedding()) as library:
            library.add([make_article(f"Town{n}", paragraphs=2) for n in range(30)])
    return path


@pytest.fixture
def damaged(whole, tmp_path):
    return shutil.copytree(whole, tmp_path / "library")


def mended(path):
    notices = []
    with Library.open(path, embedder=NoEmbedding(), notice=notices.append) as library:
        assert library.article_count() == 30
        check_answers(library)
        check_clean(library)
    return notices


def test_a_copied_library_is_not_taken_for_damaged(damaged):
    assert mended(damaged) == []


@pytest.mark.parametrize("harm", [cut, zero, remove])
@pytest.mark.parametrize("name", GRAPH)
def test_a_harmed_file_of_the_graph(name, harm, damaged):
    (path,) = damaged.glob(f"vectors-*/*/{name}")
    assert path.stat().st_size > 0
    harm(path)
    notices = mended(damaged)
    assert len(notices) == 1
    assert name in notices[0]
    assert "rebuilding" in notices[0]
    assert mended(damaged) == []


@pytest.mark.parametrize("harm", [cut, zero, remove])
@pytest.mark.parametrize(
    "pattern", ["vectors-*/chroma.sqlite3", "fulltext-*/meta.json", "fulltext-*/*.store"]
)
def test_a_harmed_file_beside_the_graph(pattern, harm, damaged):
    harm(next(damaged.glob(pattern)))
    assert len(mended(damaged)) == 1


@pytest.mark.parametrize("kind", ["vectors", "fulltext"])
def test_a_whole_index_that_is_gone(kind, damaged):
    shutil.rmtree(next(damaged.glob(f"{kind}-*")))
    assert len(mended(damaged)) == 1


def test_a_small_library_whose_graph_was_never_written(tmp_path):
    path = tmp_path / "library"
    with Library.open(path, create=True, embedder=WordsEmbedding()) as library:
        library.add([make_article("Brook")])
    for name in GRAPH:
        for harm in (cut, zero, remove):
            for file in path.glob(f"vectors-*/*/{name}"):
                harm(file)
                with Library.open(path, embedder=NoEmbedding()) as library:
                    check_answers(library)
                    check_clean(library)


def test_damage_that_only_doctor_sees_is_found_and_repaired(damaged):
    with Library.open(damaged, embedder=NoEmbedding()) as library:
        pair = library.indexes.current()
        chunk_ids = library.catalog.chunk_ids()
        pair.vectors.delete(chunk_ids[:2])
        pair.fulltext.delete(chunk_ids[3:4])
        pair.fulltext.commit()
        pair.fulltext.finish()
        found = library.doctor()
        assert {finding.part for finding in found.findings} >= {"vectors", "fulltext"}
        assert any("2 live chunks have no vector" in finding.problem for finding in found.findings)
        assert any("1 live chunks are not in it" in finding.problem for finding in found.findings)
        after = library.doctor(repair=True)
        assert after.clean
        assert after.repaired
        check_answers(library)
        assert library.doctor().clean


def test_an_index_that_fails_while_open_is_rebuilt(damaged):
    notices = []
    with Library.open(damaged, embedder=NoEmbedding(), notice=notices.append) as library:
        for folder in damaged.glob("*-1"):
            shutil.rmtree(folder)
        library.indexes.close()
        check_answers(library)
        assert any("rebuilding" in notice for notice in notices)


def test_lost_embeddings_are_found_and_made_again(damaged):
    with Library.open(damaged, embedder=WordsEmbedding()) as library:
        with library.catalog.writing() as connection:
            connection.exec_driver_sql(
                "DELETE FROM embeddings WHERE rowid IN (SELECT max(rowid) FROM embeddings)"
            )
        report = library.doctor()
        assert any("no embedding" in finding.problem for finding in report.findings)
        assert library.doctor(repair=True).clean
        check_answers(library)


def test_a_full_text_of_other_terms_is_rebuilt_once(damaged):
    with Library.open(damaged, embedder=NoEmbedding()) as library, library.catalog.writing() as connection:
        set_state(connection, {"fulltext_schema": None})  # as an older Citewell left it
    (notice,) = mended(damaged)
    assert "full-text index is of another version" in notice
    assert mended(damaged) == []
