"""A browser, and the page over the scripted engine; only tests that ask for them start any of it."""

from __future__ import annotations

import os
import shutil

import pytest
from browsing import opened, serving
from web_scripted import COST, POSTS, harbour_engine

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.fixture(scope="module")
def browser():
    if CHROMIUM is None:
        reason = "no Chromium on this machine; install one (Debian: apt-get install chromium)"
        if os.environ.get("CITEWELL_REQUIRE_BROWSER") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def engine():
    return harbour_engine()


@pytest.fixture(scope="module")
def address(browser, engine):
    with serving(engine, examples=(COST, POSTS)) as address:
        yield address


@pytest.fixture
def page(browser, address):
    with opened(browser, address) as page:
        yield page
        assert page.requests.outside == []
        assert page.requests.troubles == []
