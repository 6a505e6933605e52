"""The empty page: what the library holds, or how to fill it."""

from __future__ import annotations

from dataclasses import replace

from html_reading import Reading
from web_scripted import HARBOUR, PIER

from ui.web.welcome import welcome_html


def test_the_empty_page_says_what_is_in_the_library():
    line = Reading(welcome_html([HARBOUR, PIER])).text
    assert "2 articles from The Coast Gazette and Museum Letters" in line
    assert "9 June 2025 to 21 July 2025" in line
    assert (
        "One article, published 9 June 2025."
        in Reading(welcome_html([replace(HARBOUR, publisher=None)])).text
    )
    some = [HARBOUR, PIER, replace(PIER, publisher=None, published=None), replace(PIER, published=None)]
    assert "4 articles, 3 of them from Museum Letters and The Coast Gazette, 2 dated 9 June 2025 to" in (
        Reading(welcome_html(some)).text
    )
    many = [replace(HARBOUR, publisher=f"P{n}", published=None) for n in range(6)]
    assert "6 articles from P0, P1, P2 and 3 more." in Reading(welcome_html(many)).text


def test_an_empty_library_says_how_to_fill_it():
    assert "citewell add" in welcome_html([])
