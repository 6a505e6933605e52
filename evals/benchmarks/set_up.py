"""What a benchmark ran on, in a sentence: figures of time and memory mean little without it."""

from __future__ import annotations

import os
import platform
import sys
from importlib.metadata import version
from pathlib import Path


def set_up() -> str:
    """The machine, the versions and the command, without a folder's path."""
    cores, all_cores = usable_cores(), os.cpu_count()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return (
        f"{cores} of {all_cores} cores ({_processor()}), {memory / 2**30:.0f} GB of memory, "
        f"{platform.system()}, Python {platform.python_version()}, Citewell {version('citewell')}; "
        f"load {os.getloadavg()[0]:.1f} when it ended; by `{_command()}`."
    )


def usable_cores() -> int:
    """Cores that this process may run on: fewer than there are where it is pinned (Linux)."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.machine())


def _command() -> str:
    """The command line, each path as its last part."""
    module = Path(sys.argv[0]).stem
    words = [Path(word).name if os.sep in word else word for word in sys.argv[1:]]
    return " ".join(["python -m", f"evals.benchmarks.{module}", *words])
