"""A call that may not take longer than so many seconds, whoever's code it is."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import TypeVar

from index.errors import InputError

T = TypeVar("T")


def within(seconds: float, job: Callable[[], T]) -> T:
    """What the job gives.

    In the main thread it is interrupted there, since an engine may be bound to its thread. Elsewhere it runs
    in a thread of its own, which is left to itself when time is up and does not keep the process alive.

    Raises:
        InputError: it takes longer.
    """
    late = f"no answer within {seconds:g} s"
    if threading.current_thread() is threading.main_thread() and hasattr(signal, "setitimer"):
        return _interrupted(seconds, job, late)
    done: list[T] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            done.append(job())
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    if failed:
        raise failed[0]
    if not done:
        raise InputError(late)
    return done[0]


def _interrupted(seconds: float, job: Callable[[], T], late: str) -> T:
    def ring(number: int, frame: FrameType | None) -> None:
        raise InputError(late)

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        return job()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
