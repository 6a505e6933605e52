"""What `evals.benchmarks.ingest` measures, each part in a process of its own.

`python -m evals.benchmarks.ingest_parts PART FOLDER` prints the figures of one part as JSON.
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from evals.benchmarks.set_up import usable_cores
from index.batches import batched
from index.entries import Entry, make_entry
from index.readers import discover, read
from index.readers.reading import Reading
from index.splitter import CHUNK_TOKENS

_TRIED = 64
"""Passages that the ways of running the session are compared on."""
_BATCH = 8

Numbers = dict[str, float]
T = TypeVar("T")


def entries_of(folder: Path) -> list[Entry]:
    """The files, read and split as Citewell does it."""
    return [entry for path in discover(folder) for entry in entries_in(path)]


def entries_in(path: Path) -> Iterator[Entry]:
    """One file, read and split."""
    for article in read(path, article_id=path.name, reading=Reading()):
        if isinstance(article, Exception):
            raise article
        yield make_entry(article)


def measure_session(folder: Path, half: int) -> Numbers:
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
    with ThreadPoolExecutor(usable_cores()) as threads:
        for _ in threads.map(lambda ids: session(np.array([ids], dtype=np.int64)), encoded):
            pass


def _eight_a_run(encoded: Sequence[Sequence[int]]) -> None:
    session = _session(usable_cores())
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


def measure_citewell(folder: Path) -> Numbers:
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


def measure_llamaindex(folder: Path) -> Numbers:
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


def _clocked(job: Callable[[], T]) -> tuple[T, Numbers]:
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


PARTS: dict[str, Callable[[Path], Numbers]] = {
    "session-0": lambda folder: measure_session(folder, 0),
    "session-1": lambda folder: measure_session(folder, 1),
    "citewell": measure_citewell,
    "llamaindex": measure_llamaindex,
}

if __name__ == "__main__":
    print(json.dumps(PARTS[sys.argv[1]](Path(sys.argv[2]))))
