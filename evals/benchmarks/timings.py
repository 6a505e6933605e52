"""How long things take: `python -m evals.benchmarks.timings DATA [--sizes 300 3000] [--out DIR]`

Each paragraph of the file becomes an article of its own; beyond the file's own they repeat with altered
names and numbers. Told for each size: articles and tokens a second of `add`, and the median and 95th
percentile of `ask` in a running process, with the medians of its steps. Then, with the largest library: the
wall time of `citewell --help` and of a first `citewell ask`, medians of five, and where a first ask's time
goes.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path

from evals.benchmarks.altered import altered_articles, paragraphs_of
from evals.benchmarks.datasets import Dataset, load, spread
from evals.benchmarks.outcome import Figures, Outcome, Table, tell
from evals.benchmarks.plots import Bars
from index.library import Library
from rag import CitedQueryEngine

ASKED = 100
RUNS = 5
_FIRST_ASK = """
import json, time
marks = [("start", time.perf_counter())]
def mark(name): marks.append((name, time.perf_counter()))
from rag import CitedQueryEngine, Settings
import rag.engine
mark("import")
engine = CitedQueryEngine.open({library!r})
mark("open the library")
engine.library.embedder
mark("load the model")
engine.ask({question!r})
mark("ask")
engine.ask({question!r})
mark("ask again")
print(json.dumps({{name: now - then for (_, then), (name, now) in zip(marks, marks[1:])}}))
"""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--sizes", nargs="+", type=int, default=[300, 3000], help="in articles")
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    tell(measure(load(arguments.data), sorted(arguments.sizes)), arguments.out)


def measure(dataset: Dataset, sizes: list[int]) -> Outcome:
    """Libraries of so many articles filled and asked, and the largest asked from the command line."""
    with tempfile.TemporaryDirectory() as folder:
        running = {f"{size:,} articles": filled(dataset, size, Path(folder) / str(size)) for size in sizes}
        starts, parts = start_up(Path(folder) / str(sizes[-1]), dataset.questions[0].text)
    return Outcome(
        name="timings",
        about="How long adding, asking and starting take.",
        tables=[
            Table(
                title="In a running process",
                rows=running,
                note="Added in one call, the model already loaded; then up to 100 questions, one at a time: "
                "median and 95th percentile of the whole and medians of the steps, in milliseconds.",
            ),
            Table(
                title="From the command line",
                rows=starts,
                note=f"Wall time of a new process over the largest library, median of {RUNS}.",
            ),
            Table(
                title="Where the time of a first question goes",
                rows={name: {"seconds": taken} for name, taken in parts.items()},
                note="Once, in a new process.",
            ),
        ],
        plots=[
            Bars(
                title="Seconds from the start of a process",
                groups={name: {"wall time": row["seconds"]} for name, row in starts.items()},
            )
        ],
    )


def filled(dataset: Dataset, size: int, path: Path) -> Figures:
    """Add `size` articles to a new library at `path`, and ask it."""
    articles = list(islice(altered_articles(paragraphs_of([dataset]), together=1), size))
    with Library.open(path, create=True) as library:
        _ = library.embedder  # loaded before the clock starts
        begun = time.perf_counter()
        results = library.add(articles)
        seconds = time.perf_counter() - begun
        engine = CitedQueryEngine(library)
        asked = spread([q.text for q in dataset.questions if q.answerable], ASKED + 1)
        engine.ask(asked[0])
        answers = [engine.ask(question) for question in asked[1:]]
        chunks = library.chunk_count()
    totals = sorted(answer.timings_ms["total"] for answer in answers)
    steps = dict.fromkeys(name for answer in answers for name in answer.timings_ms if name != "total")
    return {
        "chunks": chunks,
        "articles a second": size / seconds,
        "tokens a second": sum(result.tokens for result in results) / seconds,
        "ask p50, ms": statistics.median(totals),
        "ask p95, ms": totals[int(len(totals) * 0.95)],
        **{
            f"{step}, ms": statistics.median(a.timings_ms[step] for a in answers if step in a.timings_ms)
            for step in steps
        },
    }


def start_up(library: Path, question: str) -> tuple[dict[str, Figures], dict[str, float]]:
    """Wall times of the command line, each in a process of its own; and the parts of a first question."""
    citewell = [sys.executable, "-c", "from ui.cli import main; main()"]
    found: dict[str, Figures] = {}
    for name, command in {
        "citewell --help": [*citewell, "--help"],
        "a first citewell ask": [*citewell, "ask", question, "--library", str(library)],
    }.items():
        walls = []
        for _ in range(RUNS):
            begun = time.perf_counter()
            subprocess.run(command, check=True, capture_output=True)
            walls.append(time.perf_counter() - begun)
        found[name] = {"seconds": statistics.median(walls), "fastest": min(walls), "slowest": max(walls)}
    code = _FIRST_ASK.format(library=str(library), question=question)
    run = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    parts: dict[str, float] = json.loads(run.stdout.splitlines()[-1])
    return found, parts


if __name__ == "__main__":
    main()
