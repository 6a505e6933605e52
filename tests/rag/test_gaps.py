"""What plainly is not there is told; what may be there is let through."""

import pytest

from rag.gaps import WeighedText, gaps
from rag.question import analyse
from rag.weights import TermWeights

WORDS = {"ferri", "port", "ellen", "morag", "bain", "passeng", "crew", "ship", "2026", "pound"}
WEIGHTS = TermWeights(lambda stem: int(stem in WORDS), lambda stem: stem == "elen", chunks=10)


def missing(question, *texts):
    return gaps(analyse(question, WEIGHTS), [WeighedText(text, 1 / len(texts)) for text in texts])


@pytest.mark.parametrize(
    ("question", "text", "said"),
    [
        ("What did Idris Cole say of the ferry?", "The ferry is late.", "No article mentions “Idris Cole”."),
        ("Was the ferry late in 2021?", "The ferry is late.", "No article has the number 2021."),
        (
            "How many crew does the ferry have?",
            "The ferry, built at a yard that has made ships for the isles for long, has 12 cabins.",
            "The closest sentences do not state a number of “crew”.",
        ),
        ("How much did the ferry cost?", "The ferry is late.", "The closest sentences do not state a sum."),
        (
            "In which year was it ordered?",
            "It was ordered in May.",
            "The closest sentences do not state a year.",
        ),
        ("How long is the crossing?", "It is long.", "The closest sentences do not state a length of time."),
        (
            "What percentage of passengers complained?",
            "Of 40 passengers some complained.",
            "The closest sentences do not state a share of “passengers complained”.",
        ),
        (
            "What is the name of the ship's captain?",
            "The Ferry Company ordered it.",
            "The closest sentences do not state a name.",
        ),
        ("Near which town did it sink?", "It sank on Monday.", "The closest sentences do not state a town."),
        ("Where was Morag Bain born?", "Bain leads it.", "The closest sentences do not speak of “born”."),
    ],
)
def test_a_gap_is_told(question, text, said):
    assert missing(question, text) == (said,)


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("How many passengers does the ferry carry?", "The ferry will carry 550 passengers."),
        ("How many crew does the ferry have?", "It has a crew of twelve."),
        ("How much did the ferry cost?", "It cost 49 million."),
        ("In which year will it sail?", "It sails in 2026."),
        ("How long is the crossing?", "It takes forty minutes."),
        ("What is the name of the ship's captain?", "Morag Weir, who commands it, was late."),
        ("What is the name of the ship's owner?", "Its owner, Bain, was late."),
        ("Near which town did it sink?", "It sank off Oban."),
        ("Where was Morag Bain born?", "She is a native of Oban."),
        ("What happened to Port Elen?", "It burned."),
        ("What does the SNP want?", "It burned."),
        ("Is the ferry late?", "It burned."),
    ],
)
def test_what_may_be_an_answer_passes(question, text):
    assert missing(question, text) == ()


def test_a_sentence_of_small_share_does_not_fill_the_gap():
    question = analyse("In which year was it ordered?", WEIGHTS)
    far = [WeighedText("It was ordered in May.", 0.9), WeighedText("In 1999 it rained.", 0.1)]
    assert gaps(question, far)
    near = [WeighedText("It was ordered in May.", 0.6), WeighedText("In 1999 it rained.", 0.4)]
    assert not gaps(question, near)
