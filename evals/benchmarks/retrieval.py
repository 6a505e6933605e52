"""Does the gold passage come up? `python -m evals.benchmarks.retrieval DATA…`

For each data set (see `evals.benchmarks.datasets`) its articles become a library, and each answerable
question is asked of full text alone, vectors alone and the fusion of both. A passage is a hit when it
overlaps the characters of the gold: the context that the question was asked of (SQuAD, CLAP NQ), or a
sentence marked as right (TREC-QA). The figures are over questions, as percentages of 1.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path

from evals.benchmarks.datasets import Dataset, GoldQuestion, load
from evals.metrics.hit import hit_at
from evals.metrics.mrr import mrr_at
from index.library import Hit, Library
from rag.retriever import CANDIDATES, HybridRetriever

DEPTH = 10


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", nargs="+", type=Path)
    for path in parser.parse_args().data:
        measure(load(path))


def measure(dataset: Dataset) -> None:
    """Print a table for one data set."""
    found: dict[str, list[int | None]] = {"full text": [], "vectors": [], "hybrid": []}
    with tempfile.TemporaryDirectory() as folder, Library.open(folder, create=True) as library:
        library.add(dataset.articles)
        retriever = HybridRetriever(library, top_k=DEPTH)
        for question in (q for q in dataset.questions if q.answerable):
            hits = library.search(question.text, k=CANDIDATES).hits
            by_text = sorted((h for h in hits if h.text_rank), key=lambda h: h.text_rank or 0)
            by_vector = sorted((h for h in hits if h.vector_rank), key=lambda h: h.vector_rank or 0)
            found["full text"].append(_first_hit(question, by_text[:DEPTH]))
            found["vectors"].append(_first_hit(question, by_vector[:DEPTH]))
            found["hybrid"].append(_first_hit(question, retriever.search(question.text).hits))
        chunks = library.chunk_count()
    print(
        f"{dataset.name}: {len(dataset.articles)} articles, {chunks} chunks, {len(found['hybrid'])} questions"
    )
    print(f"  {'':10} {'hit@1':>6} {'hit@3':>6} {'hit@5':>6} {'hit@10':>6} {'MRR@10':>6}")
    for name, ranks in found.items():
        figures = [*(hit_at(ranks, k) for k in (1, 3, 5, 10)), mrr_at(ranks, 10)]
        print(f"  {name:10} " + " ".join(f"{figure:6.3f}" for figure in figures))


def _first_hit(question: GoldQuestion, hits: Sequence[Hit]) -> int | None:
    for rank, hit in enumerate(hits, start=1):
        chunk = hit.chunk
        if any(place.overlaps(chunk.article_id, chunk.start, chunk.end) for place in question.gold):
            return rank
    return None


if __name__ == "__main__":
    main()
