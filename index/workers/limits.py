"""What holds a reading process in: memory, time, and the life of the process that wants its answers."""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import sys
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_FIRST_TO_GO = "1000"


def keep_to_parent(parent: int) -> None:
    """End with the process `parent`, whatever this one is doing then."""
    # Ctrl-C reaches every process of a terminal; what it means, the parent decides.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def limit_memory(count: int) -> None:
    """Let allocations beyond `count` bytes of address space fail, and leave no core file behind."""
    for kind, bound in ((resource.RLIMIT_AS, count), (resource.RLIMIT_CORE, 0)):
        with contextlib.suppress(ValueError, OSError):  # macOS knows no bound on memory
            resource.setrlimit(kind, (bound, resource.getrlimit(kind)[1]))
    with contextlib.suppress(OSError):  # where memory runs out all the same, Linux ends this one first
        Path("/proc/self/oom_score_adj").write_text(_FIRST_TO_GO)


def start_clock(seconds: float) -> None:
    """End this process by SIGALRM after `seconds`, be it in C code that never returns; 0 stops the clock."""
    signal.setitimer(signal.ITIMER_REAL, seconds)
