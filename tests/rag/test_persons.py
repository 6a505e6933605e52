"""Whom "he" or "she" cannot mean, by the words around the names."""

import pytest

from rag.persons import may_mean, pronoun_of


@pytest.mark.parametrize(
    ("question", "pronoun"),
    [
        ("When did he join?", "he"),
        ("Who are his friends?", "he"),
        ("What cost her sleep?", "she"),
        ("Did she know him?", None),
        ("Is there any?", None),
    ],
)
def test_the_pronoun_of_a_question(question, pronoun):
    assert pronoun_of(question) == pronoun


@pytest.mark.parametrize(
    ("text", "name", "he", "she"),
    [
        ("Ruth Maddox leads; her deputy is Paul Iversen.", "Ruth Maddox", False, True),
        ("Ruth Maddox leads; her deputy is Paul Iversen.", "Paul Iversen", True, True),
        ("Mr Iversen left.", "Iversen", True, False),
        ("It was found by his sister Anna Dahl.", "Anna Dahl", False, True),
        ("Tom Ellery told her that the tour was off.", "Tom Ellery", True, True),
        ("Tom Ellery told Vance that she had won.", "Tom Ellery", True, True),
        ("The Ostend Festival Society gave it to him.", "Ostend Festival Society", False, False),
        ("France said no.", "France", False, False),
    ],
)
def test_whom_it_may_mean(text, name, he, she):
    assert (may_mean("he", name, text), may_mean("she", name, text)) == (he, she)
