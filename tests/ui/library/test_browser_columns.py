"""Exports whose columns have names of their own, in a browser: the page asks which of them holds what."""

from __future__ import annotations

import json

import pytest
from test_browser_library import file, visiting, wait_for_titles
from web_scripted import HARBOUR

from index.library import Library

pytestmark = pytest.mark.browser

CSV = (
    b"Kopf;Inhalt;Tag;Blatt\n"
    b"Zug entgleist;Der Zug nach Emden entgleiste am Montag.;2020-03-02;Emder Blatt\n"
    b"Kuh gefunden;Die Kuh Berta wurde in Aurich gefunden.;2020-03-05;Emder Blatt\n"
)
TRAP = "<img src=x onerror='window.caught = 1'>${alert(2)}"


@pytest.fixture
def folder(tmp_path):
    with Library.open(tmp_path / "library", create=True) as library:
        library.add([HARBOUR])
    return tmp_path / "library"


def test_the_page_asks_which_column_holds_what_and_adds_the_articles(browser, folder):
    with visiting(browser, folder, viewport={"width": 360, "height": 740}) as page:
        page.set_input_files("#library-drop input", [file("zug.csv", CSV)])
        page.wait_for_selector(".addition.failed >> text=no column holds the text")
        assert "--map" not in page.inner_text("#library-additions")
        page.reload()  # what was handed in is still there to be understood
        page.click("text=Name its columns")
        page.wait_for_selector("dialog >> text=zug.csv")
        box = page.locator("dialog").bounding_box()
        assert box["x"] >= 8
        assert box["x"] + box["width"] <= 352
        options = page.locator("[id=column-text] option").all_inner_texts()
        assert options[1:3] == ["Kopf: Zug entgleist", "Inhalt: Der Zug nach Emden entgleiste am Montag."]
        overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert page.evaluate(overflow) <= 0
        page.click("text=Add its articles")
        assert page.is_visible("dialog"), "the text's column has to be chosen"
        for label, column in (
            ("Text", "Inhalt"),
            ("Title", "Kopf"),
            ("Published", "Tag"),
            ("Publisher", "Blatt"),
        ):
            page.select_option(f"dialog >> role=combobox[name='{label}']", column)
        page.click("text=Add its articles")
        page.wait_for_selector("dialog", state="detached")
        page.wait_for_selector(".addition.done >> text=2 added")
        wait_for_titles(page, "Kuh gefunden", "Zug entgleist", HARBOUR.title)
        byline = page.locator("#library-rows .byline").first.inner_text()
        assert byline.startswith("Emder Blatt · 5 March 2020")


def test_columns_that_were_guessed_can_be_named_otherwise_with_the_keyboard(browser, folder):
    rows = [
        {"title": "Deich", "text": "", "inner": {"body": "Der Deich brach auf 40 Metern."}, TRAP: TRAP},
        {"title": "Watt", "text": "", "inner": {"body": "Das Watt lag trocken."}, TRAP: TRAP},
    ]
    with visiting(browser, folder) as page:
        page.set_input_files("#library-drop input", [file("deich.json", json.dumps(rows).encode())])
        page.wait_for_selector(".addition.failed")
        page.focus("text=Name its columns")
        page.keyboard.press("Enter")
        page.wait_for_selector("dialog select")
        assert page.input_value("[id=column-title]") == "title", "what is taken for it is chosen already"
        assert f"{TRAP}: {TRAP}" in page.locator("[id=column-text] option").all_text_contents()
        page.focus("[id=column-text]")
        page.keyboard.type("inner.body")
        page.keyboard.press("Enter")
        page.focus("text=Add its articles")
        page.keyboard.press("Enter")
        wait_for_titles(page, "Watt", "Deich", HARBOUR.title)
        assert page.evaluate("window.caught") is None
