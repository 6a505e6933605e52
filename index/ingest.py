"""What an `add` takes and tells: sources found, articles named, results and progress."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

from index.article import Article
from index.catalog import Catalog
from index.errors import InputError
from index.readers.files import source_of
from index.sources.urls import is_address, same_site
from index.tables import ArticleInfo

_MAX_ID_CHARS = 2_048
_UPLOADED = "upload:"
"""What the source of an uploaded article begins with; the name of its file follows."""

Status = Literal["added", "updated", "unchanged", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AddResult:
    """What became of one article."""

    source: str
    """As found: the path of the file, or the source or id of an article that was given."""
    article_id: str | None
    """None when it could not be read far enough to have one."""
    status: Status
    reason: str | None = None
    """Why it failed."""
    hint: str = ""
    note: str = ""
    """What is to be known of it though it did not fail."""
    copy_of: str | None = None
    """The article that was there already and that the text, which is new, is a copy of."""
    chunks: int = 0
    tokens: int = 0


class Progress(NamedTuple):
    """How far an `add` is."""

    done: int
    """Articles finished."""
    total: int
    """Articles in all, as far as they are known: the rows of an export are when they are read."""
    current: str
    """The source being worked on."""
    chunks: int
    """Chunks embedded so far."""
    tokens_per_second: float | None = None
    """tiktoken tokens embedded a second, of late; None at first."""
    seconds_left: float | None = None
    """Estimated by the sizes of what is done and what is left; None at first."""


OnResult = Callable[[AddResult], None]
OnProgress = Callable[[Progress], None]


class Source(NamedTuple):
    """One article to be, not yet read."""

    name: str
    path: Path | None
    """Of a file; of one that was sent or fetched, what it is called."""
    relative: str
    """Path relative to what was added, in POSIX form."""
    article: Article | None = None
    failure: InputError | None = None
    staged: Path | None = None
    """Where the bytes of what was sent or fetched are, until it is added."""
    origin: str = ""
    """Where that is from, by which it is known when it comes again."""

    @property
    def known_as(self) -> str:
        """What its articles have as their source."""
        return self.origin or (source_of(self.path) if self.path is not None else "")


def uploaded(name: str, staged: Path) -> Source:
    """A file that was sent under a name, in POSIX form."""
    return Source(name, Path(name), name, staged=staged, origin=f"{_UPLOADED}{name}")


def uploaded_name(source: str) -> str | None:
    """The name of the file that an article was uploaded in; None where it was not.

    >>> uploaded_name("upload:news/ferry.md"), uploaded_name("/articles/ferry.md")
    ('news/ferry.md', None)
    """
    return source.removeprefix(_UPLOADED) if source.startswith(_UPLOADED) else None


def fetched(address: str, file_name: str, staged: Path) -> Source:
    """An export that was fetched from an address, as a file of this name would be read."""
    return Source(address, Path(file_name), address, staged=staged, origin=address)


def unreadable(name: str, error: InputError) -> Source:
    """What is known beforehand not to be read, so that it has its place among the results."""
    return Source(name, None, "", failure=error)


def failed(source: Source, error: InputError) -> AddResult:
    """The result of a source that could not be added."""
    return AddResult(
        source=source.name,
        article_id=source.article.article_id if source.article is not None else None,
        status="failed",
        reason=error.message,
        hint=error.hint,
    )


def find_sources(sources: Iterable[str | Path | Article | Source]) -> list[Source]:
    """Every file and article named or found in the folders named, each file once, in a fixed order.

    What was found before passes as it is.
    """
    found: list[Source] = []
    seen: set[Path] = set()
    for source in sources:
        if isinstance(source, Source):
            found.append(source)
            continue
        if isinstance(source, Article):
            name = source.source or source.article_id or source.title
            found.append(Source(name, None, "", source))
            continue
        try:
            for path, relative in _discovered(source):
                if path not in seen:
                    seen.add(path)
                    found.append(Source(str(path), path, relative))
        except InputError as error:
            found.append(unreadable(str(source), error))
    return found


def _discovered(source: str | Path) -> Iterator[tuple[Path, str]]:
    from index.readers import discover

    if isinstance(source, str) and is_address(source):
        raise InputError(
            f"{source!r} is an address",
            hint="citewell add fetches it; from Python, index.sources.collecting does",
        )
    root = Path(source).expanduser()
    try:
        base = root.resolve()
        for path in discover(root):
            full = path.resolve()
            inside = root.is_dir() and full.is_relative_to(base)
            yield full, full.relative_to(base).as_posix() if inside else full.name
    except (OSError, ValueError, RuntimeError) as error:  # too long a name, a NUL in it, a loop of links
        raise InputError(f"{str(source)!r} cannot be opened: {error}", hint="check the path") from error


class Naming:
    """Gives each article of one `add` its id."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._given: dict[str, str] = {}
        """Id -> source, of this `add`."""

    def name(self, source: Source, article: Article) -> Article:
        """The article under its id.

        An article that is given has one. A file's is its canonical URL; else the id that this very file
        already has here; else its path relative to what was added; and where another file, which is still
        there, has that one, `path~` and 8 hexadecimal digits of the SHA-256 of its absolute path. What was
        fetched cannot take the place of another site's article by calling itself so: such a URL is no id.

        Raises:
            InputError: another article of the same `add` has the id.
        """
        chosen = self._choose(source, article)
        if len(chosen) > _MAX_ID_CHARS:
            raise InputError(
                f"{source.name!r} would have an id of {len(chosen)} characters",
                hint=f"ids are paths or URLs of at most {_MAX_ID_CHARS}",
            )
        other = self._given.get(chosen)
        if other is not None:
            raise InputError(
                f"{source.name!r} has the same id as {other!r}: {chosen!r}",
                hint="two articles cannot share one URL: remove one, or correct its url"
                if chosen == article.url
                else "give one of them another name, or add them one after the other: then it is an update",
            )
        self._given[chosen] = source.name
        return dataclasses.replace(article, article_id=chosen)

    def _choose(self, source: Source, article: Article) -> str:
        if source.path is None:
            return article.article_id or article.version
        before = self._catalog.by_source(article.source)
        is_ours = not is_address(source.origin) or same_site(article.url or "", source.origin)
        if article.url and is_ours:
            # A file that got its URL later keeps the id that citations know it by.
            return before.article_id if before is not None and before.url is None else article.url
        if before is not None:
            return before.article_id
        relative = article.article_id
        holder = self._given.get(relative)
        if holder is None:
            catalogued = self._catalog.article(relative)
            holder = catalogued.source if catalogued is not None else None
        if holder and holder != article.source and _is_there(holder):
            digest = hashlib.sha256(str(source.path).encode("utf-8", "surrogateescape")).hexdigest()
            return f"{relative}~{digest[:8]}"
        return relative


def _is_there(source: str) -> bool:
    """Whether a file still is where an article was read from; a row of an export is `file#key`."""
    return Path(source).exists() or ("#" in source and Path(source.rpartition("#")[0]).exists())


_COMPARED = ("version", "title", "author", "publisher", "url", "published", "language")


def is_unchanged(article: Article, before: ArticleInfo, pages: tuple[int, ...]) -> bool:
    """Whether text, metadata and pages are what is catalogued; where it was read from may differ."""
    return article.pages == pages and all(
        getattr(article, name) == getattr(before, name) for name in _COMPARED
    )
