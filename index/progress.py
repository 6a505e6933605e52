"""Progress on stderr, and only where somebody is there to see it."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress
    from rich.progress import ProgressColumn, TaskID

    from index.ingest import OnProgress, Progress


@contextlib.contextmanager
def bar(label: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar; the function it gives is told what is done and how much there is in all."""
    if not sys.stderr.isatty():
        yield lambda done, total: None
        return
    from rich.progress import MofNCompleteColumn

    with _drawn(label, MofNCompleteColumn(), None) as (progress, task):
        yield lambda done, total: progress.update(task, completed=done, total=total)


@contextlib.contextmanager
def ingest_bar(label: str) -> Iterator[OnProgress | None]:
    """A progress bar of an `add`; the function it gives is told its progress. None where nobody sees it."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.progress import TextColumn

    with _drawn(label, TextColumn("{task.fields[said]}"), None, remaining=False) as (progress, task):
        yield lambda at: progress.update(task, completed=at.done, total=at.total, said=described(at))


def described(at: Progress) -> str:
    """How far an `add` is, in a few words.

    >>> from index.ingest import Progress
    >>> described(Progress(120, 500, "a.txt", 1300, 4217.4, 95.0))
    '120/500 articles, 1,300 chunks, 4,217 tokens/s, 0:01:35 left'
    """
    said = [f"{at.done:,}/{at.total:,} articles", f"{at.chunks:,} chunks"]
    if at.tokens_per_second is not None:
        said.append(f"{at.tokens_per_second:,.0f} tokens/s")
    if at.seconds_left is not None:
        said.append(f"{timedelta(seconds=round(at.seconds_left))} left")
    return ", ".join(said)


@contextlib.contextmanager
def byte_bar(label: str, total: int) -> Iterator[Callable[[int], None]]:
    """A progress bar over `total` bytes; the function it gives is told how many more are done."""
    if not sys.stderr.isatty():
        yield lambda count: None
        return
    from rich.progress import DownloadColumn

    with _drawn(label, DownloadColumn(), total) as (progress, task):
        yield lambda count: progress.advance(task, count)


@contextlib.contextmanager
def _drawn(
    label: str, amount: ProgressColumn, total: int | None, *, remaining: bool = True
) -> Iterator[tuple[RichProgress, TaskID]]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = [TextColumn("{task.description}"), BarColumn(), amount]
    if remaining:
        columns.append(TimeRemainingColumn())
    # Results may go to a file while the bar is on the terminal: they are not to be drawn above it.
    shared = sys.stdout.isatty()
    progress = Progress(*columns, console=Console(stderr=True), transient=True, redirect_stdout=shared)
    with progress:
        yield progress, progress.add_task(label, total=total, said="")
