"""Words that stand together and words that are scattered are told apart."""

import pytest

from rag.evidence import shipped_model, weigh
from rag.question import analyse
from rag.question_features import passage_features, question_features, shares_of
from rag.retriever import HybridRetriever
from rag.weights import TermWeights


@pytest.fixture(scope="module")
def measured(library):
    def look(text):
        question = analyse(text, TermWeights.of(library))
        retrieval = HybridRetriever(library).search(text)
        ranked = weigh(question, retrieval, shipped_model())
        return question_features(
            question,
            [each.measures for each in ranked],
            [each.score for each in ranked],
            passage_features(question, retrieval),
        )

    return look


def test_words_of_two_articles_are_scattered(measured):
    together = measured("How many passengers will the ship carry?")
    apart = measured("How many passengers did the whales carry to the herring?")
    assert together["passages_scatter"] == pytest.approx(0)
    assert apart["passages_scatter"] > 0.2
    assert apart["covers_scattered"] > together["covers_scattered"]
    assert apart["lacks"] > together["lacks"]


def test_what_no_article_has_is_lacking_everywhere(measured):
    known = measured("Who counted whales?")
    strange = measured("Who counted photosynthesis?")
    assert known["lacks_anywhere"] < 0.5 < strange["lacks_anywhere"]
    assert strange["rarest_anywhere"] < 1.0 == known["rarest_anywhere"]


def test_a_question_of_stop_words_is_measured_too(measured):
    features = measured("What is it?")
    assert features["words"] == 0
    assert features["covers"] == features["passage_covers"] == 0


def test_every_feature_that_the_shipped_model_names_is_measured(measured):
    features = measured("Who counted whales?")
    model = shipped_model()
    assert set(model.confidence) <= set(features)


def test_shares_add_up():
    shares = shares_of([2.0, 1.0, -300.0])
    assert sum(shares) == pytest.approx(1)
    assert shares[0] > shares[1] > shares[2] >= 0
