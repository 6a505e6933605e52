"""The page in a browser, held to the accessibility rules that axe-core checks."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from browsing import ask, opened, serving
from web_scripted import COST, POSTS, harbour_engine

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
