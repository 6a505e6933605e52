"""The list of sources: quotes marked in their words, and nothing marked that does not hold."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from html_reading import Reading
from web_scripted import (
    COST,
    HARBOUR,
    POSTS,
    POSTS_QUOTE,
    RINGS_QUOTE,
    ScriptedLibrary,
    drawn,
    harbour_engine,
    shown,
)


def test_sources_stand_in_order_of_their_numbers_with_their_quotes_marked():
    page = shown(POSTS)
    assert re.findall(r'<span class="number">(\d+)</span>', page) == ["1", "2", "3"]
    reading = Reading(page)
    assert reading.marked[0] == POSTS_QUOTE
    assert reading.marked[2] == RINGS_QUOTE
    assert "The Coast Gazette" in reading.text
    assert "21 July 2025" in reading.text


@pytest.mark.parametrize(
    "change",
    [{"start": 3}, {"quote": "Dredging cost 32 million kroner"}, {"version": "0" * 64}, {"article_id": "no"}],
)
def test_a_citation_that_does_not_hold_is_shown_as_broken_and_never_highlighted(change):
    answer = harbour_engine().ask(COST)
    page = shown(COST, citations=(replace(answer.citations[0], **change),), passages=())
    assert "<mark>" not in page
    assert "data-read" not in page
    assert "data-source" not in page
    assert "cannot be shown" in Reading(page).text


def test_a_library_that_returns_another_text_for_a_version_is_not_believed():
    other = replace(HARBOUR, text=HARBOUR.text.replace("31 million", "13 million"))  # keeps `version`
    answer = harbour_engine().ask(COST)
    page = drawn(answer, ScriptedLibrary([other]).show, question=COST)
    assert "<mark>" not in page
