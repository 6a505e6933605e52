"""The evidence of the suites that ship: words of the right articles that really hold the answer."""

from __future__ import annotations

from itertools import pairwise

import pytest

from evals.cases import SUITES, Case, Suite, load_suite, suite_names
from evals.metrics.facts import judge_fact
from index.readers.markdown import read_page
from index.splitter import split_sentences

LOADED = {name: load_suite(name) for name in suite_names()}
PAGES = {
    name: [read_page(path.read_bytes(), path) for path in sorted((SUITES / name / "articles").iterdir())]
    for name in LOADED
}
answerable = pytest.mark.parametrize(
    ("suite", "case"),
    [
        pytest.param(suite, case, id=f"{suite.name}-{case.id}")
        for suite in LOADED.values()
        for case in suite.cases
        if case.expect == "answer"
    ],
)

DENYING = {"leaving-brother", "mali-region"}
"""Their quotes hold the answer beside a "not" that is about something else, which the metric takes amiss."""


def gold_texts(suite: Suite, case: Case) -> dict[str, str]:
    """Of each gold key, the text of the article that it means."""
    return {
        key: page.text
        for key in case.gold
        for page in PAGES[suite.name]
        if any(phrase in page.title or phrase in page.text for phrase in suite.sources[key])
    }


@answerable
def test_each_quote_stands_in_a_gold_article_to_the_letter(suite: Suite, case: Case) -> None:
    assert case.evidence
    texts = gold_texts(suite, case).values()
    assert [quote for quote in case.evidence if not any(quote in text for text in texts)] == []


@answerable
def test_the_evidence_holds_the_answer(suite: Suite, case: Case) -> None:
    """Each fact is stated where one of the quotes stands, in its sentence and a neighbouring one."""
    windows = [
        text[first.start : second.end]
        for text in gold_texts(suite, case).values()
        for quote in case.evidence
        if quote in text
        for first, second in pairwise(split_sentences(text))
        if first.start < text.find(quote) + len(quote) and text.find(quote) < second.end
    ]
    stated = [any(judge_fact(fact, w, asked=case.asked).found for w in windows) for fact in case.facts]
    assert all(stated) is (case.id not in DENYING)
