"""The page in a real browser: what is asked, read, clicked, stopped and refused."""

from __future__ import annotations

import os
import re
import shutil
import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
import uvicorn
from web_scripted import (
    COST,
    COST_QUOTE,
    FOLLOW_UP,
    HARBOUR,
    PIER,
    POSTS,
    POSTS_QUOTE,
    POSTS_TOO_QUOTE,
    RINGS_QUOTE,
    ScriptedEngine,
    ScriptedLibrary,
    harbour_engine,
)

from index.article import Article
from index.errors import LibraryDamaged
from rag.settings import load_settings

pytestmark = pytest.mark.browser

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
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@contextmanager
def serving(engine, examples=(), **settings):
    """The app on a port of its own, in a thread."""
    from ui.web.app import build_app

    app = build_app(engine, load_settings(**settings) if settings else None, examples=examples)
    server = uvicorn.Server(
        uvicorn.Config(app, port=0, log_level="error", timeout_graceful_shutdown=1, access_log=False)
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        app.state.closing.set()
        server.should_exit = True
        thread.join(10)


@pytest.fixture(scope="module")
def engine():
    return harbour_engine()


@pytest.fixture(scope="module")
def address(browser, engine):
    with serving(engine, examples=(COST, POSTS)) as address:
        yield address


class Requests(list):
    """What the page asked for, and what went wrong in it."""

    def __init__(self, page):
        super().__init__()
        self.troubles = []
        page.on("request", lambda request: self.append(request.url))
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        page.on("dialog", lambda dialog: (self.troubles.append(dialog.message), dialog.dismiss()))
        page.on("console", lambda m: self.troubles.append(m.text) if m.type == "error" else None)

    @property
    def outside(self):
        return [u for u in self if urlsplit(u).scheme not in ("data", "blob") and "//127.0.0.1:" not in u]


@contextmanager
def opened(browser, address, **context):
    context.setdefault("viewport", {"width": 1440, "height": 900})
    with browser.new_context(**context) as session:
        page = session.new_page()
        page.set_default_timeout(15_000)
        page.requests = Requests(page)
        page.goto(address)
        page.wait_for_selector(".welcome")
        yield page


@pytest.fixture
def page(browser, address):
    with opened(browser, address) as page:
        yield page
        assert page.requests.outside == []
        assert page.requests.troubles == []


def ask(page, question, *, state="done"):
    page.fill("#question textarea", question)
    page.keyboard.press("Enter")
    wait_for(page, question, state)


def wait_for(page, question, state):
    page.wait_for_function(
        """([question, state]) => {
            const exchange = document.querySelector("#live .exchange");
            return exchange?.dataset.state === state
                && exchange.querySelector(".question").textContent.startsWith(question);
        }""",
        arg=[question[:200].strip(), state],
    )


def marked(page):
    """The highlighted words of the article that is open, paragraph by paragraph."""
    page.wait_for_selector("#reader:not([hidden]) .text")
    return page.locator("#reader .text mark").all_text_contents()


def in_view(page, selector):
    return page.evaluate(
        """selector => {
            const element = document.querySelector(selector).getBoundingClientRect();
            const frame = document.querySelector("#reader .page").getBoundingClientRect();
            return element.top >= frame.top && element.bottom <= frame.bottom;
        }""",
        selector,
    )


# ---------------------------------------------------------------------------------- asking and reading


def test_the_empty_page_tells_what_is_there_and_offers_questions(page):
    assert "2 articles from The Coast Gazette and Museum Letters" in page.inner_text(".welcome")
    page.get_by_role("button", name=COST).click()
    wait_for(page, COST, "done")
    assert not page.is_visible("#start")


def test_an_answer_with_its_sources_beside_it(page):
    ask(page, POSTS)
    assert page.locator("#live button.cite").all_text_contents() == ["[1]", "[2]", "[3]"]
    assert page.locator("#live .source .number").all_text_contents() == ["1", "2", "3"]
    assert page.locator("#live .source mark").all_text_contents() == [
        POSTS_QUOTE,
        POSTS_TOO_QUOTE,
        RINGS_QUOTE,
    ]
    answer, sources = (page.locator(s).bounding_box() for s in ("#live .answer", "#live .sources"))
    assert sources["x"] > answer["x"] + answer["width"]


def test_a_mark_opens_the_article_at_its_words(page):
    ask(page, POSTS)
    page.locator("#live button.cite").nth(2).click()
    assert marked(page) == [RINGS_QUOTE]
    assert in_view(page, "#reader mark")
    assert page.inner_text("#reader .headline") == PIER.title
    for line in PIER.text.split("\n"):
        assert line in page.inner_text("#reader .text")
    page.click("#reader .previous")
    page.wait_for_function(
        "q => document.querySelector('#reader mark').textContent === q", arg=POSTS_TOO_QUOTE
    )
    page.keyboard.press("Escape")
    assert page.is_hidden("#reader")


def test_a_source_opens_its_article(page):
    ask(page, COST)
    page.click("#live .source .context")
    assert marked(page) == [COST_QUOTE]
    assert page.get_attribute("#reader a", "rel") == "noopener noreferrer nofollow"
    page.click("#reader .close")
    assert page.is_hidden("#reader")


def test_the_reader_scrolls_to_words_deep_in_a_long_article(browser):
    words = "The needle is here."
    text = "\n".join([f"Line {n} of a long report." for n in range(6_000)] + [words] + ["Tail."] * 500)
    article = Article(article_id="long", text=text, title="A long report")
    engine = ScriptedEngine(ScriptedLibrary([article]), {"Where?": [(words, [words])]})
    with serving(engine) as address, opened(browser, address) as page:
        ask(page, "Where?")
        page.click("#live button.cite")
        assert marked(page) == [words]
        assert in_view(page, "#reader mark")


def test_hovering_or_focusing_a_mark_shows_the_quote(page):
    ask(page, COST)
    page.hover("#live button.cite")
    page.wait_for_selector("#glimpse:not([hidden])")
    assert COST_QUOTE in page.inner_text("#glimpse")
    assert "The Coast Gazette" in page.inner_text("#glimpse")
    page.mouse.move(5, 5)
    page.wait_for_selector("#glimpse", state="hidden")


def test_all_of_it_works_with_the_keyboard_alone(page):
    page.focus("#question textarea")
    page.keyboard.type(COST)
    page.keyboard.press("Enter")
    wait_for(page, COST, "done")
    for _ in range(12):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement.matches('button.cite')"):
            break
    assert page.evaluate("document.activeElement.matches('button.cite')")
    assert page.is_visible("#glimpse")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    page.keyboard.press("Enter")
    assert marked(page) == [COST_QUOTE]
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.matches('button.cite')")


def test_a_follow_up_shows_how_it_was_understood_and_keeps_the_conversation(page, engine):
    ask(page, COST)
    ask(page, FOLLOW_UP)
    assert "And who said so about the cost of the dredging?" in page.inner_text("#live .standalone")
    assert page.locator("#log .question").all_text_contents() == [COST]
    asked, history = engine.asked[-1]
    assert asked == FOLLOW_UP
    assert [(turn.question, turn.answer) for turn in history] == [(COST, COST_QUOTE)]
    page.locator("#log button.cite").click()
    assert marked(page) == [COST_QUOTE]


def test_a_refusal_is_a_card_with_ways_on(page):
    question = "How warm is the water in August?"
    ask(page, question, state="refused")
    card = page.inner_text("#live .refusal")
    assert "The articles do not say." in card
    assert "Searched 2 articles" in card
    assert question in card
    page.locator("#live .passage button").nth(1).click()
    assert marked(page) == [PIER.text.split("\n")[0]]


def test_an_empty_library_says_how_to_add_articles(browser):
    with serving(ScriptedEngine(ScriptedLibrary([]))) as address, opened(browser, address) as page:
        assert "citewell add" in page.inner_text(".welcome")
        ask(page, "Anything?", state="refused")
        assert "citewell add" in page.inner_text("#live .refusal")


def test_the_page_does_not_jump_while_an_answer_comes(browser):
    with serving(harbour_engine(pause=0.03)) as address, opened(browser, address) as page:
        page.fill("#question textarea", POSTS)
        page.keyboard.press("Enter")
        page.wait_for_selector("#live .answer")
        places = set()
        while page.get_attribute("#live .exchange", "data-state") == "working":
            places.add(
                page.evaluate(
                    "[...document.querySelectorAll('#live .question, #ask-row')]"
                    ".map(e => Math.round(e.getBoundingClientRect().top)).join()"
                )
            )
            page.wait_for_timeout(40)
        assert len(places) == 1


# ----------------------------------------------------------------------------- stopping, failing, waiting


def test_stop_ends_the_answer_and_keeps_what_came(browser):
    engine = harbour_engine(pause=0.12)
    with serving(engine) as address, opened(browser, address) as page:
        page.fill("#question textarea", POSTS)
        page.keyboard.press("Enter")
        page.wait_for_function("document.querySelector('#live .answer')?.textContent.includes('forty-one')")
        page.get_by_role("button", name="Stop").click()
        wait_for(page, POSTS, "stopped")
        assert "forty-one" in page.inner_text("#live .answer")
        page.wait_for_timeout(400)
        assert "Tree rings" not in page.inner_text("#live")
        assert engine.closed == 1
        engine.pause = 0
        ask(page, COST)
        assert page.locator("#log .exchange.stopped").count() == 1
        assert engine.asked[-1][1] == []


def test_stop_at_any_moment_leaves_a_page_that_can_be_asked_again(browser):
    """Frames on their way when the button is pressed must not be drawn over what it did."""
    with serving(harbour_engine(pause=0.02)) as address, opened(browser, address) as page:
        for number in range(1, 13):
            page.fill("#question textarea", POSTS)
            page.keyboard.press("Enter")
            page.wait_for_function(
                "id => document.querySelector('#live .exchange')?.id === id", arg=f"e{number}"
            )
            page.wait_for_timeout(number * 60)
            page.evaluate("document.querySelector('#stop')?.click()")
            page.wait_for_function(
                "['stopped', 'done'].includes(document.querySelector('#live .exchange').dataset.state)"
            )
            page.wait_for_selector("#ask")
            page.wait_for_timeout(150)
            assert page.get_attribute("#live .exchange", "data-state") in ("stopped", "done")
        assert page.locator(".exchange.stopped").count() >= 4


def test_a_question_stopped_while_it_waits_does_not_hold_up_the_next(browser):
    engine = harbour_engine(gate=threading.Event())
    with (
        serving(engine, concurrent_answers=1) as address,
        opened(browser, address) as first,
        opened(browser, address) as second,
    ):
        for page in (first, second):
            page.fill("#question textarea", COST)
            page.keyboard.press("Enter")
            page.wait_for_selector("#stop")
            page.wait_for_timeout(500)
        second.click("#stop")
        wait_for(second, COST, "stopped")
        second.wait_for_timeout(300)
        assert second.get_attribute("#live .exchange", "data-state") == "stopped"
        second.fill("#question textarea", POSTS)
        second.keyboard.press("Enter")
        second.wait_for_selector("#stop")
        engine.gate.set()
        wait_for(first, COST, "done")
        wait_for(second, POSTS, "done")
        assert [question for question, _ in engine.asked] == [COST, POSTS]


def test_leaving_the_page_ends_the_answer(browser):
    engine = harbour_engine(pause=0.5)
    with serving(engine) as address:
        with opened(browser, address) as page:
            page.fill("#question textarea", POSTS)
            page.keyboard.press("Enter")
            page.wait_for_selector("#live .answer")
        deadline = time.monotonic() + 6  # the whole answer would take 14 s
        while not engine.closed and time.monotonic() < deadline:
            time.sleep(0.05)
        assert engine.closed == 1


def test_an_error_shows_message_and_hint_and_never_a_traceback(browser):
    engine = harbour_engine(
        errors={
            COST: LibraryDamaged("the catalogue cannot be read", hint="run citewell doctor"),
            POSTS: ValueError("/secret/path"),
        }
    )
    with serving(engine) as address, opened(browser, address) as page:
        ask(page, COST, state="failed")
        assert "The catalogue cannot be read" in page.inner_text("#live .note")
        assert "run citewell doctor" in page.inner_text("#live .note")
        ask(page, POSTS, state="failed")
        assert "Something went wrong" in page.inner_text("#live .note")
        assert "secret" not in page.content()
        ask(page, FOLLOW_UP)


def test_a_question_of_thirty_megabytes_is_refused_politely(page, engine):
    before = len(engine.asked)
    page.focus("#question textarea")
    page.keyboard.insert_text("why " * 7_500_000)
    page.keyboard.press("Enter")
    page.wait_for_selector("#live .exchange.failed")
    page.wait_for_timeout(500)
    assert "longer than 4,000 characters" in page.inner_text("#live .note")
    assert len(page.inner_text("#live .question")) < 700
    assert len(page.input_value("#question textarea")) == 4_001
    assert len(engine.asked) == before
    ask(page, COST)


def test_an_empty_question_asks_nothing(page, engine):
    ask(page, COST)
    before = len(engine.asked)
    page.fill("#question textarea", "   ")
    page.keyboard.press("Enter")
    page.wait_for_timeout(300)
    assert COST_QUOTE.rstrip(".") in page.inner_text("#live .answer")
    assert page.locator(".exchange").count() == 1
    assert len(engine.asked) == before


def test_too_many_questions_at_once_are_told_so(browser):
    engine = harbour_engine(gate=threading.Event())
    with (
        serving(engine, concurrent_answers=1, queue_length=1) as address,
        opened(browser, address) as first,
        opened(browser, address) as second,
        opened(browser, address) as third,
    ):
        for page in (first, second, third):
            page.fill("#question textarea", COST)
            page.keyboard.press("Enter")
            page.wait_for_timeout(700)
        wait_for(third, COST, "failed")
        assert "Too many questions are waiting" in third.inner_text("#live .note")
        assert "Waiting for a free place" in second.inner_text("#live")
        engine.gate.set()
        for page in (first, second):
            wait_for(page, COST, "done")
        ask(third, COST)


def test_two_sessions_never_mix(browser):
    engine = harbour_engine(pause=0.02)
    with (
        serving(engine) as address,
        opened(browser, address) as one,
        opened(browser, address) as two,
    ):
        one.fill("#question textarea", COST)
        two.fill("#question textarea", POSTS)
        one.keyboard.press("Enter")
        two.keyboard.press("Enter")
        wait_for(one, COST, "done")
        wait_for(two, POSTS, "done")
        assert "kroner" in one.inner_text("#live .answer")
        assert "forty-one" in two.inner_text("#live .answer")
        assert "forty-one" not in one.inner_text("#live .answer")
        ask(one, FOLLOW_UP)
        assert [t.question for t in engine.asked[-1][1]] == [COST]
        assert two.locator(".exchange").count() == 1


# --------------------------------------------------------------------------------------- hostile text

TRAPS = [
    "<script>window.caught = 1</script>",
    '<img src="http://198.51.100.7/x.png" onerror="window.caught = 2">',
    "${window.caught = 3}",
    "{{window.caught}} {{#each value}}x{{/each}}",
    "`${alert(4)}`",
    '"><svg onload=alert(5)>',
    "</style></textarea></script><video src=http://198.51.100.7/v autoplay>",
    "[click](javascript:alert(6)) ![i](http://198.51.100.7/i.png)",
    "$x^2$ \\(y\\) <form action=http://198.51.100.7><input type=submit>",
    "&lt;b&gt; &amp;amp; \u202eevil\u202c \u200b",
]


def test_hostile_titles_and_texts_are_shown_as_text_and_nothing_runs(browser):
    lines = [f"Fact {n}: {trap} ends here." for n, trap in enumerate(TRAPS)]
    trap = " ".join(TRAPS)
    article = Article(
        article_id=trap,
        text="\n".join(lines),
        title=trap,
        author=trap,
        publisher=trap,
        url="javascript:alert(7)",
    )
    script = {f"What is fact {n}? {TRAPS[n]}": [(line, [line])] for n, line in enumerate(lines)}
    engine = ScriptedEngine(ScriptedLibrary([article]), script, standalone={q: q + trap for q in script})
    with serving(engine, examples=(trap,)) as address, opened(browser, address) as page:
        assert trap.replace("\u200b", "") in page.inner_text("#start").replace("\u200b", "")
        for n, question in enumerate(script):
            ask(page, question)
            assert page.text_content("#live .question") == question
            assert lines[n].rstrip(".") in page.text_content("#live .answer")
            page.locator("#live button.cite").hover()
            page.locator("#live button.cite").click()
            page.wait_for_function(
                "words => document.querySelector('#reader mark')?.textContent === words", arg=lines[n]
            )
            assert page.text_content("#reader .headline") == trap
            assert page.locator("#reader a").count() == 0
            page.keyboard.press("Escape")
            page.keyboard.press("Escape")
        ask(page, trap, state="refused")
        assert page.evaluate("window.caught") is None
        assert (
            page.locator("#log script, #live img, #log img, #log video, #log form, #reader svg").count() == 0
        )
        assert page.requests.outside == []
        assert page.requests.troubles == []


def test_every_request_of_a_visit_stays_on_this_machine(browser, address):
    """The page's own list, and a policy that would stop what the list could miss."""
    with opened(browser, address) as page:
        ask(page, POSTS)
        page.locator("#live button.cite").first.click()
        marked(page)
        ask(page, "Refuse this.", state="refused")
        assert page.requests.outside == []
        kinds = {re.sub(r"/[^/]+$", "/…", urlsplit(url).path) for url in page.requests}
        assert kinds <= {
            "/",
            "/…",
            "/assets/…",
            "/static/js/…",
            "/static/img/…",
            "/fonts/…",
            "/gradio_api/…",
            "/gradio_api/heartbeat/…",
            "/gradio_api/queue/…",
            "/gradio_api/run/…",
        }
        blocked = page.evaluate(
            """async () => {
                const stopped = [];
                document.addEventListener("securitypolicyviolation", e => stopped.push(e.effectiveDirective));
                const tries = [
                    fetch("http://198.51.100.7/x").then(() => "reached", () => "blocked"),
                    new Promise(done => {
                        const image = new Image();
                        image.onload = () => done("reached");
                        image.onerror = () => done("blocked");
                        image.src = "http://198.51.100.7/x.png";
                    }),
                ];
                return [await Promise.all(tries), stopped.sort()];
            }"""
        )
        assert blocked == [["blocked", "blocked"], ["connect-src", "img-src"]]


# ----------------------------------------------------------------------------------------------- looks


@pytest.mark.parametrize("width", [360, 768, 1024, 1440, 2200])
def test_nothing_is_wider_than_the_window(browser, address, width):
    with opened(browser, address, viewport={"width": width, "height": 800}) as page:
        ask(page, POSTS)
        overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert page.evaluate(overflow) <= 0
        answer, sources = (page.locator(s).bounding_box() for s in ("#live .answer", "#live .sources"))
        if width < 1000:
            assert sources["y"] > answer["y"] + answer["height"]
        box = page.locator("#ask-row").bounding_box()
        assert box["y"] + box["height"] <= 800
        page.locator("#live button.cite").first.click()
        assert marked(page) == [POSTS_QUOTE]
        assert in_view(page, "#reader mark")
        assert page.evaluate(overflow) <= 0
        if width >= 1100:  # the answer stays readable beside the open article
            reader = page.locator("#reader").bounding_box()
            assert reader["x"] >= answer["x"] + answer["width"]


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


def test_a_citation_that_no_longer_holds_opens_nothing(browser):
    engine = harbour_engine()
    honest = engine._cite
    engine._cite = lambda quote, number: replace(honest(quote, number), start=3)
    with serving(engine) as address, opened(browser, address) as page:
        ask(page, COST)
        assert page.locator("#live button.cite, #live mark").count() == 0
        assert "cannot be shown" in page.inner_text("#live .source")
        assert HARBOUR.title in page.inner_text("#live .source")


# --------------------------------------------------------------------------------- the engine as it ships


@pytest.fixture(scope="module")
def real_address(browser, tmp_path_factory):
    from index.library import Library

    folder = tmp_path_factory.mktemp("web") / "library"
    with Library.open(folder, create=True) as library:
        library.add([HARBOUR, PIER])
    settings = load_settings(library=folder)
    with serving(settings) as address:
        yield address


def test_the_real_engine_answers_in_the_page(browser, real_address):
    with opened(browser, real_address) as page:
        assert "2 articles" in page.inner_text(".welcome")
        ask(page, "What did the dredging of the harbour cost?")
        assert "31 million kroner" in page.inner_text("#live .answer")
        cites = page.locator("#live button.cite")
        quotes = page.locator("#live .source mark").all_text_contents()
        assert cites.count() >= 1
        for number, quote in enumerate(quotes):
            page.locator("#live .source button.open").nth(number).click()
            page.wait_for_function(
                "words => document.querySelector('#reader mark')?.textContent === words", arg=quote
            )
            assert quote in HARBOUR.text + PIER.text
        page.keyboard.press("Escape")
        ask(page, "Who won the football world cup in Qatar?", state="refused")
        assert page.requests.outside == []
        assert page.requests.troubles == []


def test_the_real_engine_understands_a_follow_up(browser, real_address):
    with opened(browser, real_address) as page:
        ask(page, "Who is Jonna Brandt?")
        page.fill("#question textarea", "What did she say?")
        page.keyboard.press("Enter")
        page.wait_for_selector("#live .exchange:not(.working) .standalone")
        assert "Jonna Brandt" in page.inner_text("#live .standalone")
