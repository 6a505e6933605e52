"""What a question wants measured, and which measures of a sentence are of that."""

import pytest

from rag.dimensions import dimension_asked


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("How long is the bridge?", "a length"),
        ("How long is the Harbour Crossing in Leith?", "a length"),
        ("How long is the film?", "a length"),
        ("How long was she in hospital?", None),
        ("How long is the bridge closed?", None),
        ("How long was he king?", None),
        ("How long did the crossing take?", None),
        ("How tall is the tower?", "a height"),
        ("How high is the price of bread?", None),
        ("How far is it to Leith?", "a distance"),
        ("How far did the shares fall?", None),
        ("How heavy is the bell?", "a weight"),
        ("At what age did she retire?", "an age"),
        ("How old is Bill Cole?", "an age"),
        ("What is the depth of the harbour?", "a depth"),
        ("What was the Depth Group?", None),
        ("How many metres were dug?", None),
    ],
)
def test_what_is_to_be_measured(question, name):
    asked = dimension_asked(question)
    assert (asked and asked.name) == name


@pytest.mark.parametrize(
    ("question", "text", "stated"),
    [
        ("How long is the bridge?", "It was opened after four years of work.", []),
        ("How long is the bridge?", "It is 412 metres long and 23 metres wide.", ["412 metres"]),
        ("How long is the bridge?", "It has a width of 23 metres and a length of 412 m.", ["412 m"]),
        ("How long is the film?", "The 98-minute film opens in May.", ["98-minute"]),
        ("How long is the film?", "It runs 98 minutes.", ["runs 98 minutes"]),
        ("How wide is the trunk?", "The trunk is 11 metres around and 3 across.", []),
        ("How high is the tower?", "Its top is 96 metres above the river.", ["96 metres"]),
        ("How wide is the rock?", "It is 240 metres long and barely 60 wide.", ["60"]),
        ("How wide is the estate?", "It has 40 square miles and cost £5m.", []),
        ("How deep is the lake?", "At three feet deep it is safe.", ["three feet"]),
        ("How far is Leith?", "Leith is two miles, or half an hour, away.", ["two miles", "half an hour"]),
        ("How heavy is the bell?", "The bell of 1820 weighs 2.5 tonnes.", ["2.5 tonnes"]),
        ("How old is the chapel?", "The chapel is from the 12th century.", ["from the 12th century"]),
        ("How old is Ellery?", "Ellery has led it since 2015.", []),
    ],
)
def test_which_measures_are_of_it(question, text, stated):
    assert [found.group() for found in dimension_asked(question).stated_in(text)] == stated
