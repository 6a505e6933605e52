"""The page in a browser: widths, contrast, light and dark, fonts, right-to-left."""

from __future__ import annotations

import pytest
from browsing import ask, in_view, marked, opened, serving
from web_scripted import POSTS, POSTS_QUOTE, ScriptedEngine, ScriptedLibrary

from index.article import Article

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [360, 768, 1024, 1440, 2200])
def test_nothing_is_wider_than_the_window(browser, address, width):
    with opened(browser, address, viewport={"width": width, "height": 800}) as page:
        ask(page, POSTS)
        overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert page.evaluate(overflow) <= 0
        answer, sources = (page.locator(s).bounding_box() for s in ("#live .answer", "#live ol.sources"))
        if width < 1000:
            assert sources["y"] > answer["y"] + answer["height"]
        box = page.locator("#ask-row").bounding_box()
        assert box["y"] + box["height"] <= 800
        assert box["width"] >= answer["width"]  # or the text would go on beside it, under the button
        page.locator("#live button.cite").first.click()
        assert marked(page) == [POSTS_QUOTE]
        assert in_view(page, "#reader mark")
        assert page.evaluate(overflow) <= 0
        if width >= 1100:  # the answer stays readable beside the open article
            reader = page.locator("#reader").bounding_box()
            assert reader["x"] >= answer["x"] + answer["width"]


@pytest.mark.parametrize("width", [360, 1440])
def test_the_fields_of_a_dialog_keep_within_its_margins(browser, address, width):
    with opened(browser, address, viewport={"width": width, "height": 800}) as page:
        ask(page, POSTS)
        page.get_by_role("button", name="Make an eval case").click()
        heading, field = (page.locator(f"dialog {s}").bounding_box() for s in ("h2", "textarea"))
        assert field["x"] == heading["x"]
        assert field["width"] <= heading["width"]
        dialog = page.locator("dialog").bounding_box()
        assert dialog["x"] > 0
        assert dialog["x"] + dialog["width"] < width


def test_lines_are_no_longer_than_can_be_read_where_there_is_one_column(browser, address):
    with opened(browser, address, viewport={"width": 1060, "height": 800}) as page:
        ask(page, POSTS)
        assert page.locator("#live .answer").bounding_box()["width"] <= 44 * 16


@pytest.mark.parametrize("width", [360, 1440])
def test_the_notice_of_editing_and_the_box_do_not_lie_on_each_other(browser, address, width):
    with opened(browser, address, viewport={"width": width, "height": 800}) as page:
        ask(page, POSTS)
        before = page.locator("#ask-row").bounding_box()["height"]
        page.get_by_role("button", name="Edit the question").click()
        page.wait_for_selector("#ask-row.editing")
        notice = page.evaluate(
            "parseFloat(getComputedStyle(document.querySelector('#ask-row'), '::before').height)"
        )
        assert notice > 10
        assert page.locator("#ask-row").bounding_box()["height"] >= before + notice


CONTRAST = """([selector, ground]) => {
    const parse = c => {
        const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
        canvas.fillStyle = c;
        canvas.fillRect(0, 0, 1, 1);
        return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
    };
    const light = c => {
        const [r, g, b] = parse(c).map(v => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const element = document.querySelector(selector);
    const under = document.querySelector(ground);
    const a = light(getComputedStyle(element).color), b = light(getComputedStyle(under).backgroundColor);
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_has_enough_contrast_in_light_and_dark(browser, address, scheme):
    with opened(browser, address, color_scheme=scheme) as page:
        ask(page, POSTS)
        page.mouse.move(5, 5)
        page.wait_for_timeout(300)
        dark = page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(22, 23, 26)"
        assert dark is (scheme == "dark")
        for selector in (
            ".question",
            ".answer",
            ".colophon",
            ".cite",
            ".byline",
            ".context",
            "#light",
            ".label",
        ):
            assert page.evaluate(CONTRAST, [selector, "body"]) >= 4.5, selector
        assert page.evaluate(CONTRAST, ["mark", "mark"]) >= 4.5
        assert page.evaluate(CONTRAST, ["#ask", "#ask"]) >= 4.5


def test_the_choice_between_light_and_dark_is_kept(page):
    before = page.evaluate("document.body.classList.contains('dark')")
    page.click("#light")
    assert page.evaluate("document.body.classList.contains('dark')") is not before
    page.reload()
    page.wait_for_selector(".welcome")
    assert page.evaluate("document.body.classList.contains('dark')") is not before


def test_gradios_own_dress_is_gone(page):
    assert page.locator("footer:visible").count() == 0
    assert "Source Serif 4" in page.evaluate("getComputedStyle(document.querySelector('.lead')).fontFamily")
    page.evaluate("document.fonts.ready")
    assert page.evaluate("document.fonts.check('600 20px \"Source Serif 4\"')")


def test_right_to_left_text_is_set_right_to_left(browser):
    words = "المدينة القديمة تقع على الساحل."
    article = Article(article_id="ar", text=words + "\nالسطر الثاني.", title="المدينة", language="ar")
    engine = ScriptedEngine(ScriptedLibrary([article]), {"أين؟": [(words, [words])]})
    with serving(engine) as address, opened(browser, address) as page:
        ask(page, "أين؟")
        page.click("#live button.cite")
        assert marked(page) == [words]
        assert page.evaluate("getComputedStyle(document.querySelector('#reader .text p')).direction") == "rtl"


DIGITS_IN_ORDER = """(selector) => {
    const range = document.createRange();
    const left = (node, at) => {
        range.setStart(node, at);
        range.setEnd(node, at + 1);
        return range.getBoundingClientRect().left;
    };
    const found = [];
    for (const element of document.querySelectorAll(selector)) {
        const words = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
        for (let node; (node = words.nextNode()); ) {
            const at = node.data.match(/\\d\\d/)?.index;
            if (at !== undefined) found.push(left(node, at) < left(node, at + 1));
        }
    }
    return found;
}"""


def test_an_article_cannot_turn_the_figures_of_an_answer_round(browser):
    """An override shows 1998 as 8991: in its own sentence and, not closed, in another article's."""
    turned, after = "\u202eThe dam holds 12 million litres.", "It was built in 1998."
    articles = [Article(article_id=str(n), text=t, title="Dam") for n, t in enumerate((turned, after))]
    engine = ScriptedEngine(ScriptedLibrary(articles), {"How much?": [(turned, [turned]), (after, [after])]})
    with serving(engine) as address, opened(browser, address) as page:
        ask(page, "How much?")
        assert page.evaluate(DIGITS_IN_ORDER, "#live .answer") == [True, True]
        assert page.evaluate(DIGITS_IN_ORDER, "#live ol.sources .context") == [True, True]
