"""Follow-ups: what is carried over, and what is left alone."""

import pytest

from rag.answer import Turn
from rag.conversation import standalone

WHO_FOUNDED = Turn(
    question="Who founded the Wagner Group?",
    answer="The Wagner Group was founded by Yevgeny Prigozhin [1].",
)
WHICH_FORCE = Turn(
    question="Which force is staying behind in Mali?",
    answer="However, the Africa Corps, a paramilitary force, will remain in the West African country [1].",
)


WHO_LEADS = Turn(
    question="Who leads the expedition?",
    answer="It is led by Ruth Maddox; her deputy is the oceanographer Paul Iversen [1].",
)


@pytest.mark.parametrize(
    ("history", "question", "expected"),
    [
        ([WHO_LEADS], "When did he join?", "When did Paul Iversen join?"),
        ([WHO_LEADS], "When did she join?", "When did Ruth Maddox join?"),
        ([WHO_LEADS], "When did they join?", "When did Ruth Maddox join?"),
        ([Turn(question="Who was Dmitry Utkin?")], "How did he die?", "How did Dmitry Utkin die?"),
        ([WHO_FOUNDED], "When did he lead the mutiny?", "When did Yevgeny Prigozhin lead the mutiny?"),
        ([WHICH_FORCE], "Who supports it?", "Who supports Africa Corps?"),
        (
            [WHICH_FORCE],
            "How many of its members came over?",
            "How many of Africa Corps’s members came over?",
        ),
        (
            [Turn(question="What did Dmitry Peskov say about trade?")],
            "What is his position?",
            "What is Dmitry Peskov’s position?",
        ),
        (
            [Turn(question="What does Russia do in Equatorial Guinea?")],
            "And in Mali?",
            "In Mali — What does Russia do in Equatorial Guinea?",
        ),
        (
            [Turn(question="Did the Wagner Group leave Mali?")],
            "Why?",
            "Why — Did the Wagner Group leave Mali?",
        ),
        (
            [Turn(question="Is there anything on bees?", answer="It sucks the fat body of the bee [1].")],
            "How many died?",
            "How many died — Is there anything on bees?",
        ),
    ],
)
def test_what_leans_on_the_conversation_is_filled_in(history, question, expected):
    assert standalone(question, history).text == expected


@pytest.mark.parametrize(
    "question",
    [
        "When did the Wagner Group leave Mali?",
        "Is it true that Dmitry Peskov resigned?",
        "How many tonnes of grain did Kenya import in 2023?",
    ],
)
def test_a_question_that_stands_alone_is_never_touched(question):
    assert standalone(question, [WHO_FOUNDED]).text == question


def test_without_history_nothing_is_invented():
    assert standalone("When did he die?", []).text == "When did he die?"


def test_the_subject_survives_several_turns():
    history = [
        Turn(question="Who was Ada Lovelace?", answer="Ada Lovelace was a mathematician [1]."),
        Turn(question="Where was she born?", answer="She was born in London [1]."),
    ]
    assert standalone("When did she die?", history).text == "When did Ada Lovelace die?"


def test_markers_of_earlier_answers_do_not_leak():
    assert "[1]" not in standalone("Who supports it?", [WHICH_FORCE]).text


def test_a_thing_asked_about_in_between_is_what_is_meant_next():
    history = [
        WHO_FOUNDED,
        Turn(question="Why?", answer="“People wanted it,” said Tom Aubrey [1]."),
        Turn(question="What about the ferry?", answer="“People waited for it,” said Tom Aubrey [1]."),
    ]
    assert standalone("When did it stop?", history).text == "When did the ferry stop?"


def test_a_chain_of_unfinished_questions_does_not_grow():
    history = [
        Turn(question=each) for each in ("Who founded Wagner?", "And in Mali?", "And in Niger?", "Why?")
    ]
    assert standalone("and when?", history).text == "When — In Niger — Who founded Wagner?"
    dashed = Turn(question="Who founded it — and why — in Mali?")
    assert standalone("And in Niger?", [dashed]).text == "In Niger — Who founded it, and why, in Mali?"


def test_a_month_is_not_whom_the_conversation_is_about():
    theft = Turn(
        question="Which paintings were stolen?", answer="In February thieves broke into Kessler Hall [1]."
    )
    assert standalone("Who got the reward?", [theft]).text == "Who got the reward (Kessler Hall)?"


def test_a_word_that_opens_a_quotation_is_not_taken_for_a_name_before_the_speaker():
    said = Turn(question="Who complained?", answer="“People will drive past,” said Tom Aubrey [1].")
    assert standalone("How old is he?", [said]).text == "How old is Tom Aubrey?"
