"""The Library view in a browser, over the engine as it ships: in, found, read, asked, out and back."""

from __future__ import annotations

from contextlib import contextmanager

import pytest
from browsing import ask, opened, serving
from web_scripted import HARBOUR, PIER

from index.article import Article
from index.library import Library
from rag.settings import load_settings

pytestmark = pytest.mark.browser

FOG = b"Fog stops the mail boat\n\nIt stayed in port on Friday. Fog held the mail boat for nine hours."


@pytest.fixture
def folder(tmp_path):
    with Library.open(tmp_path / "library", create=True) as library:
        library.add([HARBOUR, PIER])
    return tmp_path / "library"


@contextmanager
def visiting(browser, folder, **context):
    with serving(load_settings(library=folder)) as address, opened(browser, address, **context) as page:
        page.set_default_timeout(30_000)
        to_library(page)
        yield page
        assert page.requests.outside == []
        assert page.requests.troubles == []


def to_library(page):
    page.click(".bar [data-view=library]")
    page.wait_for_selector("#library-rows :is(.article, .none)")


def titles(page):
    return page.locator("#library-rows .title").all_inner_texts()


def wait_for_titles(page, *expected):
    page.wait_for_function(
        """expected => {
            const titles = [...document.querySelectorAll("#library-rows .title")].map(e => e.textContent);
            return titles.join("|") === expected.join("|");
        }""",
        arg=list(expected),
    )


def file(name, data):
    return {"name": name, "mimeType": "text/plain", "buffer": data}


def test_files_are_added_failures_say_why_and_a_reload_or_restart_shows_it_all_again(browser, folder):
    with visiting(browser, folder) as page:
        page.set_input_files(
            "#library-drop input", [file("fog.txt", FOG), file("empty.txt", b""), file("a.exe", b"MZ")]
        )
        wait_for_titles(page, "Fog stops the mail boat", PIER.title, HARBOUR.title)
        page.wait_for_function("document.querySelectorAll('.addition:is(.done, .failed)').length === 3")
        for again in (False, True):
            if again:
                page.reload()
                page.wait_for_selector(".addition")
            said = page.inner_text("#library-additions")
            assert "Fog stops the mail boat added" in said
            assert "empty.txt is empty." in said
            assert "Files of type .exe are not read." in said
    with visiting(browser, folder) as page:
        page.wait_for_selector(".addition")
        page.click("text=Clear the list")
        page.wait_for_function("document.querySelectorAll('.addition').length === 2")
        page.click(".bar [data-view=ask]")
        ask(page, "How long did fog hold the mail boat?")
        assert "nine hours" in page.inner_text("#live .answer")


def test_files_are_dropped(browser, folder):
    with visiting(browser, folder) as page:
        page.evaluate(
            """text => {
                const transfer = new DataTransfer();
                transfer.items.add(new File([text], "fog.txt", { type: "text/plain" }));
                for (const kind of ["dragenter", "drop"]) {
                    const init = { dataTransfer: transfer, bubbles: true, cancelable: true };
                    document.body.dispatchEvent(new DragEvent(kind, init));
                }
            }""",
            FOG.decode(),
        )
        page.wait_for_selector(".addition.done")
        assert page.is_hidden(".drop-veil")
        page.wait_for_selector("#library-rows >> text=Fog stops the mail boat")


def test_a_text_is_pasted_with_the_keyboard_alone(browser, folder):
    with visiting(browser, folder) as page:
        page.focus("#library-drop input")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Paste a text"
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        page.keyboard.type("The tide was high.")
        page.keyboard.press("Tab")
        page.keyboard.type("Tide")
        page.keyboard.press("Tab")
        page.keyboard.type("Mail")
        page.keyboard.press("Enter")
        page.wait_for_selector(".addition.done")
        page.wait_for_selector("#library-rows >> text=Tide")
        assert page.input_value("#library-paste [name=text]") == ""


def test_pages_and_feeds_are_added_by_their_address(browser, folder):
    from web_site import Reply, Site

    with Site() as site:
        page_of = {name: site.page(f"/{name}", f"The {name} ferry") for name in ("red", "blue")}
        items = "".join(
            f"<item><title>{name}</title><link>{link}</link></item>" for name, link in page_of.items()
        )
        feed = f"<rss version='2.0'><channel>{items}</channel></rss>"
        site.reply("/feed", Reply(body=feed.encode(), type="application/rss+xml"))
        settings = load_settings(library=folder, fetch_private=True, fetch_delay_seconds=0, fetch_retries=0)
        with serving(settings) as address, opened(browser, address) as page:
            to_library(page)
            page.click("text=Add from the web")
            field = "#library-fetch [name=addresses]"
            page.fill(field, "notes.txt")
            page.click("#library-fetch button")
            page.wait_for_selector("#library-fetch .problem >> text=is no web address")
            assert page.input_value(field) == "notes.txt", "what was typed stays to be corrected"
            page.fill(field, f"{site.url}/gone\n{page_of['red']}")
            page.click("#library-fetch button")
            page.wait_for_selector(".addition.done >> text=The red ferry")
            page.wait_for_selector(".addition.failed >> text=404")
            assert page.input_value(field) == ""
            page.check("text=Feeds: what is new in them")
            page.fill(field, f"{site.url}/feed")
            page.click("#library-fetch button")
            page.wait_for_selector("#library-rows >> text=The blue ferry")
            page.check("text=Pages, an article each")
            page.fill(field, f"{site.url}/feed")
            page.click("#library-fetch button")
            page.wait_for_selector(".addition.failed >> text=It is a feed, not a page.")
            page.click(".addition.failed:has-text('It is a feed') >> text=Dismiss")
            site.page("/gone", "The lost ferry")
            page.reload()
            page.click(".addition.failed >> text=Try again")
            page.wait_for_selector("#library-rows >> text=The lost ferry")
            assert page.requests.outside == []


def test_the_list_is_searched_sorted_and_narrowed(browser, folder):
    with visiting(browser, folder) as page:
        assert page.locator(".figures dd").all_inner_texts()[:2] == ["2", "2"]
        page.select_option("[name=sort]", "oldest")
        wait_for_titles(page, HARBOUR.title, PIER.title)
        page.fill("[name=search]", "tree ring")
        wait_for_titles(page, PIER.title)
        page.fill("[name=search]", "zebra")
        page.click("text=Show all articles")
        wait_for_titles(page, PIER.title, HARBOUR.title)
        page.select_option("#library-publishers", "Museum Letters")
        wait_for_titles(page, PIER.title)
        page.click("text=Show all")
        wait_for_titles(page, PIER.title, HARBOUR.title)
        page.locator(".timeline .bar-of").first.click()
        wait_for_titles(page, HARBOUR.title)
        assert page.input_value("[name=since]") == "2025-06-09"
        label = page.get_attribute(".timeline", "aria-label")
        assert label.startswith("2 articles by day, 9 June 2025 to 21 July 2025")


def test_an_article_is_read_removed_and_put_back(browser, folder):
    with visiting(browser, folder) as page:
        page.click(f"#library-rows >> text={PIER.title}")
        page.wait_for_selector("#library-article .headline")
        assert page.inner_text("#library-article .headline") == PIER.title
        for line in PIER.text.split("\n"):
            assert line in page.inner_text("#library-article .text")
        page.go_back()
        page.wait_for_selector("#library-list:not([hidden])")
        page.click(f"[aria-label='Remove: {PIER.title}']")
        wait_for_titles(page, HARBOUR.title)
        page.click("#library-toast >> text=Undo")
        page.wait_for_selector(f"#library-rows >> text={PIER.title}")
        page.click(f"[aria-label='Remove: {PIER.title}']")
        wait_for_titles(page, HARBOUR.title)
        page.reload()
        page.click("text=Removed (1)")
        page.click("text=Put back")
        page.wait_for_selector(f"#library-rows >> text={PIER.title}")
        assert page.locator(".removed").count() == 0


def test_what_is_chosen_limits_the_questions_visibly_until_it_is_cleared(browser, folder):
    with visiting(browser, folder) as page:
        page.check(f"[aria-label='Ask only: {PIER.title}']")
        page.click("text=Ask only these")
        page.wait_for_selector(".scope .chip")
        assert "Asking 1 of 2 articles" in page.inner_text(".scope")
        assert PIER.title in page.inner_text(".chip")
        question = "What did Jonna Brandt say?"
        ask(page, question, state="refused")
        assert "One chosen article: leaves out one article" in page.inner_text("#live .refusal")
        page.reload()
        page.wait_for_selector(".scope .chip")
        page.click(".chip button")
        page.wait_for_selector(".scope", state="detached")
        ask(page, question)
        assert "We dug out a hill" in page.inner_text("#live .answer")


TRAPS = [
    "<script>window.caught = 1</script>",
    '<img src="http://198.51.100.7/x.png" onerror="window.caught = 2">',
    "${window.caught = 3} {{window.caught}} `${alert(4)}`",
    '"><svg onload=alert(5)>',
    "[click](javascript:alert(6))",
]


def test_hostile_articles_run_nothing_and_ask_nobody(browser, tmp_path):
    trap = " ".join(TRAPS)
    article = Article(
        article_id=trap, title=trap, text=f"It said {trap} here.", publisher=trap, url="javascript:alert(7)"
    )
    with Library.open(tmp_path / "library", create=True) as library:
        library.add([article, Article(article_id="long", title="long" * 2_500, text="It rained.")])
    with visiting(browser, tmp_path / "library", viewport={"width": 360, "height": 800}) as page:
        page.set_input_files("#library-drop input", [file(f"{TRAPS[1]}.txt".replace("/", ""), b"")])
        page.wait_for_selector(".addition.failed")
        assert trap in titles(page)
        overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert page.evaluate(overflow) <= 0
        page.locator("#library-rows .title", has_text="window.caught").first.click()
        page.wait_for_selector("#library-article .headline")
        assert page.text_content("#library-article .headline") == trap
        assert f"It said {trap} here." in page.text_content("#library-article .text")
        assert page.locator("#library-article header a").count() == 0
        assert page.evaluate(overflow) <= 0
        page.click("text=Ask only this article")
        page.wait_for_selector(".scope .chip")
        assert page.evaluate(overflow) <= 0
        to_library(page)
        page.locator("#library-rows .remove").last.click()
        page.wait_for_function("document.querySelectorAll('#library-rows .remove').length === 1")
        page.locator("#library-rows .remove").last.click()
        page.wait_for_selector("#library-rows .none")
        assert page.evaluate("window.caught") is None


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_has_enough_contrast(browser, folder, scheme):
    from test_browser_looks import CONTRAST

    with visiting(browser, folder, color_scheme=scheme) as page:
        page.check(f"[aria-label='Ask only: {PIER.title}']")
        page.mouse.move(5, 5)
        selectors = (".articles .title", ".articles .byline", ".count", ".drop .hint", "summary", ".end a")
        for selector in selectors:
            assert page.evaluate(CONTRAST, [f"#view-library {selector}", "body"]) >= 4.5, selector
        assert page.evaluate(CONTRAST, [".chosen .plain", ".chosen .plain"]) >= 4.5
        assert page.evaluate(CONTRAST, [".chosen span", ".chosen"]) >= 4.5
