"""Open-book figures on anyone's data: `python -m evals.benchmarks.open_book DATA… --out DIR`

DATA is a folder in the form of BEIR, of which retrieval is measured (full text, vectors, both), or
a file in the form of SQuAD, of which answers are (the articles become a library, every question is asked). In
`--out` stand open_book.json and open_book.md, a table of each; `--limit N` takes N questions, evenly spread.

- retrieval: a document is as high as the best of its passages; hit@k, MRR@10, nDCG@10 and recall@10 over
  documents, as BEIR has them.
- answers: the share that holds an accepted answer, the best token F1 (low by construction for an engine that
  quotes whole sentences), the share that cites the passage asked about; and refusals, of what should be
  answered and of what should not.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path

from evals.benchmarks.beir import Collection, JudgedQuery, load_beir
from evals.benchmarks.datasets import Dataset, GoldQuestion, load, spread
from evals.benchmarks.outcome import Figures, Outcome, Table, tell
from evals.metrics.hit import hit_at
from evals.metrics.mrr import mrr_at
from evals.metrics.ndcg import ndcg_at
from evals.metrics.overlap import token_f1
from evals.metrics.recall import recall_at
from evals.metrics.text import find_phrase, tokenize
from index.library import Hit, Library
from rag import Answer, CitedQueryEngine, Settings
from rag.retriever import CANDIDATES, HybridRetriever

DEPTH = 10


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", nargs="+", type=Path)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--limit", type=int)
    arguments = parser.parse_args()
    tables = [Table(title=p.name, rows=measure(p, arguments.limit)) for p in arguments.data]
    about = "Retrieval over data in BEIR's form, answers and refusals over data in SQuAD's."
    tell(Outcome(name="open_book", about=about, tables=tables), arguments.out)


def measure(path: Path, limit: int | None = None) -> dict[str, Figures]:
    """The figures of one data set, by what was measured."""
    return retrieval(load_beir(path), limit) if path.is_dir() else answers(load(path), limit)


def retrieval(collection: Collection, limit: int | None = None) -> dict[str, Figures]:
    """Full text alone, vectors alone and both, over a collection in BEIR's form."""
    queries = spread(collection.queries, limit)
    found: dict[str, list[list[str]]] = {"full text": [], "vectors": [], "hybrid": []}
    with tempfile.TemporaryDirectory() as folder, Library.open(folder, create=True) as library:
        library.add(collection.articles)
        retriever = HybridRetriever(library, top_k=CANDIDATES)
        for query in queries:
            hits = library.search(query.text, k=CANDIDATES).hits
            by_text = [(-(h.text_rank or 0), h) for h in hits if h.text_rank]
            by_vector = [(-(h.vector_rank or 0), h) for h in hits if h.vector_rank]
            found["full text"].append(_documents(by_text))
            found["vectors"].append(_documents(by_vector))
            fused = retriever.search(query.text)
            found["hybrid"].append(_documents(list(zip(fused.scores, fused.hits, strict=True))))
    return {name: ranking_figures(queries, lists) for name, lists in found.items()}


def ranking_figures(queries: Sequence[JudgedQuery], lists: Sequence[Sequence[str]]) -> Figures:
    """Means over the queries, of documents found, best first."""
    first, recalls, ndcgs = [], [], []
    for query, documents in zip(queries, lists, strict=True):
        places = {document: rank for rank, document in enumerate(documents, start=1)}
        ranks = [places.get(document) for document in query.relevant]
        first.append(min((rank for rank in ranks if rank is not None), default=None))
        recalls.append(recall_at(ranks, DEPTH))
        gains = [query.relevant.get(document, 0.0) for document in documents]
        ndcgs.append(ndcg_at(gains, list(query.relevant.values()), DEPTH))
    return {
        "questions": len(queries),
        **{f"hit@{k}": hit_at(first, k) for k in (1, 3, 5, 10)},
        f"mrr@{DEPTH}": mrr_at(first, DEPTH),
        f"ndcg@{DEPTH}": sum(ndcgs) / len(ndcgs),
        f"recall@{DEPTH}": sum(recalls) / len(recalls),
    }


def answers(dataset: Dataset, limit: int | None = None) -> dict[str, Figures]:
    """What is answered and what is refused, over a data set in SQuAD's form."""
    questions = spread(dataset.questions, limit)
    with tempfile.TemporaryDirectory() as folder, Library.open(folder, create=True) as library:
        library.add(dataset.articles)
        engine = CitedQueryEngine(library, settings=Settings())
        asked = [(question, engine.ask(question.text)) for question in questions]
        name = asked[0][1].answerer
    return {name: answer_figures(asked)}


def answer_figures(asked: Sequence[tuple[GoldQuestion, Answer]]) -> Figures:
    """Means over the questions; what was refused is in no mean but the refusals'."""
    due = [(q, a) for q, a in asked if q.answerable]
    given = [(q, a) for q, a in due if a.answerable]
    unanswerable = [a for q, a in asked if not q.answerable]
    return {
        "questions": len(asked),
        "holds the answer": _share([holds(q, a) for q, a in given if q.answers]),
        "token F1": _share(
            [max(token_f1(_words(a), each) for each in q.answers) for q, a in given if q.answers]
        ),
        "cites the passage": _share([cites(q, a) for q, a in given]),
        "false refusals": _share([not a.answerable for _, a in due]),
        "refusals": _share([not a.answerable for a in unanswerable]),
    }


def _documents(scored: Sequence[tuple[float, Hit]]) -> list[str]:
    """Documents by the best of their passages."""
    ranked = sorted(scored, key=lambda pair: (-pair[0], pair[1].chunk.chunk_id))
    return list(dict.fromkeys(hit.chunk.article_id for _, hit in ranked))[:DEPTH]


def _words(answer: Answer) -> str:
    return " ".join(sentence.text for sentence in answer.sentences)


def holds(question: GoldQuestion, answer: Answer) -> bool:
    said = tokenize(_words(answer))
    return any(find_phrase(tokenize(accepted), said) for accepted in question.answers)


def cites(question: GoldQuestion, answer: Answer) -> bool:
    gold = question.context
    return any(
        c.article_id == question.article_id and c.start < gold.end and gold.start < c.end
        for c in answer.citations
    )


def _share(values: Sequence[float]) -> float | None:
    return round(sum(values) / len(values), 4) if values else None


if __name__ == "__main__":
    main()
