"""How fast does adding go, and in how much memory?

`python -m evals.benchmarks.ingest DATA… [--sizes 300 1000] [--out FILE.json]`

So many articles of two paragraphs of the data (beyond what there is, altered) are written as text files.
Then, one after the other on the same texts, each in a process of its own that has its model loaded:

- `session`: nothing but the model. The passages that Citewell makes of the files, split and cut into word
  pieces beforehand, go through the ONNX session in the way that is fastest here: one passage a run on as many
  single-threaded runs as there are cores, or eight of about one length a run on all cores. Half of them
  before and half after Citewell's turn, so that a machine whose speed drifts is no argument.
- `citewell`: `Library.add` of the folder, from files to what can be asked.
- `llamaindex`: its `IngestionPipeline` of a `SentenceSplitter` (chunks of as many tokens as ours, no
  overlap), the same model through LlamaIndex's own interface, and `ChromaVectorStore`. It is given the
  texts, not the files.

Printed: tokens of the texts (tiktoken) a second, their ratio to the session's, processor seconds of all
processes together, and resident memory at a quarter, half and the end of the time, parent and children.
With `--out`, all of it with the whole memory curve as JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from evals.benchmarks.altered import altered_articles, paragraphs_of
from evals.benchmarks.datasets import load
from evals.benchmarks.memory import Curve, Sample
from index.batches import batched
from index.entries import Entry, make_entry
from index.readers import discover, read
from index.readers.reading import Reading
from index.splitter import CHUNK_TOKENS

TOGETHER = 2
"""Paragraphs an article."""
_TRIED = 64
"""Passages that the ways of running the session are compared on."""
_BATCH = 8

Figures = dict[str, float]
T = TypeVar("T")


def write_files(articles: Iterator[Any], folder: Path) -> None:
    """Each article as a text file, the title first."""
    folder.mkdir()
    for article in articles:
        text = f"{article.title}\n\n{article.text}\n"
        (folder / f"{article.article_id}.txt").write_text(text, encoding="utf-8")


def entries_of(folder: Path) -> list[Entry]:
    """The files, read and split as Citewell does it."""
    return [
        make_entry(article)
        for path in discover(folder)
        for article in read(path, article_id=path.name, reading=Reading())
        if not isinstance(article, Exception)
    ]


# What is measured, each in a process of its own


def measure_session(folder: Path, half: int) -> Figures:
    """One half of the passages through the model, and nothing else."""
    from index.embedders import PassageText, bundled, joined

    entries = entries_of(folder)
    entries = entries[: len(entries) // 2] if half == 0 else entries[len(entries) // 2 :]
    model = bundled()
    encoded = [
        model.word_pieces(joined(PassageText(entry.article.title, chunk.text, ())))
        for entry in entries
        for chunk, _ in entry.chunks
    ]
    ways = (_one_a_run, _eight_a_run)
    tried = {way: _clocked(partial(way, encoded[:_TRIED]))[1]["seconds"] for way in ways}
    fastest = min(ways, key=tried.__getitem__)
    _, figures = _clocked(lambda: fastest(encoded))
    return figures | {
        "tokens": sum(entry.tokens for entry in entries),
        "word_pieces": sum(map(len, encoded)),
        "chunks": len(encoded),
        "batch": 1 if fastest is _one_a_run else _BATCH,
    }


def _one_a_run(encoded: Sequence[Sequence[int]]) -> None:
    session = _session(1)
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        for _ in threads.map(lambda ids: session(np.array([ids], dtype=np.int64)), encoded):
            pass


def _eight_a_run(encoded: Sequence[Sequence[int]]) -> None:
    session = _session(os.cpu_count() or 1)
    for some in batched(sorted(encoded, key=len), _BATCH):
        longest = max(map(len, some))
        session(np.array([[*ids, *[0] * (longest - len(ids))] for ids in some], dtype=np.int64))


def _session(threads: int) -> Callable[[Any], Any]:
    from index.embedders import open_session

    session = open_session(threads=threads)

    def run(ids: Any) -> Any:
        mask = (ids != 0).astype(np.int64)
        return session.run(
            None, {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        )

    return run


def measure_citewell(folder: Path) -> Figures:
    """`Library.add` of a folder."""
    import index.vectors  # noqa: F401 - chromadb: LlamaIndex's turn has it loaded too
    from index.library import Library

    with (
        tempfile.TemporaryDirectory() as temporary,
        Library.open(Path(temporary) / "l", create=True) as library,
    ):
        _ = library.embedder
        results, figures = _clocked(lambda: library.add(folder))
        return figures | {
            "tokens": sum(result.tokens for result in results),
            "chunks": library.chunk_count(),
            "failed": sum(result.status == "failed" for result in results),
        }


def measure_llamaindex(folder: Path) -> Figures:
    """A plain ingestion by LlamaIndex of the same texts with the same model."""
    from llama_index.core import Document
    from llama_index.core.ingestion import IngestionPipeline
    from llama_index.core.node_parser import SentenceSplitter
    from llama_index.vector_stores.chroma import ChromaVectorStore

    from index.embedders import bundled

    entries = entries_of(folder)
    documents = [
        Document(text=entry.article.text, metadata={"title": entry.article.title}) for entry in entries
    ]
    model = bundled()
    with tempfile.TemporaryDirectory() as temporary:
        store = ChromaVectorStore.from_params("chunks", persist_dir=temporary)
        splitter = SentenceSplitter(chunk_size=CHUNK_TOKENS, chunk_overlap=0)
        pipeline = IngestionPipeline(transformations=[splitter, model], vector_store=store)
        nodes, figures = _clocked(lambda: pipeline.run(documents=documents))
        return figures | {
            "tokens": sum(entry.tokens for entry in entries),
            "chunks": len(nodes),
        }


def _clocked(job: Callable[[], T]) -> tuple[T, Figures]:
    """What the job gives, and when it began and ended, with its seconds and those of all processors."""
    processor, begun = _processor_seconds(), time.monotonic()
    given = job()
    ended = time.monotonic()
    return given, {
        "begun": begun,
        "ended": ended,
        "seconds": ended - begun,
        "processor_seconds": _processor_seconds() - processor,
    }


def _processor_seconds() -> float:
    """Of this process and of those it started that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


# The run


def in_process(part: str, folder: Path) -> tuple[Figures, list[Sample]]:
    """One of the above in a process of its own, with its memory while the clock ran, in seconds from then."""
    command = [sys.executable, "-m", "evals.benchmarks.ingest", str(folder), "--part", part]
    quiet = {**os.environ, "ANONYMIZED_TELEMETRY": "False"}  # Chroma's, where LlamaIndex opens it
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=quiet) as process,
        Curve(process.pid) as curve,
    ):
        said, _ = process.communicate()
    if process.returncode:
        raise SystemExit(f"{part} failed")
    figures: Figures = json.loads(said.splitlines()[-1])
    begun, ended = figures.pop("begun"), figures.pop("ended")
    samples = [s._replace(at=s.at - begun) for s in curve.samples if begun <= s.at <= ended]
    return figures, samples


def run(folder: Path) -> dict[str, Any]:
    """All of it on one folder of files."""
    first, _ = in_process("session-0", folder)
    citewell, citewell_memory = in_process("citewell", folder)
    second, _ = in_process("session-1", folder)
    llamaindex, llamaindex_memory = in_process("llamaindex", folder)
    session = {name: first[name] + second[name] for name in first} | {"batch": first["batch"]}
    found: dict[str, Any] = {"session": session, "citewell": citewell, "llamaindex": llamaindex}
    for figures in found.values():
        figures["tokens_per_second"] = figures["tokens"] / figures["seconds"]
        figures["of_session"] = figures["tokens_per_second"] * session["seconds"] / session["tokens"]
    for name, samples in (("citewell", citewell_memory), ("llamaindex", llamaindex_memory)):
        found[name]["memory"] = samples
    return found


def table(size: int, found: dict[str, Any]) -> str:
    """The figures of one size, a row for each."""
    lines = [
        f"{size} articles, {found['session']['tokens']:,.0f} tokens",
        f"{'':12}{'seconds':>9}{'tokens/s':>10}{'of session':>12}{'CPU s':>8}{'chunks':>8}  MB at ¼, ½, end",
    ]
    for name, each in found.items():
        memory = ", ".join(f"{mb:.0f}" for mb in _quarters(each.get("memory", [])))
        lines.append(
            f"{name:12}{each['seconds']:9.1f}{each['tokens_per_second']:10,.0f}{each['of_session']:12.3f}"
            f"{each['processor_seconds']:8.1f}{each['chunks']:8.0f}  {memory}"
        )
    return "\n".join(lines)


def _quarters(samples: Sequence[Sample]) -> list[float]:
    """Memory of all processes around a quarter, half and the end of the time: medians of a tenth of it."""
    if not samples:
        return []
    width = max(1, len(samples) // 10)
    places = (len(samples) // 4, len(samples) // 2, len(samples) - width)
    return [statistics.median(s.own + s.children for s in samples[at : at + width]) for at in places]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", nargs="+", type=Path)
    parser.add_argument("--sizes", nargs="+", type=int, default=[300, 1_000])
    parser.add_argument("--out", type=Path)
    parser.add_argument("--part", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.part:
        print(json.dumps(_PARTS[arguments.part](arguments.data[0])))
        return
    paragraphs = paragraphs_of(load(path) for path in arguments.data)
    measured = {}
    with tempfile.TemporaryDirectory() as temporary:
        for size in arguments.sizes:
            folder = Path(temporary) / str(size)
            write_files(islice(altered_articles(paragraphs, together=TOGETHER), size), folder)
            measured[size] = run(folder)
            print(table(size, measured[size]), flush=True)
            if arguments.out:
                arguments.out.write_text(json.dumps(measured, indent=1), encoding="utf-8")


_PARTS: dict[str, Callable[[Path], Figures]] = {
    "session-0": lambda folder: measure_session(folder, 0),
    "session-1": lambda folder: measure_session(folder, 1),
    "citewell": measure_citewell,
    "llamaindex": measure_llamaindex,
}

if __name__ == "__main__":
    main()
