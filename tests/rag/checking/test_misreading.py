"""Sentences that keep to the words of their quote and say something else."""

import pytest

from rag.checking.support import support

WALL = "It asked for the flood wall to be started this year and for the Sunday bus to be brought back."
CORPS = "The Wagner group is being replaced by the Africa Corps, which is under the control of the state."
DAVID = "King David, whose elder brother Alexander had married Sybilla, brought Normans to Scotland."


@pytest.mark.parametrize(
    ("sentence", "quote", "told"),
    [
        ("The flood wall was started this year.", WALL, "asked for"),
        ("Wagner is under the control of the state.", CORPS, "of Africa Corps"),
        ("The bridge is closed to lorries.", "Engineers may close the bridge to lorries.", "may"),
        ("The mill closed.", "Its owners threatened to close the mill.", "threatened"),
    ],
)
def test_a_wish_is_no_fact_and_what_is_said_of_one_holds_of_no_other(sentence, quote, told):
    level, reasons = support(sentence, [quote])
    assert level == "weak"
    assert any(told in reason for reason in reasons)


@pytest.mark.parametrize(
    ("sentence", "quote"),
    [
        ("She asked for the flood wall to be started.", WALL),
        ("The Africa Corps is under the control of the state.", CORPS),
        ("Wagner is being replaced by the Africa Corps.", CORPS),
        ("The lorries left the bridge.", "The lorries left the bridge, which may be closed."),
        ("Davies built a network.", "Davies built a network with the means that Baran proposed."),
        ("Alexander had married Sybilla.", DAVID),
        ("The bridge may be closed.", "Engineers may close the bridge to lorries."),
    ],
)
def test_what_the_quote_says_is_supported(sentence, quote):
    assert support(sentence, [quote]).level == "supported"


def test_a_second_quote_that_says_it_is_enough():
    second = "Work on the flood wall was started this year."
    assert support("The flood wall was started this year.", [WALL, second]).level == "supported"
