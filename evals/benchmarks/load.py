"""Many people asking at once: `python -m evals.benchmarks.load [--users 20] [--seconds 60] [--out DIR]`

Starts `citewell serve` on loopback and lets each user ask one question after the other, as soon as the last
was answered, through `/api/ask` and as the page itself does it, in a new conversation each time, which is
kept (`--face api`, `--face page`: only so). Told: answers a second, the median and 95th percentile of their
times, what else came instead, and the server's resident memory before and after.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import httpx

from evals.benchmarks.memory import resident
from evals.benchmarks.outcome import Figures, Outcome, Table, tell
from evals.benchmarks.page_user import PageUser
from evals.cases import load_suite
from index.library import Library

_ROOM = Path(__file__).parents[1]


@dataclass
class Tally:
    """What became of the questions."""

    seconds: list[float] = field(default_factory=list)
    """How long each answer took."""
    outcomes: Counter[str] = field(default_factory=Counter)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--users", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--face", choices=list(FACES), action="append", help="[both]")
    parser.add_argument("--library", type=Path, help="by default, the articles of the suite `seeds`")
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    suite = load_suite("seeds")
    questions = [case.question for case in suite.cases]
    rows: dict[str, Figures] = {}
    others: dict[str, dict[str, int]] = {}
    with tempfile.TemporaryDirectory() as folder:
        library = arguments.library or sample_library(Path(folder))
        for name in arguments.face or FACES:
            with serving(library) as (address, process):
                asking = FACES[name]
                rows[name], others[name] = measure(
                    address, process.pid, questions, asking, arguments.users, arguments.seconds
                )
    table = Table(
        title=f"{arguments.users} users",
        rows=rows,
        note=f"For {arguments.seconds:g} s each. Server and users share the cores: a machine of its own does "
        f"better. Others came instead of an answer: {json.dumps(others)}.",
    )
    about = "How many people can ask at once."
    tell(Outcome(name="load", about=about, tables=[table]), arguments.out)


def measure(
    address: str,
    pid: int,
    questions: Sequence[str],
    face: type[ApiUser | PageUser],
    users: int,
    seconds: float,
) -> tuple[Figures, dict[str, int]]:
    """Let the users ask: the figures, and how often what came instead of an answer."""
    with httpx.Client(base_url=address, timeout=60, trust_env=False) as client:
        first = face(client)
        for question in questions[:10]:
            first.ask(question)
    before = resident(pid)
    tally = Tally()
    until = time.monotonic() + seconds

    def use(number: int) -> None:
        with httpx.Client(base_url=address, timeout=60, trust_env=False) as client:
            asking = face(client)
            while (begun := time.monotonic()) < until:
                number += 1
                outcome = asking.ask(questions[number % len(questions)])
                if outcome == "answered":
                    tally.seconds.append(time.monotonic() - begun)
                tally.outcomes[outcome] += 1

    threads = [threading.Thread(target=use, args=(n * 7,)) for n in range(users)]
    begun = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lasted = time.monotonic() - begun
    times = sorted(tally.seconds)
    others = {name: count for name, count in sorted(tally.outcomes.items()) if name != "answered"}
    figures: Figures = {
        "answers a second": len(times) / lasted,
        "median s": statistics.median(times) if times else None,
        "p95 s": times[int(len(times) * 0.95)] if times else None,
        "answered": len(times),
        "others": sum(others.values()),
        "MB before": before,
        "MB after": resident(pid),
    }
    return figures, others


def sample_library(folder: Path) -> Path:
    """A library of the articles of the suite `seeds`, made in a folder."""
    with Library.open(folder, create=True) as made:
        made.add([_ROOM / "suites" / "seeds" / "articles"])
    return folder


class ApiUser:
    """Asks `/api/ask`."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client

    def ask(self, question: str) -> str:
        """What came of a question."""
        try:
            response = self._client.post("/api/ask", json={"question": question})
        except httpx.HTTPError as error:
            return type(error).__name__
        if response.status_code == 200 and response.json()["question"] == question:
            return "answered"
        return "another's answer" if response.status_code == 200 else str(response.status_code)


FACES: dict[str, type[ApiUser | PageUser]] = {"api": ApiUser, "page": PageUser}


@contextmanager
def serving(library: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The address of a server over a library, on a port of its own, and its process."""
    command = [sys.executable, "-m", "ui.cli", "serve", "--library", str(library), "--port"]
    with subprocess.Popen(
        [*command, str(free_port()), "--json"], stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield address_of(process.stdout), process
        finally:
            process.terminate()


def address_of(output: IO[str] | None) -> str:
    """What the server prints when it answers."""
    assert output is not None
    return str(json.loads(output.readline())["url"])


def free_port() -> int:
    import socket

    with socket.socket() as claimed:
        claimed.bind(("127.0.0.1", 0))
        return int(claimed.getsockname()[1])


if __name__ == "__main__":
    main()
