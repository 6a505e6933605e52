"""What asks nothing of the articles is replied to; whatever may be a question is looked up."""

import pytest

from rag.answer import Turn
from rag.courtesies import courtesy_of
from rag.prompts import COURTESIES


@pytest.mark.parametrize(
    ("text", "courtesy"),
    [
        ("hello", "greeting"),
        ("Good morning! How are you today?", "greeting"),
        ("Thanks", "thanks"),
        ("Great, thank you very much for your help!", "thanks"),
        ("OK. Bye!", "farewell"),
        ("ok", "assent"),
        ("Who are you?", "about"),
        ("help", "about"),
        ("“thanks”", None),
        ("'hello'", None),
        ("Thanks, and how did he die?", None),
        ("Hello Kitty", None),
        ("Who is she?", None),
        ("What is the help desk's number?", None),
        ("How does it work?", None),
        ("Is it ok?", None),
        ("", None),
    ],
)
def test_only_what_is_nothing_else_is_a_courtesy(text, courtesy):
    assert courtesy_of(text) == courtesy


def test_a_courtesy_is_replied_to_and_nothing_is_looked_for(engine):
    answer = engine.ask("Thank you!")
    assert answer.answer == COURTESIES["thanks"]
    assert (answer.answerable, answer.citations, answer.passages) == (False, (), ())
    assert next(iter(engine.stream("Thank you!"))) == COURTESIES["thanks"]


def test_a_courtesy_in_between_does_not_break_the_thread(engine):
    asked = Turn(question="Who is Morag Bain?", answer="Council leader Morag Bain opened the ferry.")
    answer = engine.ask("What did she say?", [asked, Turn(question="thanks")])
    assert answer.standalone_question == engine.ask("What did she say?", [asked]).standalone_question
    assert "Morag Bain" in answer.standalone_question
