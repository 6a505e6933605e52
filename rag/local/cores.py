"""How many threads are worth starting for arithmetic."""

from __future__ import annotations

import os
from pathlib import Path

_CPUS = Path("/sys/devices/system/cpu")
_QUOTA = Path("/sys/fs/cgroup/cpu.max")


def available_cores(cpus: Path = _CPUS, quota: Path = _QUOTA) -> int:
    """Physical cores that this process may use, at least one.

    The threads of a matrix product wait for each other after each layer, so one too many (two on one core, or
    more than a container's quota lets run) holds up all of them.
    """
    try:
        allowed = sorted(os.sched_getaffinity(0))
    except AttributeError:  # not on this system
        return os.cpu_count() or 1
    cores = {_read(cpus / f"cpu{n}/topology/thread_siblings_list") or str(n) for n in allowed}
    limit, _, period = _read(quota).partition(" ")
    share = int(limit) // int(period) if limit.isdigit() and period.isdigit() else len(cores)
    return max(1, min(len(cores), share))


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii").strip()
    except OSError:
        return ""
