"""Support and precision: right citations hold, and one thing made wrong flips the verdict."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

import pytest

from evals.cases import SUITES
from evals.metrics.precision import citation_precision, needed_markers
from evals.metrics.support import Carrier, citation_support, judge_support
from index.article import Article
from index.splitter import split_sentences

FOUNDED, FIRE = "Ann Marsh founded the mill in 1902.", "It burned down twelve years later."


def nothing(article_id: str, version: str) -> None:
    return None


def measured(answer: Any, text_of: Any = nothing) -> tuple[float | None, float | None]:
    carrier = Carrier(answer, text_of)
    judged = judge_support(answer, carrier)
    return citation_support(judged), citation_precision(needed_markers(judged, carrier))


def test_quotes_carry_themselves(kit: Any) -> None:
    assert measured(kit.quoting(FOUNDED, FIRE)) == (1, 1)


@pytest.mark.parametrize(
    "sentence",
    [
        "Ann Marsh founded the mill in 1903.",
        "Bob Marsh founded the mill in 1902.",
        "Ann Marsh never founded the mill in 1902.",
        "Cats sleep most of the day.",
    ],
)
def test_one_thing_wrong_and_the_sentence_is_not_carried(kit: Any, sentence: str) -> None:
    assert measured(kit.answer((sentence, (1,)), citations=[kit.cite(FOUNDED)])) == (0, 0)


def test_a_marker_that_points_to_the_wrong_quote_carries_nothing(kit: Any) -> None:
    citations = [kit.cite(FOUNDED), kit.cite(FIRE, number=2)]
    assert measured(kit.answer((FOUNDED, (1,)), (FIRE, (2,)), citations=citations)) == (1, 1)
    assert measured(kit.answer((FOUNDED, (2,)), (FIRE, (1,)), citations=citations)) == (0, 0)


def test_a_sentence_without_a_marker_is_not_supported(kit: Any) -> None:
    assert measured(kit.answer((FOUNDED, ()), (FIRE, (7,)), citations=[kit.cite(FOUNDED)])) == (0, 0)
    assert measured(kit.answer(("***", ()))) == (None, None)


def test_a_marker_that_the_sentence_does_without_is_needless(kit: Any) -> None:
    citations = [kit.cite(FOUNDED), kit.cite("Nobody was hurt.", number=2)]
    assert measured(kit.answer((FOUNDED, (1, 2)), citations=citations)) == (1, 0.5)


def test_two_that_carry_it_together_or_each_alone_are_both_needed(kit: Any) -> None:
    both = "Ann Marsh founded the mill in 1902; it burned down twelve years later."
    citations = [kit.cite(FOUNDED), kit.cite(FIRE, number=2)]
    assert measured(kit.answer((both, (1, 2)), citations=citations)) == (1, 1)
    twice = [kit.cite(FOUNDED), kit.cite(FOUNDED, number=2)]
    assert measured(kit.answer((FOUNDED, (1, 2)), citations=twice)) == (1, 1)


def test_of_a_long_quote_three_sentences_are_looked_at(kit: Any) -> None:
    filler = "Rain fell. Wind blew. Snow came. Ice held. "
    article = Article(
        article_id="a", title="T", text=f"Ann Marsh bought it. {filler}The mill was founded in 1902."
    )
    whole = kit.cite(article.text, article=article)
    assert measured(kit.answer(("The mill was founded in 1902.", (1,)), citations=[whole]))[0] == 1
    assert measured(kit.answer(("Ann Marsh founded the mill in 1902.", (1,)), citations=[whole]))[0] == 0


def test_a_name_only_in_the_sentence_before_is_not_enough(kit: Any) -> None:
    """It makes the sentence weak: "it" may mean the mill or may not."""
    article = Article(article_id="a", title="T", text="Thornmill stood on the weir. It burned down in 1914.")
    cited = kit.cite("It burned down in 1914.", article=article)
    answer = kit.answer(("Thornmill burned down in 1914.", (1,)), citations=[cited])
    (judged,) = judge_support(answer, Carrier(answer, lambda *_: article.text))
    assert judged.level == "weak"
    (judged,) = judge_support(answer, Carrier(answer, nothing))
    assert judged.level == "unsupported"


def _sentences() -> list[str]:
    found = []
    for path in sorted(SUITES.glob("*/articles/*.md")):
        body = path.read_text(encoding="utf-8").split("\n---\n", 1)[-1]
        found += [body[start:end] for start, end in split_sentences(body)]
    return [s for s in found if len(s.split()) > 7 and not re.search(r"[|#\[\]*]", s)]


def _level(kit: Any, sentence: str, quote: str) -> str:
    article = Article(article_id="a", title="", text=quote)
    answer = kit.answer((sentence, (1,)), citations=[kit.cite(quote, article=article)])
    (judged,) = judge_support(answer, Carrier(answer, nothing))
    return judged.level


def _changed_digits(sentence: str) -> list[str]:
    """Each digit made another, one at a time."""
    places = [m.start() for m in re.finditer(r"\d", sentence)]
    return [f"{sentence[:at]}{(int(sentence[at]) + 1) % 10}{sentence[at + 1 :]}" for at in places]


def _changed_names(sentence: str) -> list[str]:
    """Each name inside the sentence made another, one at a time."""
    found = re.finditer(r"(?<=[a-z] )(?!The\b|A\b|I\b)[A-Z][a-z]{3,}\b", sentence)
    return [f"{sentence[: m.start()]}Xanthippe{sentence[m.end() :]}" for m in found]


def _denied(sentence: str) -> list[str]:
    if re.search(r"\b(?:no|not|never|nor|without)\b|n't", sentence):
        return []
    found = re.finditer(r"\b(?:was|is|were|are|has|had|will|would|can|could)\b", sentence)
    return [f"{sentence[: m.end()]} not{sentence[m.end() :]}" for m in found][:1]


CAUGHT = {"digit": (_changed_digits, 1.0), "name": (_changed_names, 0.95), "negation": (_denied, 0.9)}


@pytest.mark.parametrize("kind", CAUGHT)
def test_a_changed_sentence_of_the_suites_is_no_longer_supported(
    kit: Any, kind: str, record_property: Any
) -> None:
    change, least = CAUGHT[kind]
    pairs = [(mutant, sentence) for sentence in _sentences() for mutant in change(sentence)][:80]
    caught = sum(_level(kit, mutant, sentence) != "supported" for mutant, sentence in pairs)
    record_property("caught", f"{caught} of {len(pairs)}")
    assert len(pairs) >= 12
    assert caught / len(pairs) >= least


def test_a_citation_of_the_next_sentence_is_not_taken_for_the_right_one(
    kit: Any, record_property: Any
) -> None:
    sentences = _sentences()
    pairs = list(pairwise(sentences))[:80]
    assert sum(_level(kit, s, s) == "supported" for s, _ in pairs) == len(pairs)
    caught = sum(_level(kit, s, other) != "supported" for s, other in pairs)
    record_property("caught", f"{caught} of {len(pairs)}")
    assert caught / len(pairs) >= 0.95
