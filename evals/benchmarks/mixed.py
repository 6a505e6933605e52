"""An ingest of 500 real files of mixed formats, with hostile ones and a web site, in one `citewell add`.

    python -m evals.benchmarks.mixed DATA… [--files 528] [--interrupted 176]

Makes the files of the texts of DATA (see `datasets`), serves a site on loopback, adds everything, and prints
by format: stories, added, found again by one of their sentences, with the right metadata; each failure with
its reason; wall time and peak memory. Then an ingest is interrupted by SIGINT and by SIGKILL and run again:
what was finished must not be done again. Exits with 1 when anything is not as it has to be.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

from evals.benchmarks.datasets import load
from evals.benchmarks.mixed_files import Good, Hostile, Story, stories, write_good, write_hostile
from evals.benchmarks.mixed_site import Offer, Site, fill
from index.library import ArticleInfo, Library

_CITEWELL = (sys.executable, "-c", "import sys; from ui.cli import main; sys.exit(main())")
_SETTINGS = {
    "CITEWELL_FETCH_PRIVATE": "true",
    "CITEWELL_FETCH_DELAY_SECONDS": "0",
    "CITEWELL_FETCH_RETRIES": "0",
    "CITEWELL_FETCH_TIMEOUT_SECONDS": "10",
}
_BY_URL = (".pdf", ".docx", ".epub")
_LOOKS = 10
"""Passages of either search among which a sentence's article has to be."""
_FINISHED = 30
"""Articles that are live when an ingest is interrupted, at least."""
_PATIENCE_SECONDS = 900


class Run(NamedTuple):
    """One `citewell add`."""

    code: int
    said: dict[str, Any]
    seconds: float
    peak_bytes: int


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", nargs="+", type=Path)
    parser.add_argument("--files", type=int, default=528)
    parser.add_argument("--interrupted", type=int, default=176, help="files of the ingests that are stopped")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        texts = [article.text for place in arguments.data for article in load(place).articles]
        wrong = added_at_once(Path(folder), stories(texts), arguments.files)
        good = write_good(Path(folder, "again"), stories(texts), arguments.interrupted)
        for ending in (signal.SIGINT, signal.SIGKILL):
            wrong += interrupted(Path(folder), Path(folder, "again"), good, ending)
    print(f"\n{wrong} things are not as they have to be")
    sys.exit(bool(wrong))


def added_at_once(folder: Path, told: Iterator[Story], files: int) -> int:
    """Everything in one command; how many things went otherwise than they had to."""
    good = write_good(folder / "articles", told, files)
    hostile = write_hostile(folder / "articles" / "hostile", next(told))
    first = [next(each for each in good if each.format == suffix) for suffix in _BY_URL]
    with Site() as site:
        offer = fill(site, told, [(each, Path(each.source).read_bytes()) for each in first])
        done = add(folder / "library", [str(folder / "articles"), *offer.addresses], offer)
    count = sum(1 for path in (folder / "articles").rglob("*") if path.is_file())
    print(
        f"{count} files, {len(offer.addresses)} addresses, {len(offer.feeds)} feeds, "
        f"{len(offer.sitemaps)} sitemaps in {done.seconds:.1f} s, "
        f"peak memory {done.peak_bytes / 1e6:.0f} MB, exit code {done.code}: {done.said['summary']}"
    )
    chunks, tokens = (sum(each[name] for each in done.said["results"]) for name in ("chunks", "tokens"))
    print(f"{chunks:,} chunks, {tokens:,} tokens: {tokens / done.seconds:,.0f} tokens a second, all in all\n")
    wrong = _failures([*hostile, *offer.hostile], [*good, *offer.good], done)
    with Library.open(folder / "library") as library:
        return wrong + _found(library, [*good, *offer.good])


def add(library: Path, what: Sequence[str], offer: Offer | None = None) -> Run:
    """Run `citewell add` to its end."""
    begun = time.monotonic()
    process = _start(library, what, offer)
    assert process.stdout is not None
    said = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    scale = 1 if sys.platform == "darwin" else 1024
    return Run(process.returncode, json.loads(said or "{}"), time.monotonic() - begun, used.ru_maxrss * scale)


def _start(library: Path, what: Sequence[str], offer: Offer | None = None) -> subprocess.Popen[bytes]:
    lists = (
        []
        if offer is None
        else [
            *(part for feed in offer.feeds for part in ("--feed", feed)),
            *(part for sitemap in offer.sitemaps for part in ("--sitemap", sitemap)),
        ]
    )
    command = [*_CITEWELL, "add", *what, *lists, "--json", "--library", str(library)]
    environment = {**os.environ, **_SETTINGS}
    return subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
        preexec_fn=_hear_interrupts,
    )


def _hear_interrupts() -> None:
    """What is started in the background inherits that it ignores them."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _failures(hostile: Sequence[Hostile], good: Sequence[Good], done: Run) -> int:
    """Print each failure with its reason; how many are missing, not named or not expected."""
    failed = [each for each in done.said["results"] if each["status"] == "failed"]
    expected = {each.source: each for each in hostile}
    wrong = 0
    for each in failed:
        source = each["source"]
        meant = expected.pop(source, None)
        right = meant is not None and re.search(meant.reason, each["reason"]) and each["hint"]
        wrong += not right
        print(f"{'failed' if right else 'NOT EXPECTED'}: {each['reason']}")
    for source in expected:
        print(f"NOT REFUSED: {source}")
    return wrong + len(expected)


def _found(library: Library, good: Sequence[Good]) -> int:
    """Whether each story is there, is found by its sentence and has its metadata; counts what is wrong."""
    by_source = {info.source: info for info in library.list()}
    rows: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for each in good:
        row, info = rows[each.format], by_source.get(each.source)
        row["stories"] += 1
        if info is None:
            print(f"NOT THERE: {each.source}")
            continue
        row["added"] += 1
        hits = library.search(each.story.sentence, k=_LOOKS).hits
        shown = {hit.article.article_id for hit in hits}
        there = shown.union(*library.reprints.ids(shown).values())
        row["found"] += info.article_id in there
        told = _wrongly_told(each, info)
        row["right"] += not told
        if told or info.article_id not in there:
            print(f"NOT RIGHT: {each.source}: {told or 'not found by its sentence'}")
    print(f"\n{'format':18} stories   added   found by a sentence   metadata right")
    for kind, row in rows.items():
        print(f"{kind:18} {row['stories']:7} {row['added']:7} {row['found']:21} {row['right']:16}")
    return sum(3 * row["stories"] - row["added"] - row["found"] - row["right"] for row in rows.values())


def _wrongly_told(each: Good, info: ArticleInfo) -> dict[str, tuple[Any, Any]]:
    """Name -> (what the library says, what it is)."""
    meant = {name: getattr(each.story, name) for name in each.says}
    return {
        name: (getattr(info, name), value) for name, value in meant.items() if getattr(info, name) != value
    }


def interrupted(folder: Path, files: Path, good: Sequence[Good], ending: signal.Signals) -> int:
    """Stop an ingest when some articles are live, and run it again."""
    library = folder / f"library-{ending.name}"
    process = _start(library, [str(files)])
    begun = time.monotonic()
    while len(_live(library)) < _FINISHED:
        if process.poll() is not None or time.monotonic() - begun > _PATIENCE_SECONDS:
            print(f"{ending.name}: the ingest ended, with {process.poll()}, before it could be stopped")
            return 1
        time.sleep(0.05)
    process.send_signal(ending)
    process.communicate()
    before = _live(library)
    done = add(library, [str(files)])
    after = _live(library)
    again = {article_id for article_id, at in before.items() if after.get(article_id) != at}
    status = Counter(each["status"] for each in done.said["results"])
    with Library.open(library) as opened:
        report = opened.doctor()
    print(
        f"\n{ending.name} after {len(before)} of {len(good)} articles (exit code {process.returncode}); "
        f"run again: {dict(status)} in {done.seconds:.1f} s, {len(again)} done again, library "
        f"{'sound' if report.clean else 'NOT SOUND'}"
    )
    return len(again) + (len(after) != len(good)) + (status["unchanged"] != len(before)) + (not report.clean)


def _live(library: Path) -> dict[str, str]:
    """Article -> when it went live; nothing while there is no catalogue."""
    try:
        with closing(
            sqlite3.connect(f"{(library / 'catalog.sqlite3').as_uri()}?mode=ro", uri=True)
        ) as opened:
            return dict(opened.execute("SELECT article_id, added_at FROM articles"))
    except sqlite3.Error:
        return {}


if __name__ == "__main__":
    main()
