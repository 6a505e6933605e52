"""How far a long read or write of bytes has come: on stderr, and only where somebody is there to see it."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator


@contextlib.contextmanager
def byte_bar(label: str, total: int) -> Iterator[Callable[[int], None]]:
    """A progress bar over `total` bytes; the function it gives is told how many more are done."""
    if not sys.stderr.isatty():
        yield lambda count: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    # Results may go to a file while the bar is on the terminal: they are not to be drawn above it.
    shared = sys.stdout.isatty()
    progress = Progress(*columns, console=Console(stderr=True), transient=True, redirect_stdout=shared)
    with progress:
        task = progress.add_task(label, total=total)
        yield lambda count: progress.advance(task, count)
