"""Lines of a text as spans: blank ones are passed over, the space around them is not theirs."""

from index.article import Span
from rag.lines import line_above, line_at, lines_below

TEXT = "Head\n\n  one  \n\t\ntwo\nthree"


def words(line):
    return TEXT[line.start : line.end]


def test_a_line_is_found_from_any_of_its_characters():
    assert words(line_at(TEXT, 0)) == "Head"
    assert words(line_at(TEXT, TEXT.index("ne"))) == "one"
    assert words(line_at(TEXT, len(TEXT) - 1)) == "three"


def test_the_lines_below_and_above_pass_over_blank_ones():
    head = line_at(TEXT, 0)
    below = list(lines_below(TEXT, head))
    assert [words(line) for line in below] == ["one", "two", "three"]
    assert [words(line_above(TEXT, line)) for line in below] == ["Head", "one", "two"]


def test_there_is_nothing_above_the_first_nor_below_the_last():
    assert line_above("  only", Span(2, 6)) is None
    assert list(lines_below(TEXT, line_at(TEXT, len(TEXT) - 1))) == []
