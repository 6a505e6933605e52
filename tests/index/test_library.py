"""Articles in, changed, out; names, filters, versions. The bundled model throughout."""

from __future__ import annotations

import dataclasses
import stat
import subprocess
import sys
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from library_support import WordsEmbedding, check_answers, check_clean, make_article, nothing_left_of

from index.article import Article, Filters
from index.embedders import load_embedder
from index.errors import EmbedderMismatch, InputError, LibraryDamaged, LibraryNotFound, UsageError
from index.library import Library


@pytest.fixture
def library(tmp_path):
    with Library.open(tmp_path / "library", create=True) as opened:
        yield opened


def statuses(results):
    return [(result.article_id, result.status) for result in results]


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
    assert library.document_frequency("otter") == 2
    assert library.document_frequency("dell") == 1
    check_answers(library)
    assert library.doctor().clean


def test_a_hit_carries_both_ranks_the_cosine_and_its_sentences(library):
    library.add([make_article(name, paragraphs=2) for name in ("Brook", "Dell", "Fen")])
    found = library.search("What does the warden say of the lamp at Dell?", k=3)
    embedder = load_embedder()
    assert [hit.chunk.chunk_id for hit in found.hits] == sorted(hit.chunk.chunk_id for hit in found.hits)
    for hit in found.hits:
        assert hit.text_rank or hit.vector_rank
        assert hit.article.article_id == hit.chunk.article_id
        assert hit.chunk.text == library.show(hit.chunk.article_id).text[hit.chunk.start : hit.chunk.end]
        assert hit.sentence_vectors.shape == (len(hit.chunk.sentences), 384)
        assert np.allclose(np.linalg.norm(hit.sentence_vectors, axis=1), 1, atol=1e-5)
        alone = np.array(embedder.get_text_embedding(f"{hit.article.title}\n{hit.chunk.text}"))
        assert hit.similarity == pytest.approx(float(alone @ found.question_vector), abs=1e-4)
    best = min(found.hits, key=lambda hit: hit.text_rank or 99)
    assert best.article.article_id == "Dell"
    assert best.text_score > 0


def test_sentence_vectors_survive_eight_bits(library):
    from index.article import Span
    from index.embedders import PassageText, embed_passages

    article = make_article("Brook")
    library.add([article])
    hit = library.search("otters", k=1).hits[0]
    spans = tuple(Span(s.start - hit.chunk.start, s.end - hit.chunk.start) for s in hit.chunk.sentences)
    passage = PassageText(article.title, hit.chunk.text, spans)
    exact = next(iter(embed_passages(library.embedder, [passage]))).sentences
    assert (exact * hit.sentence_vectors).sum(axis=1).min() > 0.9995


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
    assert library.document_frequency("edition1") == 1
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


def test_files_are_named_by_their_place_in_the_folder(library, tmp_path):
    folder = tmp_path / "articles"
    (folder / "sub").mkdir(parents=True)
    (folder / "one.txt").write_text("The otters swim at the weir. It rained.")
    (folder / "sub" / "two.md").write_text("---\ntitle: Two\n---\n\nThe lamp is out. Nobody mends it.\n")
    assert statuses(library.add(folder)) == [("one.txt", "added"), ("sub/two.md", "added")]
    assert library.show("one.txt").source == str(folder / "one.txt")
    # The same file, named in another way, is the same article.
    assert statuses(library.add(str(folder / "sub" / "two.md"))) == [("sub/two.md", "unchanged")]
    assert statuses(library.add([folder, folder / "one.txt"])) == [
        ("one.txt", "unchanged"),
        ("sub/two.md", "unchanged"),
    ]
    (folder / "one.txt").write_text("The otters are gone. It rained.")
    assert ("one.txt", "updated") in statuses(library.add(folder))


def test_another_file_of_the_same_name_does_not_replace_the_first(library, tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "page.txt").write_text(f"The otters of {name} swim. It rained.")
    (result,) = library.add([tmp_path / "a"])
    (other,) = library.add([tmp_path / "b"])
    assert result.article_id == "page.txt"
    assert other.article_id.startswith("page.txt~")
    assert len(other.article_id) == len("page.txt~") + 8
    assert statuses(library.add([tmp_path / "b"])) == [(other.article_id, "unchanged")]
    # Both in one go come out the same.
    with Library.open(tmp_path / "second", create=True) as second:
        assert statuses(second.add([tmp_path / "a", tmp_path / "b"])) == [
            ("page.txt", "added"),
            (other.article_id, "added"),
        ]


def test_a_moved_file_keeps_its_id(library, tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "page.txt").write_text("The otters swim. It rained.")
    library.add([tmp_path / "a"])
    (tmp_path / "a").rename(tmp_path / "b")
    assert statuses(library.add([tmp_path / "b"])) == [("page.txt", "updated")]
    assert library.show("page.txt").source == str(tmp_path / "b" / "page.txt")


def test_a_url_names_an_article_and_two_files_cannot_share_one(library, tmp_path):
    for name in ("a", "b"):
        text = f"---\ntitle: T\nurl: https://example.org/otters\n---\n\nOtters of {name} swim. It rained.\n"
        (tmp_path / f"{name}.md").write_text(text)
    added, failed = library.add([tmp_path / "a.md", tmp_path / "b.md"])
    assert (added.article_id, added.status) == ("https://example.org/otters", "added")
    assert failed.status == "failed"
    assert "a.md" in failed.reason
    assert "b.md" in failed.reason


def test_a_file_that_gets_a_url_keeps_its_id(library, tmp_path):
    page = tmp_path / "page.md"
    page.write_text("---\ntitle: T\n---\n\nOtters swim. It rained.\n")
    library.add([page])
    page.write_text("---\ntitle: T\nurl: https://example.org/x\n---\n\nOtters swim. It rained.\n")
    assert statuses(library.add([page])) == [("page.md", "updated")]
    assert library.list()[0].url == "https://example.org/x"


def test_filters_let_pass_what_they_say(library):
    library.add(
        [
            make_article("a", publisher="Straße", published=date(2020, 1, 1)),
            make_article("b", publisher="STRASSE", published=date(1960, 1, 1)),
            make_article("c", publisher=None, published=None),
        ]
    )
    for filters, expected in (
        (Filters(), "abc"),
        (Filters(publishers=("strasse",)), "ab"),
        (Filters(publishers=("nobody",)), ""),
        (Filters(since=date(1960, 1, 1)), "ab"),
        (Filters(since=date(1960, 1, 2)), "a"),
        (Filters(until=date(1960, 1, 1)), "b"),
        (Filters(since=date(1950, 1, 1), until=date(1970, 1, 1)), "b"),
        (Filters(articles=("c", "a", "nothing")), "ac"),
        (Filters(articles=("a", "c"), publishers=("strasse",), since=date(2000, 1, 1)), "a"),
        (Filters(articles=(*(f"x{n}" for n in range(5000)), "b")), "b"),
    ):
        assert "".join(info.article_id for info in library.list(filters)) == expected
        assert library.count_matching(filters) == len(expected)
        hits = library.search("Where do otters swim?", k=3, filters=filters).hits
        assert {hit.article.article_id for hit in hits} == set(expected)
        assert sorted(hit.text_rank for hit in hits) == list(range(1, len(expected) + 1))
        assert sorted(hit.vector_rank for hit in hits) == list(range(1, len(expected) + 1))


def test_questions_are_words_not_query_syntax(library):
    library.add([make_article("Brook")])
    for question in (
        '"otters',
        "otters AND",
        "body:otters",
        "(otters",
        "-otters",
        "otters*",
        "\\",
        "a:b OR c:d",
    ):
        hits = library.search(question, k=1).hits
        assert len(hits) == 1
    assert library.search("Who is it?", k=1).hits[0].text_rank is None
    assert len(library.search("otters " * 20_000, k=1).hits) == 1
    assert len(library.search("half \ud800 otters", k=1).hits) == 1


def test_small_libraries_and_large_k(library):
    assert library.search("otters", k=10).hits == []
    assert library.list() == []
    assert library.document_frequency("otter") == 0
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


def test_a_newer_or_foreign_catalogue_is_refused(tmp_path):
    path = tmp_path / "library"
    with Library.open(path, create=True) as library:
        library.catalog.set_state({"format": "99"})
    with pytest.raises(LibraryDamaged, match="newer Citewell"):
        Library.open(path)
    (path / "catalog.sqlite3").write_bytes(b"not a database" * 1000)
    with pytest.raises(LibraryDamaged):
        Library.open(path, create=True)


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
