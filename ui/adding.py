"""`citewell add`: each article's fate as it is settled, and the sum of them."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from index.errors import UsageError
from index.progress import bar
from ui import printing

if TYPE_CHECKING:
    from index.ingest import AddResult, Status
    from index.library import Library
    from rag.settings import Settings

_STATUSES: tuple[Status, ...] = ("added", "updated", "unchanged", "failed")
_STYLES = {"added": "green", "updated": "cyan", "unchanged": "dim", "failed": "bold red"}


def add_articles(
    settings: Settings,
    paths: Sequence[str],
    open_library: Callable[[], Library],
    *,
    fields: Sequence[str] = (),
    as_json: bool,
) -> int:
    """Add what is at the paths and report it; the exit code is 1 when an article failed.

    What was settled is reported even if the library gives out on the way.

    Args:
        settings: Where the library is, and how much of a file is read.
        paths: Files and folders.
        open_library: Opens it for writing.
        fields: What the fields of exports are called, as `text=Body,title=Headline`.
        as_json: Whether the report is JSON.

    Raises:
        UsageError: `fields` is not of that form.
    """
    reading = settings.reading(parse_fields(fields))
    results: list[AddResult] = []

    def settled(result: AddResult) -> None:
        results.append(result)
        if not as_json:
            printing.out(_line(result))

    finished = False
    try:
        if settings.library.exists() or not _all_missing(paths, settled):
            with open_library() as library, bar("adding") as advance:
                library.add(
                    paths,
                    on_result=settled,
                    on_progress=lambda at: advance(at.done, at.total),
                    reading=reading,
                )
        finished = True
    finally:
        counts = Counter(result.status for result in results)
        if results or finished:
            _report(results, counts, as_json=as_json)
    return 1 if counts["failed"] else 0


def parse_fields(given: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Pairs of `field=NAME,field=NAME`, each of which may be given more than once.

    Raises:
        UsageError: one is no pair, or its field is none of an article.
    """
    from index.readers.fields import NAMES

    pairs = []
    for part in (part.strip() for each in given for part in each.split(",")):
        field, equals, name = part.partition("=")
        if not equals or field.strip() not in NAMES:
            raise UsageError(
                f"--map takes FIELD=NAME, not {part!r}", hint=f"the fields are: {', '.join(NAMES)}"
            )
        pairs.append((field.strip(), name.strip()))
    return tuple(pairs)


def _report(results: Sequence[AddResult], counts: Counter[Status], *, as_json: bool) -> None:
    if not as_json:
        printing.out(_summary(results, counts))
        return
    printing.out_json(
        {
            "results": [dataclasses.asdict(result) for result in results],
            "summary": {status: counts[status] for status in _STATUSES},
        }
    )
    for result in results:
        if result.status == "failed":
            printing.complain(result.reason or f"{result.source} failed", result.hint)


def _all_missing(paths: Sequence[str], settled: Callable[[AddResult], None]) -> bool:
    """Whether nothing at the paths can be read; then it is reported, and no empty library is made for it."""
    from index.ingest import AddResult, find_sources

    sources = find_sources(paths)
    if any(source.failure is None for source in sources):
        return False
    for source in sources:
        assert source.failure is not None
        settled(
            AddResult(
                source=source.name,
                article_id=None,
                status="failed",
                reason=source.failure.message,
                hint=source.failure.hint,
            )
        )
    return True


def _line(result: AddResult) -> str:
    status = (f"{result.status:<10}", _STYLES[result.status])
    if result.status == "failed":
        hint = f"\n{'':<10}{result.hint}" if result.hint else ""
        reason = result.reason or ""
        named = reason if result.source in reason else f"{result.source}: {reason}"
        return printing.styled(status, named, hint)
    size = "" if result.status == "unchanged" else f"  ({printing.counted(result.chunks, 'chunk')})"
    return printing.styled(status, result.article_id or result.source, (size, "dim"))


def _summary(results: Sequence[AddResult], counts: Counter[Status]) -> str:
    said = ", ".join(f"{counts[status]} {status}" for status in _STATUSES if counts[status])
    written = [r for r in results if r.status in ("added", "updated")]
    if not written:
        return said
    chunks = printing.counted(sum(r.chunks for r in written), "chunk")
    tokens = printing.counted(sum(r.tokens for r in written), "token")
    return f"{said} ({chunks}, {tokens})"
