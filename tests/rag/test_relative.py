"""What is counted from the day of asking is told: the articles count from their own."""

import pytest

from rag.relative import relative_time


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("What did the ferry carry yesterday?", "yesterday"),
        ("Who came Last Week?", "Last Week"),
        ("What happened three days ago?", "three days ago"),
        ("What did the ferry carry last year, in 2023?", None),
        ("Who came last?", None),
        ("How many years ago was that said?", None),
    ],
)
def test_the_words_that_leave_the_day_open(question, words):
    assert relative_time(question) == words


def test_an_answer_and_a_refusal_tell_it(engine):
    answer = engine.ask("How many passengers will the new ferry carry next year?")
    assert answer.answerable
    assert any("“next year”" in notice for notice in answer.notices)
    refusal = engine.ask("Who won the football world cup last month?")
    assert not refusal.answerable
    assert "“last month” is not counted from today" in refusal.answer
    assert not refusal.notices
