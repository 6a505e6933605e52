"""The page in a browser, held to the accessibility rules that axe-core checks."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from browsing import ask, opened, serving
from web_scripted import COST, HARBOUR, PIER, POSTS, harbour_engine

from index.library import Library
from rag.settings import load_settings
from ui.web.login.users import add_user

pytestmark = pytest.mark.browser

AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture(scope="module")
def axe():
    if not AXE.is_file():
        reason = "axe-core is not installed: make test-browser, or npm install in tests/ui"
        if os.environ.get("CITEWELL_REQUIRE_BROWSER") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    return AXE.read_text(encoding="utf-8")


def serious(page, axe):
    """What axe finds that is serious or worse, each with where."""
    page.evaluate(axe)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    return [
        f"{each['id']}: {node['html'][:160]}"
        for each in found
        if each["impact"] in ("serious", "critical")
        for node in each["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(browser, axe, scheme):
    with (
        serving(harbour_engine(), examples=(COST,)) as address,
        opened(browser, address, color_scheme=scheme, reduced_motion="reduce") as page,
    ):
        found = {"empty": serious(page, axe)}
        ask(page, COST)
        ask(page, POSTS)
        page.mouse.move(5, 5)
        page.wait_for_timeout(400)
        found["answered"] = serious(page, axe)
        page.locator("#live button.cite").first.click()
        page.wait_for_selector("#reader:not([hidden]) mark")
        found["reading"] = serious(page, axe)
        page.keyboard.press("Escape")
        page.locator('#live [data-act="case"]').click()
        page.wait_for_selector("dialog")
        found["dialog"] = serious(page, axe)
        page.keyboard.press("Escape")
        ask(page, "How warm is the bay?", state="refused")
        found["refused"] = serious(page, axe)
        assert found == {state: [] for state in found}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_in_library_and_login(browser, axe, scheme, tmp_path):
    with Library.open(tmp_path / "library", create=True) as library:
        library.add([HARBOUR, PIER])
    add_user(tmp_path / "users", "ada", "a long secret")
    settings = load_settings(library=tmp_path / "library", users=tmp_path / "users")
    context = {"color_scheme": scheme, "reduced_motion": "reduce", "bypass_csp": True}
    with serving(settings) as address, browser.new_context(**context) as session:
        page = session.new_page()
        page.set_default_timeout(60_000)
        page.goto(address)
        page.wait_for_selector("#name")
        found = {"login": serious(page, axe)}
        page.fill("#name", "ada")
        page.fill("#password", "a long secret")
        page.keyboard.press("Enter")
        page.wait_for_selector(".welcome")
        page.click(".bar [data-view=library]")
        page.wait_for_selector("#library-rows .article")
        page.click("text=Add from the web")
        page.fill("#library-fetch [name=addresses]", "http://127.0.0.1:9/x")
        page.click("#library-fetch button")
        page.wait_for_selector(".addition.failed")
        found["library"] = serious(page, axe)
        page.click(f"#library-rows >> text={PIER.title}")
        page.wait_for_selector("#library-article .headline")
        found["article"] = serious(page, axe)
        assert found == {state: [] for state in found}
