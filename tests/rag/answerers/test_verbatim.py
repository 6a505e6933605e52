"""How many sentences are quoted follows from how likely each is the one that answers."""

from itertools import pairwise

from rag.answerers.verbatim import LEAST_SHARE, MOST_SENTENCES, worth_quoting


def test_a_sure_sentence_stands_alone():
    assert worth_quoting([0.97, 0.02, 0.01]) == [0]


def test_where_several_may_answer_each_is_quoted_up_to_a_limit():
    assert worth_quoting([0.1] * 10) == list(range(MOST_SENTENCES))


def test_the_best_is_quoted_however_unsure_and_no_other_below_the_least_share():
    unsure = [LEAST_SHARE / 2] * 4
    assert worth_quoting(unsure) == [0]
    assert worth_quoting([*unsure, LEAST_SHARE]) == [0, 4]


def test_the_surer_the_best_the_fewer_beside_it():
    counts = [len(worth_quoting([best, *[(1 - best) / 4] * 4])) for best in (0.2, 0.5, 0.9)]
    assert counts[0] == MOST_SENTENCES
    assert all(many >= few for many, few in pairwise(counts))
    assert counts[-1] == 1
