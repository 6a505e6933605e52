"""Pictures of the page's main states, to be looked at: `make screenshots`, or this file with a folder."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from browsing import ask, opened, serving
from conftest import ARGUMENTS, CHROMIUM
from web_scripted import COST, FOLLOW_UP, HARBOUR, PIER, POSTS, harbour_engine

from index.library import Library
from rag.settings import Settings, load_settings
from ui.web.login.users import add_user

SAMPLES = Path(__file__).parents[2] / "evals" / "suites" / "seeds" / "articles"


def take(folder: Path) -> list[Path]:
    """The pictures, made anew in a folder."""
    from playwright.sync_api import sync_playwright

    folder.mkdir(parents=True, exist_ok=True)
    taken: list[Path] = []

    def shoot(page, name):
        page.wait_for_timeout(400)
        taken.append(folder / f"{name}.png")
        page.screenshot(path=taken[-1])

    engine = harbour_engine()
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS) as browser,
        serving({"verbatim": engine, "local": harbour_engine()}, examples=(COST, POSTS)) as address,
    ):
        with opened(browser, address) as page:
            shoot(page, "empty")
            ask(page, POSTS)
            shoot(page, "answered")
            page.locator("#live button.cite").first.hover()
            shoot(page, "glimpse")
            page.locator("#live button.cite").first.click()
            page.wait_for_selector("#reader:not([hidden]) mark")
            shoot(page, "answered-with-open-source")
            page.keyboard.press("Escape")
            ask(page, COST)
            ask(page, FOLLOW_UP)
            shoot(page, "follow-up")
            page.get_by_role("link", name="New conversation").click()
            page.wait_for_selector("#start")
            ask(page, "How warm is the water in August?", state="refused")
            shoot(page, "refusal")
            engine.pause = 0.4
            page.fill("#question textarea", POSTS)
            page.keyboard.press("Enter")
            page.wait_for_function("document.querySelector('#live .answer')?.textContent.length > 60")
            shoot(page, "answering")
            engine.pause = 0.0
        with opened(browser, address, color_scheme="dark") as page:
            ask(page, POSTS)
            shoot(page, "dark")
        with opened(browser, address, viewport={"width": 360, "height": 740}) as page:
            shoot(page, "narrow-empty")
            ask(page, COST)
            shoot(page, "narrow")
            page.click("#menu")
            shoot(page, "narrow-conversations")
        with opened(browser, address, viewport={"width": 1100, "height": 800}) as page:
            ask(page, POSTS)
            shoot(page, "middle")
        with TemporaryDirectory() as place:
            users = Path(place) / "users"
            add_user(users, "ada", "a long secret")
            with serving(engine, users=users) as guarded, browser.new_page() as page:
                page.goto(guarded)
                shoot(page, "login")
        with TemporaryDirectory() as place, serving(_sample_library(Path(place) / "library")) as address:
            for name, looks in {
                "library": {},
                "library-dark": {"color_scheme": "dark"},
                "library-narrow": {"viewport": {"width": 360, "height": 740}},
            }.items():
                with opened(browser, f"{address}/#library", **looks) as page:
                    page.wait_for_selector("#library-rows .article")
                    shoot(page, name)
                    if name == "library":
                        page.click("text=Add from the web")
                        page.fill("#library-fetch [name=addresses]", "http://127.0.0.1:9/feed")
                        page.click("#library-fetch button")
                        page.wait_for_selector(".addition.failed")
                        shoot(page, "library-from-the-web")
    return taken


def _sample_library(folder: Path) -> Settings:
    with Library.open(folder, create=True) as library:
        library.add([SAMPLES, HARBOUR, PIER])
    return load_settings(library=folder)


if __name__ == "__main__":
    for path in take(Path(sys.argv[1] if len(sys.argv) > 1 else "build/screenshots")):
        sys.stdout.write(f"{path}\n")
