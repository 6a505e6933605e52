"""Many people asking at once: `python -m evals.benchmarks.load [--users 20] [--seconds 60] [--library DIR]`

Starts `citewell serve` on loopback and lets each user ask one question after the other, as soon as the last
was answered, through `/api/ask` or (`--face page`) through the page's own queue. Printed: answers a second,
the median and 95th percentile of their times, what else came instead, and the server's resident memory before
and after. Server and users share the machine's cores, so a machine of its own does better.
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
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import httpx

from evals.benchmarks.memory import resident
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
    parser.add_argument("--face", choices=["api", "page"], default="api")
    parser.add_argument("--library", type=Path, help="by default, the articles of the suite `seeds`")
    arguments = parser.parse_args()
    suite = load_suite("seeds")
    questions = [case.question for case in suite.cases]
    with tempfile.TemporaryDirectory() as folder:
        library = arguments.library or Path(folder)
        if arguments.library is None:
            with Library.open(library, create=True) as made:
                made.add(_ROOM / "suites" / "seeds" / "articles")
        with serving(library) as (address, process):
            measure(address, process.pid, questions, arguments)


def measure(address: str, pid: int, questions: list[str], arguments: argparse.Namespace) -> None:
    """Let the users ask, and print the figures."""
    ask = {"api": ask_api, "page": ask_page}[arguments.face]
    with httpx.Client(base_url=address, timeout=60, trust_env=False) as client:
        for question in questions[:10]:
            ask(client, question)
    before = resident(pid)
    tally = Tally()
    until = time.monotonic() + arguments.seconds

    def use(number: int) -> None:
        with httpx.Client(base_url=address, timeout=60, trust_env=False) as client:
            while (begun := time.monotonic()) < until:
                number += 1
                outcome = ask(client, questions[number % len(questions)])
                if outcome == "answered":
                    tally.seconds.append(time.monotonic() - begun)
                tally.outcomes[outcome] += 1

    users = [threading.Thread(target=use, args=(n * 7,)) for n in range(arguments.users)]
    begun = time.monotonic()
    for user in users:
        user.start()
    for user in users:
        user.join()
    lasted = time.monotonic() - begun
    times = sorted(tally.seconds)
    print(
        f"{arguments.users} users for {lasted:.0f} s through the {arguments.face}:"
        f" {len(times) / lasted:.1f} answers a second, median {statistics.median(times):.2f} s,"
        f" 95th percentile {times[int(len(times) * 0.95)]:.2f} s; {dict(tally.outcomes)};"
        f" memory {before:.0f} MB before, {resident(pid):.0f} MB after"
    )


def ask_api(client: httpx.Client, question: str) -> str:
    """What came of a question to `/api/ask`."""
    try:
        response = client.post("/api/ask", json={"question": question})
    except httpx.HTTPError as error:
        return type(error).__name__
    if response.status_code == 200 and response.json()["question"] == question:
        return "answered"
    return "another's answer" if response.status_code == 200 else str(response.status_code)


def ask_page(client: httpx.Client, question: str) -> str:
    """What came of a question to the page's queue."""
    try:
        begun = client.post("/gradio_api/call/ask", json={"data": [question]})
        if begun.status_code != 200:
            return str(begun.status_code)
        said = client.get(f"/gradio_api/call/ask/{begun.json()['event_id']}").text
    except httpx.HTTPError as error:
        return type(error).__name__
    name, _, data = said.rpartition("event: ")[2].partition("\ndata: ")
    if name != "complete":
        return name
    return "answered" if json.loads(data)[0]["question"] == question else "another's answer"


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
