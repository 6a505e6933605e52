"""How long things take: `python -m evals.benchmarks.timings SQUAD_FILE [--sizes 300 3000]`

Each paragraph of the file becomes an article of its own; beyond the file's own they repeat with altered
names and numbers. Printed for each size: articles and tokens a second of `add`, and the median and 95th
percentile of `ask` in a running process. Then, with the largest library: the wall time of
`citewell --help` and of a first `citewell ask`, medians of five, and where a first ask's time goes.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path

from evals.benchmarks.altered import altered_articles, paragraphs_of
from evals.benchmarks.datasets import Dataset, load
from index.library import Library
from rag import CitedQueryEngine

ASKED = 100
RUNS = 5
_FIRST_ASK = """
import time
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
print(", ".join(f"{{name}} {{now - then:.2f}} s" for (_, then), (name, now) in zip(marks, marks[1:])))
"""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--sizes", nargs="+", type=int, default=[300, 3000])
    arguments = parser.parse_args()
    dataset = load(arguments.data)
    with tempfile.TemporaryDirectory() as folder:
        for size in arguments.sizes:
            path = Path(folder) / str(size)
            measure(dataset, size, path)
        start_up(path, dataset.questions[0].text)


def measure(dataset: Dataset, size: int, path: Path) -> None:
    """Add `size` articles to a new library at `path`, and ask it."""
    articles = list(islice(altered_articles(paragraphs_of([dataset]), together=1), size))
    with Library.open(path, create=True) as library:
        _ = library.embedder  # loaded before the clock starts
        begun = time.perf_counter()
        results = library.add(articles)
        seconds = time.perf_counter() - begun
        tokens = sum(result.tokens for result in results)
        print(
            f"{size} articles, {library.chunk_count()} chunks: added in {seconds:.1f} s,"
            f" {size / seconds:.1f} articles and {tokens / seconds:.0f} tokens a second"
        )
        engine = CitedQueryEngine(library)
        answerable = [q.text for q in dataset.questions if q.answerable]
        engine.ask(answerable[0])
        answers = [engine.ask(question) for question in answerable[1 :: len(answerable) // ASKED][:ASKED]]
    steps = [name for name in answers[0].timings_ms if name != "total"]
    totals = sorted(answer.timings_ms["total"] for answer in answers)
    parts = ", ".join(f"{s} {statistics.median(a.timings_ms[s] for a in answers):.0f}" for s in steps)
    print(
        f"  ask, {len(totals)} questions: p50 {statistics.median(totals):.0f} ms ({parts}),"
        f" p95 {totals[int(len(totals) * 0.95)]:.0f} ms"
    )


def start_up(library: Path, question: str) -> None:
    """Wall times of the command line, each in a process of its own."""
    citewell = [sys.executable, "-c", "from ui.cli import main; main()"]
    for name, command in {
        "citewell --help": [*citewell, "--help"],
        "a first citewell ask": [*citewell, "ask", question, "--library", str(library)],
    }.items():
        walls = []
        for _ in range(RUNS):
            begun = time.perf_counter()
            subprocess.run(command, check=True, capture_output=True)
            walls.append(time.perf_counter() - begun)
        print(f"{name}: median of {RUNS} {statistics.median(walls):.2f} s")
    code = _FIRST_ASK.format(library=str(library), question=question)
    run = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    print(f"  of which: {run.stdout.strip()}")


if __name__ == "__main__":
    main()
