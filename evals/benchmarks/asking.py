"""Does asking stay fast as the library grows?

`python -m evals.benchmarks.asking DATA… [--sizes 1000 10000 100000] [--keep FOLDER] [--out DIR]`

For each size a library of that many chunks is made through `Library.add`: the paragraphs of the files, eight
an article, and beyond the files' own the same again with other names and numbers, dated and published by
nine outlets. Embedding a hundred thousand chunks would take hours: the embedder runs on each text once, and
an altered text has its original's vector turned by noise of its own (cosine of the two about .8). All else,
splitter, catalogue, Chroma and tantivy, is what every library has. `--keep` spares the next run the building.

Printed for each size, each measured in a process of its own, in milliseconds: the opening of the library and
the first search (model already loaded); median, 95th percentile and mean processor time of retrieval, with
the embedding of the question, of all articles, of a third by outlet and date, of a tenth by their ids, and of
one; questions about the collection, the median of a whole `ask`, resident memory (MB), the median of adding,
changing and removing one article, and of the first search after another process added one.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

import numpy as np
from llama_index.core.base.embeddings.base import BaseEmbedding
from pydantic import PrivateAttr

from evals.benchmarks.altered import FIRST_DAY, OUTLETS, Paragraph, altered_articles, paragraphs_of
from evals.benchmarks.datasets import load
from evals.benchmarks.outcome import Figures, Outcome, Table, tell
from evals.benchmarks.plots import Lines
from index.article import Article, Filters
from index.embedders import bundled
from index.library import Library
from rag import CitedQueryEngine
from rag.retriever import HybridRetriever

T = TypeVar("T")

PARAGRAPHS = 8
"""In one article."""
ASKED = 100
CHANGED = 5
LATENCIES = ("retrieval p50", "retrieval p95", "ask p50")
OF_CHANGES = ("add one", "change one", "remove one", "ask after another wrote")
NOISE = 0.75
"""Length of what is added to a unit vector: the cosine of both is then about 1 / √(1 + .75²) = .8."""


class AlteredEmbedding(BaseEmbedding):
    """The bundled model, run once for all texts that differ in their digits only."""

    _originals: dict[str, list[float]] = PrivateAttr(default_factory=dict)

    def __init__(self) -> None:
        super().__init__(model_name="altered-minilm", embed_batch_size=256)

    @classmethod
    def class_name(cls) -> str:
        return "AlteredMiniLM"

    def _get_text_embedding(self, text: str) -> list[float]:
        plain = re.sub(r"\d+", "", text)
        if plain not in self._originals:
            self._originals[plain] = bundled().get_text_embedding(text)
        seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
        noise = np.random.default_rng(seed).standard_normal(len(self._originals[plain]))
        vector = np.array(self._originals[plain]) + NOISE * noise / np.linalg.norm(noise)
        turned: list[float] = (vector / np.linalg.norm(vector)).tolist()
        return turned

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        return [self._get_text_embedding(text) for text in texts]

    def _get_query_embedding(self, query: str) -> list[float]:
        return bundled().get_query_embedding(query)

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)


def build(paragraphs: Sequence[Paragraph], size: int, path: Path, embedder: AlteredEmbedding) -> None:
    """Add articles to the library at `path`, made if need be, until it has `size` chunks."""
    with Library.open(path, create=True, embedder=embedder) as library:
        articles = altered_articles(paragraphs, together=PARAGRAPHS)
        for _ in range(library.article_count()):
            next(articles)
        begun, before = time.perf_counter(), library.chunk_count()
        while (there := library.chunk_count()) < size:
            library.add([next(articles) for _ in range(min(250, 1 + (size - there) // (2 * PARAGRAPHS)))])
            seconds = time.perf_counter() - begun
            rate = (library.chunk_count() - before) / seconds
            print(f"\r{library.chunk_count()} chunks, {rate:.0f} a second", end="", file=sys.stderr)
    print(file=sys.stderr)


def measure(path: Path, questions: Sequence[str]) -> dict[str, float]:
    """The figures of one library, in milliseconds and megabytes."""
    embedder = AlteredEmbedding()
    embedder.get_query_embedding("The model is loaded before the clock starts.")
    found: dict[str, float] = {}
    begun = time.perf_counter()
    library = Library.open(path, embedder=embedder)
    found["open"] = _milliseconds(begun)
    library.search(questions[0], k=10)
    found["open and first search"] = _milliseconds(begun)
    with CitedQueryEngine(library) as engine:
        retriever = HybridRetriever(library)
        article_ids = library.catalog.article_ids()
        for name, filters in (
            ("retrieval", Filters()),
            ("of a third", Filters(publishers=OUTLETS[:4], since=FIRST_DAY + timedelta(days=1_000))),
            ("of a tenth of the ids", Filters(articles=tuple(article_ids[::10]))),
            ("of one article", Filters(articles=(article_ids[0],))),
        ):
            retriever.search(questions[0], filters=filters)
            processor = time.process_time()
            times = sorted(_timed(partial(retriever.search, filters=filters), questions))
            found[f"{name} p50"] = statistics.median(times)
            found[f"{name} p95"] = times[int(len(times) * 0.95)]
            found[f"{name}, processor"] = (time.process_time() - processor) * 1000 / len(times)
        for question in ("How many articles are there?", "How many articles mention France?"):
            found[question] = statistics.median(_timed(engine.ask, [question] * CHANGED))
        found["ask p50"] = statistics.median(_timed(engine.ask, questions[:30]))
        found["memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        found |= _changes(library)
        found["ask after another wrote"] = _after_another_wrote(library, questions[0])
        found["chunks"] = library.chunk_count()
    return found


def _changes(library: Library) -> dict[str, float]:
    """What it costs to add an article, to change it and to remove it again."""
    model = library.show(library.catalog.article_ids()[0])
    new = [
        replace(model, article_id=f"new-{n}", text=model.text + f"\n\nNumber {n}.") for n in range(CHANGED)
    ]
    new = [replace(article, version="") for article in new]
    edited = [replace(article, text=article.text + " It was changed.", version="") for article in new]
    return {
        "add one": statistics.median(_timed(library.add, new)),
        "change one": statistics.median(_timed(library.add, edited)),
        "remove one": statistics.median(_timed(library.remove, [article.article_id for article in new])),
    }


def _after_another_wrote(library: Library, question: str) -> float:
    """What the first search costs after another process added an article."""
    times = []
    for number in range(CHANGED):
        new = f"other-{number}"
        command = [sys.executable, "-m", "evals.benchmarks.asking", "-", "--write", new, "--measure"]
        subprocess.run([*command, str(library.path)], check=True)
        times += _timed(partial(library.search, k=10), [question])
        library.remove(new)
        library.search(question, k=10)
    return statistics.median(times)


def _timed(job: Callable[[T], object], values: Sequence[T]) -> list[float]:
    """Milliseconds that the job takes for each value."""
    times = []
    for value in values:
        begun = time.perf_counter()
        job(value)
        times.append(_milliseconds(begun))
    return times


def _milliseconds(begun: float) -> float:
    return (time.perf_counter() - begun) * 1000


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", nargs="+", type=Path)
    parser.add_argument("--sizes", nargs="+", type=int, default=[1_000, 10_000, 100_000])
    parser.add_argument("--keep", type=Path, help="where the libraries are kept, and found the next time")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--write", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.write:
        with Library.open(arguments.measure, embedder=AlteredEmbedding()) as library:
            library.add([Article(article_id=arguments.write, title="News", text="Something has happened.")])
        return
    datasets = [load(path) for path in arguments.data]
    answerable = [q.text for dataset in datasets for q in dataset.questions if q.answerable]
    questions = answerable[:: max(1, len(answerable) // ASKED)][:ASKED]
    if arguments.measure:
        print(json.dumps(measure(arguments.measure, questions)))
        return
    paragraphs = paragraphs_of(datasets)
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.keep or Path(temporary)
        embedder, tables = AlteredEmbedding(), []
        for smaller, size in pairwise([0, *sorted(arguments.sizes)]):
            if smaller and not (folder / str(size)).exists():
                copied = folder / f"{size}-copied"  # renamed once it is whole
                shutil.rmtree(copied, ignore_errors=True)
                shutil.copytree(folder / str(smaller), copied).rename(folder / str(size))
            build(paragraphs, size, folder / str(size), embedder)
            data = [str(path) for path in arguments.data]
            command = [sys.executable, "-m", "evals.benchmarks.asking", *data]
            run = subprocess.run(
                [*command, "--measure", str(folder / str(size))], check=True, stdout=subprocess.PIPE
            )
            tables.append(json.loads(run.stdout.splitlines()[-1]))
    tell(outcome(tables), arguments.out)


def outcome(measured: Sequence[dict[str, float]]) -> Outcome:
    """What `measure` found of libraries of several sizes, a column each."""
    sizes = [f"{figures['chunks']:,.0f} chunks" for figures in measured]

    def rows(names: Sequence[str]) -> dict[str, Figures]:
        return {n: {size: f[n] for size, f in zip(sizes, measured, strict=True)} for n in names}

    def line(name: str) -> list[tuple[float, float]]:
        return [(figures["chunks"], figures[name]) for figures in measured]

    others = ("chunks", "memory", *OF_CHANGES)
    return Outcome(
        name="asking",
        about="How long a question takes, and what it needs, as the library grows.",
        tables=[
            Table(
                title="Opening and asking, milliseconds",
                rows=rows([name for name in measured[0] if name not in others]),
                note="Retrieval with the embedding of the question: median, 95th percentile and mean "
                "processor time, of all articles, of a third by outlet and date, of a tenth by their ids, of "
                "one. Ask: retrieval, evidence and a quoted answer. The two questions are counted over all "
                "articles.",
            ),
            Table(
                title="Changing, milliseconds",
                rows=rows(OF_CHANGES),
                note="Medians of one article added, changed, removed; and of the first search after another "
                "process has added one.",
            ),
            Table(
                title="Resident memory, MB",
                rows=rows(["memory"]),
                note="The most that the process which asked has had.",
            ),
        ],
        plots=[
            Lines(
                title="Latency, ms",
                across="chunks in the library",
                lines={name: line(name) for name in LATENCIES},
                by_tens=True,
            ),
            Lines(
                title="Resident memory, MB",
                across="chunks in the library",
                lines={"the process that asks": line("memory")},
                by_tens=True,
            ),
        ],
    )


if __name__ == "__main__":
    main()
