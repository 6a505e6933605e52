"""Questions of many forms to one small library of news: what a quoted answer says, or that it refuses."""

from pathlib import Path

import pytest
import yaml

from index.library import Library
from rag import CitedQueryEngine

HERE = Path(__file__).parent
CASES = yaml.safe_load((HERE / "cases.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def news(tmp_path_factory):
    with Library.open(tmp_path_factory.mktemp("news"), create=True) as library:
        library.add(HERE / "articles")
        yield CitedQueryEngine(library)


@pytest.mark.parametrize("case", [pytest.param(case, id=case["question"]) for case in CASES])
def test_a_question_gets_its_quotes_or_a_refusal(news, case):
    answer = news.ask(case["question"], history=case.get("history", ()))
    assert answer.answerable is not case.get("refused", False), answer.answer
    if answer.answerable:
        assert case.get("first", "") in answer.sentences[0].text
        assert [words for words in case.get("holds", ()) if words not in answer.answer] == []
