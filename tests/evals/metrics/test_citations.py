"""Validity, coverage, verbatim and gold: each over a right answer, then over the same answer made wrong."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.metrics.coverage import citation_coverage, uncited_sentences
from evals.metrics.gold import gold_hit
from evals.metrics.validity import citation_validity, invalid_markers, markers
from evals.metrics.verbatim import citation_verbatim, is_verbatim
from index.article import Article

FOUNDED, FIRE = "Ann Marsh founded the mill in 1902.", "It burned down twelve years later."


def text_of(kit: Any) -> Any:
    return lambda article_id, version: (
        kit.TEXT if (article_id, version) == (kit.ARTICLE.article_id, kit.ARTICLE.version) else None
    )


def test_a_right_answer_is_right_in_all_four(kit: Any) -> None:
    answer = kit.quoting(FOUNDED, FIRE)
    assert citation_validity(answer) == citation_coverage(answer) == 1
    assert citation_verbatim(answer, text_of(kit)) == 1
    assert gold_hit(answer, {"mill.md", "bridge.md"})
    assert (invalid_markers(answer), uncited_sentences(answer)) == ([], [])


def test_a_marker_without_its_citation_is_invalid_and_covers_nothing(kit: Any) -> None:
    answer = kit.answer((FOUNDED, (1,)), (FIRE, (2,)), citations=[kit.cite(FOUNDED)])
    assert citation_validity(answer) == citation_coverage(answer) == 0.5
    assert invalid_markers(answer) == [2]
    assert uncited_sentences(answer) == [FIRE]


def test_a_marker_in_the_text_that_no_sentence_carries_counts(kit: Any) -> None:
    answer = kit.answer((FOUNDED, (1,)), citations=[kit.cite(FOUNDED)], text=f"{FOUNDED} [1][9]")
    assert citation_validity(answer) == 0.5
    assert invalid_markers(answer) == [9]


def test_a_number_that_two_citations_share_resolves_to_neither(kit: Any) -> None:
    answer = kit.answer((FOUNDED, (1,)), citations=[kit.cite(FOUNDED), kit.cite(FIRE)])
    assert citation_validity(answer) == 0


def test_brackets_inside_a_quoted_sentence_are_the_articles_own(kit: Any) -> None:
    answer = kit.answer(("As said before.[7]", (1,)), citations=[kit.cite(FOUNDED)])
    assert markers(answer) == [1]
    assert citation_validity(answer) == 1


def test_without_markers_validity_is_not_measured_and_coverage_is_nought(kit: Any) -> None:
    answer = kit.answer((FOUNDED, ()))
    assert citation_validity(answer) is None
    assert citation_coverage(answer) == 0
    assert citation_verbatim(answer, text_of(kit)) is None


def test_sentences_that_say_nothing_need_no_citation(kit: Any) -> None:
    answer = kit.answer((FOUNDED, (1,)), ("***", ()), ("Both of them.", ()), citations=[kit.cite(FOUNDED)])
    assert citation_coverage(answer) == 1
    assert citation_coverage(kit.answer()) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"quote": FOUNDED.replace("1902", "1903")},
        {"quote": FOUNDED.lower()},
        {"quote": FOUNDED + " "},
        {"quote": ""},
        {"start": 1},
        {"end": 10_000},
        {"start": -len(FOUNDED)},
        {"start": 0, "end": 0, "quote": ""},
        {"article_id": "bridge.md"},
        {"version": "0" * 64},
    ],
)
def test_one_thing_off_and_the_citation_is_not_verbatim(kit: Any, changes: dict[str, Any]) -> None:
    assert is_verbatim(kit.cite(FOUNDED), text_of(kit))
    assert not is_verbatim(kit.cite(FOUNDED, **changes), text_of(kit))


@given(st.text(min_size=1), st.data())
def test_exactly_the_words_between_the_offsets_are_verbatim(kit: Any, text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    article = Article(article_id="a", text=text, title="")
    citation = kit.cite(text[start:end], article=article, start=start, end=end)
    assert is_verbatim(citation, lambda *_: text)
    assert not is_verbatim(
        kit.cite(text[start:end], article=article, start=start, end=end), lambda *_: text[:start]
    )


def test_gold_needs_a_carried_marker_of_the_named_article(kit: Any) -> None:
    answer = kit.answer(
        (FOUNDED, (1,)), citations=[kit.cite(FOUNDED), kit.cite("in 1902", article=kit.OTHER, number=2)]
    )
    assert gold_hit(answer, {"mill.md"})
    assert not gold_hit(answer, {"bridge.md"})
    assert not gold_hit(answer, set())
