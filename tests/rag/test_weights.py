"""Rare words weigh more, and a small library borrows from English at large."""

from datetime import date

from index.article import Article
from index.library import Library
from rag.weights import TermWeights


def weights(counts, chunks):
    return TermWeights(lambda stem: counts.get(stem, 0), lambda stem: False, chunks)


def test_a_word_in_few_chunks_weighs_more_than_one_in_many():
    of = weights({"ferri": 2, "island": 900}, chunks=1000)
    assert of("ferri") > of("island") > 0


def test_where_the_library_cannot_tell_common_english_weighs_less():
    of = weights({}, chunks=3)
    assert of("year") < of("peskov")


def test_the_library_outweighs_english_as_it_grows():
    assert weights({"peskov": 5_000}, chunks=10_000)("peskov") < weights({}, chunks=3)("year")


def test_weights_follow_a_library_that_another_changes(tmp_path):
    ferry = Article(article_id="ferry", title="Ferry", text="The ferry to Jura was late.")
    with Library.open(tmp_path / "library", create=True) as library:
        assert not TermWeights.of(library).knows("ferri")
        with Library.open(tmp_path / "library") as other:
            other.add([ferry])
        weights = TermWeights.of(library)
        assert weights.knows("ferri")
        assert weights.knows_nearly("feri")
        rare = weights("ferri")
        library.add([Article(article_id="more", title="More", text="A second ferry came.")])
        assert TermWeights.of(library)("ferri") < rare


def test_a_library_knows_the_years_in_which_its_articles_appeared(tmp_path):
    ferry = Article(article_id="ferry", title="Ferry", text="It was late.", published=date(2024, 3, 1))
    with Library.open(tmp_path / "library", create=True) as library:
        library.add([ferry])
        weights = TermWeights.of(library)
        assert weights.knows("2024")
        assert not weights.knows("2023")
