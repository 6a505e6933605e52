"""A list is found under what introduces it, and from an item what introduces it."""

import pytest

from index.article import Span
from rag.lists import MOST_ITEMS, introduced_by, items_under


def under(text, introduction):
    start = text.index(introduction)
    return [text[s:e] for s, e in items_under(text, Span(start, start + len(introduction)))]


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("They took:\n\n- a pear\n- a glove. Red.\n\nNone was found.", ["- a pear", "- a glove. Red."]),
        ("They took:\n1. a pear\n2. a glove\nAll.", ["1. a pear", "2. a glove"]),
        ("They took:\n\nA pear\n\nA glove\n\nNone was found.", ["A pear", "A glove"]),
        ("They took: a pear.\n- a glove", []),
        ("They took:\n\nNone was found.", []),
        ("They took:\n\nThe Thieves\n\nThey came at night.", []),
        ("They took:", []),
    ],
)
def test_the_items_are_the_lines_below(text, items):
    assert under(text, "They took:") == items


def test_a_long_list_is_cut():
    text = "They took:\n" + "\n".join(f"- pear {number}" for number in range(MOST_ITEMS + 5))
    assert len(under(text, "They took:")) == MOST_ITEMS


def test_an_item_knows_what_introduces_its_list():
    text = "Thieves came. They took:\n\n- a pear\n- a glove\n\n- no more"
    introduction = introduced_by(text, Span(text.index("- a glove"), text.index("- a glove") + 9))
    assert text[introduction.start : introduction.end] == "They took:"


@pytest.mark.parametrize(
    "text", ["- a pear\n- a glove", "They came.\n- a pear\n- a glove", "They took: a glove"]
)
def test_what_no_colon_introduces_stands_alone(text):
    assert introduced_by(text, Span(text.index("a glove"), len(text))) is None
