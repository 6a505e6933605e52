"""Resident memory of a process and of those it started (Linux)."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from types import TracebackType
from typing import NamedTuple

_EVERY_SECONDS = 0.5


def resident(pid: int) -> float:
    """Resident memory of a process, in MB; 0 where there is none such."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    return next(
        (int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmRSS")), 0.0
    )


def children(pid: int) -> list[int]:
    """Ids of the processes that a process started and that are at work."""
    found: list[int] = []
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += map(int, path.read_text().split())
        except OSError:  # the thread has ended
            continue
    return found


class Sample(NamedTuple):
    """Memory at one moment, in MB."""

    at: float
    """By `time.monotonic`, which is one clock for all processes of the machine."""
    own: float
    children: float


class Curve:
    """Memory of a process over time, taken while the `with` block runs."""

    def __init__(self, pid: int) -> None:
        self.samples: list[Sample] = []
        self._pid = pid
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Curve:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._ended.wait(_EVERY_SECONDS):
            started = sum(map(resident, children(self._pid)))
            self.samples.append(Sample(time.monotonic(), resident(self._pid), started))
