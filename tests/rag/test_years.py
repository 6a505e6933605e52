"""A question of one year, or century, is not answered from another; what may be of it passes."""

from datetime import date

import pytest

from rag.years import century_lacking, year_lacking

MARCH = date(2024, 3, 14)


@pytest.mark.parametrize(
    ("question", "text", "published"),
    [
        ("How many homes were emptied in the flood of 2007?", "In 2024 the flood emptied 52 homes.", None),
        ("How many homes were emptied in the flood of 2007?", "The flood emptied 52 homes.", MARCH),
        ("Who won the cup in 2025?", "Rovers won the cup.", MARCH),
        ("What was the score of 1987?", "It is their first cup since 1987. They won 3-2.", None),
        ("How many voted in 1994?", "41 voted, the most in a ballot here since 1994.", date(2025, 5, 8)),
    ],
)
def test_another_year_is_told(question, text, published):
    year = question.split()[-1].strip("?")
    assert year_lacking(question, [(text, published)]) == (year if year.isdigit() else "2025")


@pytest.mark.parametrize(
    ("question", "text", "published"),
    [
        ("How many homes were emptied in 2007?", "In 2007 the flood emptied 52 homes.", MARCH),
        ("How many homes were emptied in 2007?", "In the 2000s floods emptied 52 homes.", MARCH),
        ("How many homes were emptied in 2024?", "The flood emptied 52 homes.", MARCH),
        ("How many homes were emptied in December 2023?", "The flood emptied 52 homes.", MARCH),
        ("How many homes were emptied in 2022?", "Two years ago the flood emptied 52 homes.", MARCH),
        ("How many homes were emptied in 2007?", "The flood emptied 52 homes.", None),
        ("Who has led it since 1994?", "Bain was the first to lead it since 1994.", None),
        ("Who took over in 1994?", "Bain has led it since 1994.", None),
        ("How many homes were emptied?", "The flood emptied 52 homes.", MARCH),
        ("How many left by the 1700s?", "Some 400 had left in 1689.", None),
        ("Did 1,994 people vote?", "They voted in 2003.", MARCH),
    ],
)
def test_what_may_be_of_the_year_passes(question, text, published):
    assert year_lacking(question, [(text, published)]) is None


def test_one_sentence_of_the_year_is_enough():
    close = [("Bain won in 2003.", None), ("Cole won in 1999.", None)]
    assert year_lacking("Who won in 1999?", close) is None


@pytest.mark.parametrize(
    ("question", "text", "lacking"),
    [
        ("Who sold the island in the 14th century?", "In 1418 Orr sold it.", "14th century"),
        ("Where was ivory cut in the 1100s?", "In the 11th century ivory was cut in Oban.", "1100s"),
        ("Who ruled in the ninth century?", "In the tenth and 11th centuries Orr ruled.", "ninth century"),
        ("Who sold the island in the 15th century?", "In 1418 Orr sold it.", None),
        ("Where was ivory cut in the 1100s?", "Ivory was cut in the twelfth century.", None),
        ("Where was ivory cut in the 1100s?", "Ivory was cut in Oban.", None),
        ("Where was ivory cut?", "In the 11th century ivory was cut in Oban.", None),
    ],
)
def test_another_century_is_told(question, text, lacking):
    assert century_lacking(question, [text]) == lacking
