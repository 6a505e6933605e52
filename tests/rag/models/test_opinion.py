"""Yes or No, read off the first tokens of a reply."""

from rag.models.opinion import Opinion


def test_all_spellings_of_yes_and_no_count_together():
    opinion = Opinion.read({"Yes": 0.5, " yes": 0.1, "NO": 0.15, "no": 0.05, "Yesterday": 0.1})
    assert round(opinion.yes, 6) == 0.75
    assert opinion.beginnings["Yesterday"] == 0.1


def test_who_says_neither_has_no_opinion():
    assert Opinion.read({"Maybe": 1.0}) is None
    assert Opinion.read({}) is None
