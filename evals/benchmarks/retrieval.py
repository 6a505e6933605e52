"""Does the gold passage come up? `python -m evals.benchmarks.retrieval DATA… [--questions N] [--out DIR]`

For each data set (see `evals.benchmarks.datasets`) its articles become a library, and each answerable
question is asked of full text alone, vectors alone and the fusion of both. A passage is a hit when it
overlaps the characters of the gold: the context that the question was asked of (SQuAD, CLAP NQ), or a
sentence marked as right (TREC-QA). The figures are over questions, as shares of 1; of each data set all
answerable questions are asked, or so many of them, evenly spread.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path

from evals.benchmarks.datasets import Dataset, GoldQuestion, load, spread
from evals.benchmarks.outcome import Outcome, Table, tell
from evals.benchmarks.plots import Bars
from evals.metrics.hit import hit_at
from evals.metrics.mrr import mrr_at
from index.library import Hit, Library
from rag.retriever import CANDIDATES, HybridRetriever

DEPTH = 10
COLUMNS = ("hit@1", "hit@3", "hit@5", "hit@10", "MRR@10")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", nargs="+", type=Path)
    parser.add_argument("--questions", type=int)
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    tables = [measure(load(path), arguments.questions) for path in arguments.data]
    about = "Share of answerable questions whose gold passage comes up among the first k."
    plots = [
        Bars(
            title=f"Gold passage found, {table.title.partition(':')[0]}",
            groups={column: {n: row[column] for n, row in table.rows.items()} for column in COLUMNS},
            most=1,
        )
        for table in tables
    ]
    tell(Outcome(name="retrieval", about=about, tables=tables, plots=plots), arguments.out)


def measure(dataset: Dataset, questions: int | None = None) -> Table:
    """The table of one data set."""
    found: dict[str, list[int | None]] = {"full text": [], "vectors": [], "hybrid": []}
    with tempfile.TemporaryDirectory() as folder, Library.open(folder, create=True) as library:
        library.add(dataset.articles)
        retriever = HybridRetriever(library, top_k=DEPTH)
        for question in spread([q for q in dataset.questions if q.answerable], questions):
            hits = library.search(question.text, k=CANDIDATES).hits
            by_text = sorted((h for h in hits if h.text_rank), key=lambda h: h.text_rank or 0)
            by_vector = sorted((h for h in hits if h.vector_rank), key=lambda h: h.vector_rank or 0)
            found["full text"].append(_first_hit(question, by_text[:DEPTH]))
            found["vectors"].append(_first_hit(question, by_vector[:DEPTH]))
            found["hybrid"].append(_first_hit(question, retriever.search(question.text).hits))
        chunks = library.chunk_count()
    rows = {
        name: dict(zip(COLUMNS, [*(hit_at(r, k) for k in (1, 3, 5, 10)), mrr_at(r, DEPTH)], strict=True))
        for name, r in found.items()
    }
    size = f"{len(dataset.articles)} articles, {chunks} chunks, {len(found['hybrid'])} questions"
    note = (
        f"Share of the questions with a gold passage among the first k, and the mean of 1/rank (MRR, 0 below "
        f"{DEPTH}). Full text and vectors each alone are the control."
    )
    return Table(title=f"{dataset.name}: {size}", rows=rows, note=note)


def _first_hit(question: GoldQuestion, hits: Sequence[Hit]) -> int | None:
    for rank, hit in enumerate(hits, start=1):
        chunk = hit.chunk
        if any(place.overlaps(chunk.article_id, chunk.start, chunk.end) for place in question.gold):
            return rank
    return None


if __name__ == "__main__":
    main()
