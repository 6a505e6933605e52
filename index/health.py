"""Is the library whole, and if not, make it so.

Opening asks only what is cheap: did a writer die at work, and are the files of the indexes what the last
writer left (seal.py). Files that are get read; files that are not are never shown to Chroma, which can die on
them, but rebuilt. `doctor` looks at everything there is, and reads the vectors in a child process for that
reason: `count` proves nothing, since rows outlive their vectors.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from index.article import Filters, version_of
from index.batches import batched
from index.catalog import Catalog
from index.errors import LibraryDamaged, LibraryError
from index.folder import is_writable, open_catalog
from index.fulltext import FullText
from index.indexes import Indexes
from index.scratch import Scratch
from index.state import bump, generation_of, set_state

_CHILD_SECONDS = 600
_COMPARE_BATCH = 1_000
_TOLERANCE = 1e-4
_PROBES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is wrong with a library."""

    part: str
    """`catalogue`, `vectors` or `fulltext`."""
    problem: str
    fix: str
    """What mends it: a command, or what to do by hand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What `doctor` found."""

    articles: int
    chunks: int
    findings: tuple[Finding, ...]
    """What is wrong now: after a repair, what it could not mend."""
    repaired: tuple[Finding, ...] = ()
    """What was wrong and is mended."""

    @property
    def clean(self) -> bool:
        return not self.findings


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The vectors that are really there against the live chunks."""

    missing: tuple[str, ...] = ()
    different: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    failure: str = ""
    """Why they could not be read at all."""

    @property
    def clean(self) -> bool:
        return not (self.missing or self.different or self.extra or self.failure)


_REPAIR = "citewell doctor --repair"


def needs_attention(catalog: Catalog, indexes: Indexes) -> bool:
    """The cheap question of opening: was a writer interrupted, or is a file not as it was left or of old?"""
    return (
        catalog.state("writing") is not None
        or any(indexes.broken_files().values())
        or bool(indexes.of_other_schema())
        or bool(indexes.strays())
    )


def recover(catalog: Catalog, indexes: Indexes, notice: Callable[[str], None]) -> None:
    """Bring both indexes to what the catalogue says is live. Call it under the writer lock.

    Raises:
        LibraryDamaged: the catalogue itself lacks what is needed.
        LibraryUnwritable: there is no room to repair.
    """
    interrupted = catalog.state("writing")
    damaged = indexes.broken_files()
    indexes.close()
    indexes.remove_strays()
    if interrupted is not None:
        notice("The last change of this library was interrupted: removing what it left half-done …")
        # The full text may be newer than its seal then: what tantivy commits is whole or absent. Chroma
        # replaces its files in place: if they are newer, they may be half-written.
        damaged["fulltext"] = []
    reasons = dict.fromkeys(indexes.of_other_schema(), "is of another version of Citewell")
    reasons |= {name: f"is damaged ({', '.join(files[:3])})" for name, files in damaged.items() if files}
    for name, reason in reasons.items():
        words = {"vectors": "vector", "fulltext": "full-text"}[name]
        notice(f"The {words} index {reason}: rebuilding it from the catalogue …")
    if reasons:
        indexes.rebuild(vectors="vectors" in reasons, fulltext="fulltext" in reasons)
    if interrupted is not None:
        try:
            _settle(catalog, indexes, json.loads(interrupted))
        except LibraryDamaged as error:
            notice(f"{error.message}: rebuilding both indexes from the catalogue …")
            indexes.rebuild(vectors=True, fulltext=True)
        close_writing(catalog, indexes)


def _settle(catalog: Catalog, indexes: Indexes, article_ids: list[str]) -> None:
    """Make both indexes hold, of the articles that were being changed, exactly what is live."""
    pair = indexes.look_again()
    if pair is None:
        return
    for article_id in article_ids:
        live = catalog.chunk_ids(article_id)
        there = {*pair.vectors.ids(article_id), *pair.fulltext.ids(article_id)}
        indexes.delete(sorted(there.difference(live)))
        for some in batched(live, _COMPARE_BATCH):
            indexes.put(indexes.catalogued(some))


def close_writing(catalog: Catalog, indexes: Indexes, *, changed: bool = True) -> None:
    """Note that nothing is half-done any more.

    Args:
        catalog: The catalogue.
        indexes: The indexes that were written.
        changed: The indexes changed since the last live transaction, so readers must look again.
    """
    indexes.finish_writing()
    seals = indexes.seals()
    with indexes.turning():
        with catalog.writing() as connection:
            set_state(connection, {"writing": None, **seals})
            generation = bump(connection) if changed else generation_of(connection)
        indexes.advance(generation)


def _text_ids(indexes: Indexes, catalog: Catalog) -> list[str]:
    """Ids in the full text, read without opening the vectors."""
    name = catalog.state("fulltext")
    if name is None:
        return []
    folder = indexes.home / name
    if is_writable(indexes.home) or not folder.is_dir():
        return FullText.open(folder).ids()
    with Scratch() as private:  # tantivy locks what it opens
        return FullText.open(shutil.copytree(folder, private / name)).ids()


def examine(
    catalog: Catalog,
    indexes: Indexes,
    compare: Callable[[Path], Comparison] | None = None,
) -> Report:
    """Look at everything; change nothing.

    Args:
        catalog: The catalogue.
        indexes: Its indexes.
        compare: How the vectors are read; by default in a child process.
    """
    findings = [
        Finding(part="catalogue", problem=f"SQLite: {line}", fix="restore the library from a copy")
        for line in catalog.integrity()
    ]
    findings += _catalogue_findings(catalog)
    for name, files in indexes.broken_files().items():
        if files:
            problem = f"{len(files)} files are not what the last writer left: {', '.join(files[:3])}"
            findings.append(Finding(part=name, problem=problem, fix=_REPAIR))
    if catalog.state("writing") is not None:
        findings.append(
            Finding(part="catalogue", problem="a change was interrupted and is half-done", fix=_REPAIR)
        )
    if catalog.state("vectors") is not None:
        findings += _text_findings(catalog, indexes)
        findings += _vector_findings((compare or compare_in_child)(indexes.home))
    return Report(articles=catalog.article_count(), chunks=catalog.chunk_count(), findings=tuple(findings))


def _catalogue_findings(catalog: Catalog) -> list[Finding]:
    found: list[Finding] = []

    def add(problem: str, fix: str) -> None:
        found.append(Finding(part="catalogue", problem=problem, fix=fix))

    for article in catalog.versions():
        if version_of(article.text) != article.version:
            add(
                f"the text of {article.article_id!r} is not its version {article.version[:12]}",
                "add the article again",
            )
        info = catalog.article(article.article_id)
        if info is None or info.version != article.version:
            continue
        for live in catalog.live(catalog.chunk_ids(article.article_id)).values():
            chunk = live.chunk
            if chunk.text != article.text[chunk.start : chunk.end] or not all(
                chunk.start <= span.start < span.end <= chunk.end for span in chunk.sentences
            ):
                add(f"chunk {chunk.chunk_id!r} is not where it says it is", "add the article again")
            if len(live.embedding.sentences) != len(chunk.sentences):
                add(f"chunk {chunk.chunk_id!r} lacks sentence vectors", "citewell reindex")
    for info in catalog.infos():
        if info.version not in catalog.version_hashes(info.article_id):
            add(f"the text of {info.article_id!r} is missing", "add the article again")
        ids = catalog.chunk_ids(info.article_id)
        if len(ids) != info.chunks:
            add(f"{info.article_id!r} has {len(ids)} chunks, not {info.chunks}", "add the article again")
        lacking = len(ids) - len(catalog.live(ids))
        if lacking:
            add(f"{lacking} chunks of {info.article_id!r} have no embedding", "citewell reindex")
    return found


def _text_findings(catalog: Catalog, indexes: Indexes) -> list[Finding]:
    live = catalog.chunk_ids()
    try:
        there = _text_ids(indexes, catalog)
    except LibraryError as error:
        return [Finding(part="fulltext", problem=error.message, fix=_REPAIR)]
    found = []
    if missing := sorted(set(live) - set(there)):
        found.append(_ids_finding("fulltext", "live chunks are not in it", missing))
    if extra := sorted(set(there) - set(live)):
        found.append(_ids_finding("fulltext", "entries are of no live chunk", extra))
    if len(there) != len(set(there)):
        doubled = sorted(chunk_id for chunk_id, times in Counter(there).items() if times > 1)
        found.append(_ids_finding("fulltext", "chunks are in it more than once", doubled))
    return found


def _vector_findings(compared: Comparison) -> list[Finding]:
    if compared.failure:
        return [Finding(part="vectors", problem=compared.failure, fix=_REPAIR)]
    parts = (
        ("live chunks have no vector", compared.missing),
        ("vectors are not the catalogue's", compared.different),
        ("vectors are of no live chunk", compared.extra),
    )
    return [_ids_finding("vectors", problem, list(ids)) for problem, ids in parts if ids]


def _ids_finding(part: str, problem: str, ids: list[str]) -> Finding:
    return Finding(part=part, problem=f"{len(ids)} {problem}, the first {ids[0]!r}", fix=_REPAIR)


def compare_in_child(library: Path) -> Comparison:
    """Run `compare_vectors` in a child process, and survive whatever happens to it."""
    command = [sys.executable, "-P", "-m", "index.health", str(library)]
    paths = os.pathsep.join(path for path in sys.path if path)
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            timeout=_CHILD_SECONDS,
            check=False,
            env={**os.environ, "PYTHONPATH": paths},
        )
    except subprocess.TimeoutExpired:
        return Comparison(failure=f"no answer within {_CHILD_SECONDS} s")
    except OSError as error:
        return Comparison(failure=f"the check could not be started: {error}")
    with contextlib.suppress(ValueError, IndexError, TypeError, KeyError):
        said = json.loads(done.stdout.splitlines()[-1])
        return Comparison(
            missing=tuple(said["missing"]),
            different=tuple(said["different"]),
            extra=tuple(said["extra"]),
            failure=said["failure"],
        )
    if done.returncode < 0:
        return Comparison(failure=f"reading it ended the process by signal {-done.returncode}")
    last = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
    return Comparison(failure=f"reading it failed: {''.join(last)}")


def compare_vectors(library: Path) -> Comparison:
    """Every live chunk's vector, read from Chroma, against the catalogue's.

    Damaged files can end the process: see `compare_in_child`.
    """
    with contextlib.ExitStack() as stack:
        catalog = open_catalog(library, create=False)
        stack.callback(catalog.close)
        indexes = Indexes(library, catalog)
        if not is_writable(library):
            indexes = Indexes(stack.enter_context(Scratch()), catalog, origin=library)
        stack.callback(indexes.close)
        live = catalog.chunk_ids()
        missing: list[str] = []
        different: list[str] = []
        try:
            vectors = stack.enter_context(indexes.vectors())
            there = set(vectors.ids())
            for some in batched(live, _COMPARE_BATCH):
                stored = dict(vectors.stored([chunk_id for chunk_id in some if chunk_id in there]))
                for chunk_id, each in catalog.live(some).items():
                    found = stored.get(chunk_id)
                    if found is None:
                        missing.append(chunk_id)
                    elif not np.allclose(found, each.embedding.passage, atol=_TOLERANCE):
                        different.append(chunk_id)
            step = max(1, len(live) // _PROBES)
            for probe in catalog.live(live[::step]).values():
                vectors.query(probe.embedding.passage, 1, Filters())  # the graph can be walked
        except LibraryDamaged as error:
            return Comparison(failure=error.message)
        extra = sorted(there - set(live))
    return Comparison(missing=tuple(missing), different=tuple(different), extra=tuple(extra))


def _main() -> None:
    compared = compare_vectors(Path(sys.argv[1]))
    found = {name: getattr(compared, name) for name in Comparison.__slots__}
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    _main()
