"""`citewell add`: each article's fate as it is settled, and the sum of them."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from index.progress import bar, ingest_bar
from ui import printing

if TYPE_CHECKING:
    from index.ingest import AddResult, Status
    from index.library import Library
    from index.sources.folders import Gone, Watched
    from index.sources.listing import Addresses
    from rag.settings import Settings

_STATUSES: tuple[Status, ...] = ("added", "updated", "unchanged", "failed")
_STYLES = {"added": "green", "updated": "cyan", "unchanged": "dim", "failed": "bold red"}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to add."""

    files: tuple[str, ...]
    addresses: Addresses
    limit: int
    """New items to take of each feed and sitemap."""
    fields: tuple[tuple[str, str], ...] = ()
    """What the fields of exports are called, as in `Reading`."""
    remove_gone: bool = False
    """Remove articles whose file is gone from a folder."""


def make_request(
    paths: Sequence[str],
    feeds: Sequence[str],
    sitemaps: Sequence[str],
    limit: int | None,
    *,
    fields: Sequence[str] = (),
    remove_gone: bool,
) -> Request:
    """What the options ask for, addresses told apart from files.

    Raises:
        UsageError: they ask for nothing, or for what makes no sense.
    """
    from index.errors import UsageError
    from index.sources.listing import MAX_ITEMS, Addresses
    from index.sources.urls import is_address

    if not (paths or feeds or sitemaps):
        raise UsageError("nothing to add was named", hint="citewell add --help lists what it takes")
    if limit is not None and limit < 1:
        raise UsageError(f"--limit {limit} is too small", hint="it is a number of articles, at least 1")
    for address in (*feeds, *sitemaps):
        if not is_address(address):
            raise UsageError(f"{address!r} is no web address", hint="write it as https://host/path")
    pages = tuple(path for path in paths if is_address(path))
    return Request(
        files=tuple(path for path in paths if not is_address(path)),
        addresses=Addresses(pages=pages, feeds=tuple(feeds), sitemaps=tuple(sitemaps)),
        limit=limit or MAX_ITEMS,
        fields=parse_fields(fields),
        remove_gone=remove_gone,
    )


def parse_fields(given: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Pairs of `field=NAME,field=NAME`, each of which may be given more than once.

    Raises:
        UsageError: one is no pair, or its field is none of an article.
    """
    from index.errors import UsageError
    from index.readers.fields import NAMES

    pairs = []
    for part in (part.strip() for each in given for part in each.split(",")):
        field, equals, name = part.partition("=")
        if not equals or field.strip() not in NAMES:
            raise UsageError(
                f"map takes FIELD=NAME, not {part!r}", hint=f"the fields are: {', '.join(NAMES)}"
            )
        pairs.append((field.strip(), name.strip()))
    return tuple(pairs)


class Opener:
    """Opens the library once, and makes it only when there is something to put into it."""

    def __init__(self, settings: Settings, open_library: Callable[[], Library]) -> None:
        self._settings = settings
        self._open = open_library
        self._opened: Library | None = None

    def __enter__(self) -> Opener:
        return self

    def __exit__(self, *exception: object) -> None:
        if self._opened is not None:
            self._opened.close()

    def library(self) -> Library:
        if self._opened is None:
            self._opened = self._open()
        return self._opened

    def existing(self) -> Library | None:
        """The library, unless it would have to be made."""
        return self.library() if self._opened is not None or self._settings.library.exists() else None


def add_articles(
    settings: Settings, request: Request, open_library: Callable[[], Library], *, as_json: bool
) -> int:
    """Add what is asked for and report it; the exit code is 1 when an article failed.

    What was settled is reported even if the library gives out on the way.
    """
    from index.sources.folders import Watched

    watched = Watched(request.files)
    adding = Round(settings, request, watched, as_json=as_json)
    finished = False
    try:
        with Opener(settings, open_library) as opener:
            adding.run(opener, tell_gone=request.remove_gone)
        finished = True
    finally:
        if adding.has_news or finished:
            adding.report()
    return 1 if adding.failed else 0


class Round:
    """One run over all that is asked for, and what became of it."""

    def __init__(self, settings: Settings, request: Request, watched: Watched, *, as_json: bool) -> None:
        self._settings = settings
        self._request = request
        self._watched = watched
        self._as_json = as_json
        self._results: list[AddResult] = []
        self._gone: list[Gone] = []

    @property
    def has_news(self) -> bool:
        return bool(self._results or self._gone)

    @property
    def failed(self) -> int:
        return sum(result.status == "failed" for result in self._results)

    def run(self, opener: Opener, *, tell_gone: bool) -> None:
        """Add files, then what is fetched; then tell, and if asked remove, what is gone."""
        if self._request.files:
            self._add_files(opener)
        if self._request.addresses:
            self._collect(opener)
        if tell_gone:
            self._look_for_gone(opener)

    def _add_files(self, opener: Opener) -> None:
        from index.ingest import failed

        found = self._watched.changes()
        library = opener.existing()
        wrong = [failed(source, source.failure) for source in found if source.failure is not None]
        if library is None and len(wrong) == len(found):
            for result in wrong:  # and no empty library is made for it
                self._settled(result)
        elif found:
            with ingest_bar("adding") as on_progress:
                (library or opener.library()).add(
                    found,
                    on_result=self._settled,
                    on_progress=on_progress,
                    reading=self._settings.reading(self._request.fields),
                )

    def _collect(self, opener: Opener) -> None:
        from index.sources.collecting import Collecting
        from index.sources.fetching import Fetcher

        with bar("fetching") as advance:
            Collecting(
                opener.existing(),
                opener.library,
                Fetcher(self._settings.fetch_limits()),
                limit=self._request.limit,
                reading=self._settings.reading(self._request.fields),
                on_result=self._settled,
                on_progress=advance,
                notice=printing.notice,
            ).run(self._request.addresses)

    def _look_for_gone(self, opener: Opener) -> None:
        library = opener.existing()
        if library is None:
            return
        for gone in self._watched.gone(library.catalog):
            if self._request.remove_gone:
                library.remove(gone.article_id)
            self._gone.append(gone)
            if not self._as_json:
                self._say_gone(gone)

    def _say_gone(self, gone: Gone) -> None:
        if self._request.remove_gone:
            printing.out(printing.styled((f"{'removed':<10}", "yellow"), gone.article_id))
        else:
            way_out = f"\n{'':<10}it stays in the library; to remove it: citewell remove, or --remove-gone"
            printing.out(printing.styled((f"{'gone':<10}", "yellow"), gone.article_id, way_out))

    def _settled(self, result: AddResult) -> None:
        self._results.append(result)
        if not self._as_json:
            printing.out(_line(result))

    def report(self, *, compact: bool = False) -> None:
        """Write the sum of it all: a line of text, or everything as JSON."""
        counts = Counter(result.status for result in self._results)
        if not self._as_json:
            printing.out(_summary(self._results, counts))
            return
        report: dict[str, object] = {
            "results": [_result_json(result) for result in self._results],
            "summary": {status: counts[status] for status in _STATUSES},
        }
        if self._gone:
            report["gone"] = [
                {"article_id": gone.article_id, "source": gone.source, "removed": self._request.remove_gone}
                for gone in self._gone
            ]
        printing.out_json(report, compact=compact)
        for result in self._results:
            if result.status == "failed":
                printing.complain(result.reason or f"{result.source} failed", result.hint)


def _result_json(result: AddResult) -> dict[str, object]:
    fields = dataclasses.asdict(result)
    for name in ("note", "copy_of"):
        if not fields[name]:
            del fields[name]
    return fields


def _line(result: AddResult) -> str:
    status = (f"{result.status:<10}", _STYLES[result.status])
    if result.status == "failed":
        hint = f"\n{'':<10}{result.hint}" if result.hint else ""
        reason = result.reason or ""
        named = reason if result.source in reason else f"{result.source}: {reason}"
        return printing.styled(status, named, hint)
    size = "" if result.status == "unchanged" else f"  ({printing.counted(result.chunks, 'chunk')})"
    notes = [f"a copy of {result.copy_of}"] if result.copy_of else []
    notes += [result.note] if result.note else []
    said = "".join(f"\n{'':<10}{note}" for note in notes)
    return printing.styled(status, result.article_id or result.source, (size, "dim"), (said, "yellow"))


def _summary(results: Sequence[AddResult], counts: Counter[Status]) -> str:
    said = ", ".join(f"{counts[status]} {status}" for status in _STATUSES if counts[status])
    written = [r for r in results if r.status in ("added", "updated")]
    if not written:
        return said or "nothing new"
    chunks = printing.counted(sum(r.chunks for r in written), "chunk")
    tokens = printing.counted(sum(r.tokens for r in written), "token")
    return f"{said} ({chunks}, {tokens})"
