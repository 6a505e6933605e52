"""Which of a small model's sentences stand, and which give way to the quote that they rest on."""

import pytest

from rag.answerers.telling import tells
from rag.question import analyse
from rag.weights import TermWeights


@pytest.fixture(scope="module")
def ask(library):
    weights = TermWeights.of(library)
    return lambda question, text, quote, said="": tells(analyse(question, weights), text, [quote], [], said)


@pytest.mark.parametrize(
    ("question", "text", "quote"),
    [
        (
            "When was the library founded?",
            "It was founded in 1273.",
            "In 1273 the court founded it, a printing office.",
        ),
        (
            "What title did the emperors have?",
            "The emperors had the title of Great Khan.",
            "Furthermore the realm is known by that name on some maps, since the emperors had the title of "
            "Great Khan.",
        ),
        (
            "How did the two leaders die?",
            "The leaders died in a plane crash.",
            "At the head stood the two leaders, who died soon after in a plane crash.",
        ),
        (
            "How did Prigozhin and Utkin die?",
            "They died in a plane crash.",
            "At the head stood Prigozhin and Utkin, who soon lost their lives in a plane crash.",
        ),
    ],
)
def test_a_sentence_that_answers_stands(ask, question, text, quote):
    assert ask(question, text, quote)


@pytest.mark.parametrize(
    ("question", "text", "quote"),
    [
        (
            "How many people fled France?",
            "The people fled France in that century.",
            "Some 500,000 people fled France.",
        ),
        (
            "Which London quarter drew refugees?",
            "London's quarter drew refugees.",
            "Refugees went to Shoreditch, London.",
        ),
        (
            "What does the quotation by Gandhi say that the future hangs on?",
            "Gandhi's words fit the moment.",
            "Gandhi's words fit the moment: “The future depends on what you do today.”",
        ),
        (
            "Who was a Huguenot manufacturer of arms in Boston?",
            "Pierre Bayle was a Huguenot manufacturer of arms in Boston.",
            "One Huguenot of the time was Pierre Bayle.",
        ),
        (
            "What did Davies develop?",
            "Davies developed a way of sending messages.",
            "In 1965 Davies developed a way of sending messages in packets.",
        ),
    ],
)
def test_a_sentence_that_leaves_out_what_was_asked_does_not(ask, question, text, quote):
    assert not ask(question, text, quote)


def test_what_was_said_before_counts(ask):
    question = "What are the committees of the assembly for?"
    quote = "The committees of the assembly are there to hear witnesses from everywhere."
    assert not ask(question, "They hear witnesses.", quote)
    assert ask(question, "They hear witnesses.", quote, said="The assembly has nine committees.")
