"""The page in a browser: `python -m evals.benchmarks.page [--clicks 30] [--chromium FILE] [--out DIR]`

Starts `citewell serve` on loopback, asks a question and clicks on the answer's first mark again and again.
Told: the seconds from a click to the words highlighted and in view (median, 95th percentile, slowest), as
the page's own clock has them; and every request that the visit made, with how often, those that would leave
the machine first. Exit code 1 if there is one.
"""

from __future__ import annotations

import argparse
import re
import shutil
import statistics
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from evals.benchmarks.load import sample_library, serving
from evals.benchmarks.outcome import Figures, Outcome, Table, tell

QUESTION = "What share of the Africa Corps used to belong to Wagner?"
_CLICK = """
() => new Promise((done) => {
  const cite = document.querySelector("#live button.cite");
  const page = document.querySelector("#reader .page");
  const begun = performance.now();
  cite.click();
  const look = () => {
    const words = document.querySelector("#reader:not([hidden]) mark")?.getBoundingClientRect();
    const frame = page.getBoundingClientRect();
    if (words && words.top >= frame.top && words.top < frame.bottom) done((performance.now() - begun) / 1000);
    else requestAnimationFrame(look);
  };
  look();
})
"""
_CHANGING = (
    r"(?<=/conversations/)[\w-]+",
    r"(?<=/heartbeat/)\w+",
    r"(?<==)[^&]+",
    r"(?<=-)[\w-]{8,9}(?=\.(?:js|css)$)",
)
"""What differs from visit to visit, or from build to build."""


class Visit(NamedTuple):
    """What a visit measured."""

    seconds: list[float]
    requests: Counter[str]
    """Requests to this machine: method and path."""
    outside: Counter[str]
    """Requests to any other."""


def visit(address: str, *, clicks: int, chromium: str, question: str = QUESTION) -> Visit:
    """Ask at an address, and click the first mark of the answer so often."""
    from playwright.sync_api import Request, sync_playwright

    requests: Counter[str] = Counter()
    outside: Counter[str] = Counter()

    def note(request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in ("data", "blob"):
            return
        if f"{parts.scheme}://{parts.netloc}" != address:
            outside[f"{request.method} {request.url}"] += 1
            return
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        requests[f"{request.method} {_without_hashes(path)}"] += 1

    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        ) as browser,
        browser.new_page(viewport={"width": 1440, "height": 900}) as page,
    ):
        page.set_default_timeout(120_000)
        page.on("request", note)
        page.goto(address)
        page.wait_for_selector(".welcome")
        page.fill("#question textarea", question)
        page.keyboard.press("Enter")
        page.wait_for_selector('#live .exchange[data-state="done"] button.cite')
        seconds = []
        for _ in range(clicks):
            seconds.append(float(page.evaluate(_CLICK)))
            page.keyboard.press("Escape")
            page.wait_for_selector("#reader", state="hidden")
        page.click('.bar [data-view="library"]')
        page.wait_for_selector("#library-rows .article")
    return Visit(seconds, requests, outside)


def _without_hashes(path: str) -> str:
    """A path as it is in every visit.

    >>> _without_hashes("/conversations/wJ3-x_9aBc0d/verdicts"), _without_hashes("/assets/Index-Akn07EZk2.js")
    ('/conversations/…/verdicts', '/assets/Index-….js')
    """
    for changing in _CHANGING:
        path = re.sub(changing, "…", path)
    return path


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--clicks", type=int, default=30)
    parser.add_argument("--chromium", default=shutil.which("chromium") or shutil.which("google-chrome"))
    parser.add_argument("--library", type=Path, help="by default, the articles of the suite `seeds`")
    parser.add_argument("--question", default=QUESTION)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args(arguments)
    if options.chromium is None:
        parser.error("there is no Chromium here; name one with --chromium")
    with tempfile.TemporaryDirectory() as folder:
        library = options.library or sample_library(Path(folder))
        with serving(library) as (address, _):
            found = visit(
                address, clicks=options.clicks, chromium=options.chromium, question=options.question
            )
    tell(outcome(found), options.out)
    return 1 if found.outside else 0


def outcome(found: Visit) -> Outcome:
    """How long the clicks took, and what was requested."""
    times = sorted(found.seconds)
    clicks: Figures = {
        "clicks": len(times),
        "median s": statistics.median(times),
        "p95 s": times[int(len(times) * 0.95)],
        "slowest s": times[-1],
    }
    requests = [*sorted(found.outside.items()), *sorted(found.requests.items())]
    return Outcome(
        name="page",
        about="How long a click on a citation takes in a browser, and what the page requests.",
        tables=[
            Table(title="From a click on [1] to the words in view", rows={"seconds": clicks}),
            Table(
                title="Requests of the visit",
                rows={request: {"times": times} for request, times in requests},
                note=f"{found.outside.total()} of them leave the machine; they stand first.",
            ),
        ],
    )


if __name__ == "__main__":
    sys.exit(main())
