"""Copies against what only looks like them: corrections, reports of one form, stories on one subject."""

from __future__ import annotations

import pytest

from index.wording import Said, Wording, words_of


def told(text: str) -> str:
    """A text with each paragraph on a line, as readers give it."""
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in text.split("\n\n"))


STORY = told("""
The island council has ordered a new ferry for the Port Ellen crossing after three winters of delays.
The vessel will carry 550 passengers and 88 cars, and is to be built in Gdansk for 43 million pounds.

"People here have waited long enough," said the council's leader, Morag Bain, at a meeting in Bowmore.
She added that the old boat, which was launched in 1974, would be kept as a reserve until the spring of 2027.

Fishermen told the council that the new ship would draw too much water for the inner harbour.
A survey of the harbour bed is to begin in June, and dredging may cost a further four million pounds.
The operator said that timetables would not change before the harbour was ready.
""")

PRINTED_ELSEWHERE = told("""
PORT ELLEN, 3 March (Agency) — The island council has ordered a new ferry for the Port
Ellen crossing after three winters of delays. The vessel will carry 550 passengers and 88 cars, and is to be
built in Gdansk for 43 million pounds.

“People here have waited long enough,” said council leader Morag Bain at a meeting in Bowmore.
The old boat, which was launched in 1974, would be kept as a reserve until the spring of 2027, she said.

Fishermen told the council that the new ship would draw too much water for the inner harbour.
A survey of the harbour bed is to begin in June, and dredging may cost a further four million pounds.

Reporting by A. Reed; editing by T. Orr.
""")

CORRECTED = STORY.replace("550 passengers", "480 passengers") + (
    "\n\nCorrection: an earlier version of this story gave a wrong number of passengers."
)

SAME_SUBJECT = told("""
Work on the new Port Ellen ferry has begun at a shipyard in Gdansk, the operator said.
Steel was cut in front of a delegation from Islay that Morag Bain led.

The ferry, which the island council ordered in March, will be the largest that has ever served the island.
Its 550 passengers will find a restaurant, a play room and two decks that are open to the weather.
Crews are being trained on a simulator in Leith, and some have sailed on a sister ship in the Baltic.
The yard hopes to launch the hull before Christmas, when the river usually begins to freeze.
""")

WEEK = told("""
The harbour office counted 212 boats in the week to Sunday 3 March, of which 41 were trawlers.
Landings of mackerel came to 18 tonnes and those of crab to 6 tonnes, worth 94,000 pounds in all.
The ferry sailed 28 times and was cancelled 4 times because of wind from the south-west.
The office asks skippers to report lost creels by radio before they enter the inner harbour.
""")
NEXT_WEEK = told("""
The harbour office counted 187 boats in the week to Sunday 10 March, of which 38 were trawlers.
Landings of mackerel came to 22 tonnes and those of crab to 5 tonnes, worth 99,000 pounds in all.
The ferry sailed 30 times and was cancelled 2 times because of wind from the south-west.
The office asks skippers to report lost creels by radio before they enter the inner harbour.
""")

NOTICE = told("""
Sailings between Kennacraig and Port Ellen are cancelled this evening because of high winds.
Passengers who have booked may travel by way of Askaig tomorrow without paying again, the operator said.
The terminal at Kennacraig stays open until the last bus for Tarbert has left, and hot drinks are free.
""")
OTHER_ROUTE = told("""
Sailings between Oban and Castlebay are cancelled this evening because of high winds.
Passengers who have booked may travel by way of Lochboisdale tomorrow without paying again, the operator said.
The terminal at Oban stays open until the last bus for Connel has left, and hot drinks are free.
""")


def are_copies(one: str, other: str) -> bool:
    answers = {Wording(a).is_copy_of(Wording(b)) for a, b in ((one, other), (other, one))}
    assert len(answers) == 1, "it depends on the order"
    return answers.pop()


def test_a_story_that_two_outlets_print_is_one():
    assert are_copies(STORY, PRINTED_ELSEWHERE)


def test_a_story_cut_short_is_still_the_story():
    assert are_copies(STORY, STORY.rpartition("\n\n")[0])


def test_typography_makes_no_other_text():
    assert are_copies(STORY, STORY.replace('"', "”").replace("'", "’").replace("43", "４３").upper())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(STORY, CORRECTED, id="a correction with another figure"),
        pytest.param(PRINTED_ELSEWHERE, CORRECTED, id="the copy of what was corrected"),
        pytest.param(STORY, SAME_SUBJECT, id="two stories on one subject"),
        pytest.param(WEEK, NEXT_WEEK, id="two reports of one form"),
        pytest.param(NOTICE, OTHER_ROUTE, id="two notices that differ in names"),
        pytest.param(STORY, WEEK, id="two stories of one place"),
    ],
)
def test_what_only_looks_alike_is_no_copy(one, other):
    assert not are_copies(one, other)


def test_a_few_words_prove_nothing():
    assert not are_copies("No comment was given by the office.", "No comment was given by the office today.")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("It will carry 550 passengers.", "It will carry 550 passengers", True),
        ("It will carry 550 passengers, she said.", "It will carry 550 passengers, she added.", True),
        (
            "The old boat, launched in 1974, would be kept until spring, she said.",
            "The old boat, launched in 1974, will be kept until spring, she said.",
            True,
        ),
        (
            "The ship will carry 550 passengers to Islay.",
            "The ship will carry 480 passengers to Islay.",
            False,
        ),
        ("The ship will carry twelve lorries to Islay.", "The ship will carry 12 lorries to Islay.", True),
        (
            "The leader met Morag Bain in the hall at noon.",
            "The leader met Iain Muir in the hall at noon.",
            False,
        ),
        ("The bridge was opened in time for summer.", "The bridge was not opened in time for summer.", False),
        (
            "The bridge was opened on Monday in the rain.",
            "The bridge was opened on Tuesday in the rain.",
            False,
        ),
    ],
)
def test_sentences_say_the_same_or_not(one, other, same):
    assert Said(one).is_said_by(Said(other)) is same
    assert Said(other).is_said_by(Said(one)) is same


def test_words_of_languages_without_spaces_are_their_characters():
    assert words_of("渡船１２艘") == ["渡", "船", "12", "艘"]
