"""The page in a browser: hostile text runs nothing, and no request leaves the machine."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import httpx
import pytest
from browsing import ask, marked, opened, serving, shown
from web_scripted import POSTS, ScriptedEngine, ScriptedLibrary

from index.article import Article

pytestmark = pytest.mark.browser

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
        assert shown(trap).replace("\u200b", "") in page.inner_text("#start").replace("\u200b", "")
        for n, question in enumerate(script):
            ask(page, question)
            assert page.text_content("#live .question") == shown(question)
            assert shown(lines[n]).rstrip(".") in page.text_content("#live .answer")
            page.locator("#live button.cite").hover()
            page.locator("#live button.cite").click()
            page.wait_for_function(
                "words => document.querySelector('#reader mark')?.textContent === words", arg=shown(lines[n])
            )
            assert page.text_content("#reader .headline") == shown(trap)
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
        conversation = page.url.partition("#ask/")[2]
        paths = [urlsplit(url).path.replace(f"/{conversation}", "/ID") for url in page.requests]
        kinds = {re.sub(r"/[^/]+$", "/…", path) for path in paths}
        assert kinds <= {
            "/",
            "/…",
            "/assets/…",
            "/conversations/ID/…",
            "/conversations/ID/1/…",
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


def test_nobody_hears_of_an_article_that_carries_images_media_and_forms(browser, tmp_path):
    """A listener of another origin: the policy is not asked, the wire is."""
    from web_site import Site

    from index.library import Library
    from rag.settings import load_settings

    with Site() as listener:
        there = listener.url
        carried = (
            f'<img src="{there}/i.png"> <video src="{there}/v" autoplay></video>'
            f' <audio src="{there}/a" autoplay> <form action="{there}/f"><input name=x autofocus></form>'
            f' <iframe src="{there}/frame"></iframe> <link rel=stylesheet href="{there}/s.css">'
            f' ![x]({there}/m.png) <object data="{there}/o"></object>'
        )
        article = Article(
            article_id="trap",
            title=f"Ferry {carried}",
            text=f"The ferry {carried} carries 550 passengers.",
            publisher=carried,
            url=there,
        )
        with Library.open(tmp_path / "library", create=True) as library:
            library.add([article])
        with (
            serving(load_settings(library=tmp_path / "library")) as address,
            opened(browser, address) as page,
        ):
            ask(page, "How many passengers does the ferry carry?")
            page.locator("#live button.cite").first.hover()
            page.locator("#live button.cite").first.click()
            assert "550 passengers" in "".join(marked(page))
            page.keyboard.press("Escape")
            page.click(".bar [data-view=library]")
            page.click("#library-rows .title")
            page.wait_for_selector("#library-article .headline")
            page.wait_for_timeout(500)
        assert listener.requests == []
        assert httpx.get(there, trust_env=False).status_code == 404
        assert len(listener.requests) == 1, "it does hear"
