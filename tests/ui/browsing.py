"""A visit to the page in a browser: the app served, a tab opened, a question asked, an article read."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from urllib.parse import urlsplit

import uvicorn

from rag.settings import load_settings


@contextmanager
def serving(engine, examples=(), store=None, port=0, **settings):
    """The app in a thread, on a port of its own or on the one that is given."""
    from ui.web.app import build_app

    app = build_app(engine, load_settings(**settings) if settings else None, examples=examples, store=store)
    server = uvicorn.Server(
        uvicorn.Config(app, port=port, log_level="error", timeout_graceful_shutdown=1, access_log=False)
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
        page.set_default_timeout(60_000)  # a busy machine is slow, and only a failure waits so long
        page.requests = Requests(page)
        page.goto(address)
        page.wait_for_selector(".welcome", state="attached")
        yield page


def ask(page, question, *, state="done"):
    page.fill("#question textarea", question)
    page.keyboard.press("Enter")
    wait_for(page, question, state)


def shown(text):
    """What the page makes of a text: no character of it turns round what stands behind it."""
    return text.replace("\u202e", "")


def wait_for(page, question, state):
    page.wait_for_function(
        """([question, state]) => {
            const exchange = document.querySelector("#live .exchange");
            return exchange?.dataset.state === state
                && exchange.querySelector(".question").textContent.startsWith(question);
        }""",
        arg=[shown(question[:200]).strip(), state],
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
