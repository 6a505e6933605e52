"""How many sentences are quoted follows from how likely each is the one that answers."""

from itertools import pairwise

from index.article import Article
from index.library import Library
from rag import CitedQueryEngine, Settings
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


def test_a_sentence_that_leans_on_another_is_read_right_behind_it(tmp_path):
    davies = (
        "In 1965 Donald Davies devised packet switching for the laboratory. "
        "He called it by a friendlier name and proposed a network for the country."
    )
    baran = "Paul Baran had devised packet switching for the air force in 1961."
    with Library.open(tmp_path / "l", create=True) as library:
        library.add(
            [
                Article(article_id="d", title="Davies", text=davies),
                Article(article_id="b", title="Baran", text=baran),
            ]
        )
        engine = CitedQueryEngine(library, settings=Settings(refuse_below=0))
        texts = [s.text for s in engine.ask("Who devised packet switching?").sentences]
    leaning = next(place for place, text in enumerate(texts) if text.startswith("He called"))
    assert texts[leaning - 1].startswith("In 1965 Donald Davies")
    assert baran in texts
