"""Rare words weigh more, and a small library borrows from English at large."""

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
