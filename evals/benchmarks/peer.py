"""Citewell beside plain LlamaIndex, in one run: `python -m evals.benchmarks.peer DATA --out DIR`

DATA is a file in the form of SQuAD. Both read the same articles with the same embedder. Measured are how
fast they take them in; whether a passage that holds an accepted answer whole comes up (`--questions N`); and
what is answered on a fixed sample of `--sample N` answerable and as many unanswerable questions, by Citewell
quoting, Citewell with a local model and the peer with the same model, one question after the other to each,
so that a busy machine slows all alike. `--llm none` leaves out what needs the model. The answers are kept in
`peer.json`; with `--log FILE` each is written down as it comes and not asked again.

- holds the answer: an accepted answer stands in the words of the answer, over all answerable questions.
- cites the passage: a carried citation overlaps the paragraph that was asked about, over the same.
- valid, covered, supported: markers that resolve, content sentences with one, content sentences that their
  citations carry (`evals.metrics`), over what was answered. Citewell checks its own sentences by the same
  rules, so that its support measures plumbing; the peer's is a judgement.
- refused: the engine's flag; the peer has none, its first sentence decides (`evals.foreign.replies`).
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Protocol

from llama_index.core.llms import LLM

from evals.benchmarks.datasets import Dataset, GoldQuestion, load, spread
from evals.benchmarks.local_model import sample
from evals.benchmarks.open_book import cites, holds
from evals.benchmarks.outcome import Figures, Outcome, Table, mean, tell
from evals.benchmarks.plain_llama_index import CHUNK, SHOWN, PlainLlamaIndex
from evals.benchmarks.plots import Bars
from evals.foreign.replies import answer_of
from evals.foreign.shelf import Shelf
from evals.metrics.coverage import citation_coverage
from evals.metrics.hit import hit_at
from evals.metrics.mrr import mrr_at
from evals.metrics.support import Carrier, citation_support, judge_support
from evals.metrics.validity import citation_validity
from index.article import Span
from index.errors import UsageError
from index.library import Library
from index.splitter import CHUNK_TOKENS
from rag import Answer, CitedQueryEngine, Settings
from rag.models.llms import load_llm
from rag.retriever import HybridRetriever

DEPTH = 10
QUOTING, WRITING, PEER = "Citewell, quoting", "Citewell, model", "LlamaIndex, model"

Record = dict[str, Any]
"""One question put to one engine: what it answered and when."""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--questions", type=int, default=300)
    parser.add_argument("--sample", type=int, default=20)
    parser.add_argument("--llm", default="local")
    parser.add_argument("--log", type=Path)
    arguments = parser.parse_args()
    dataset = load(arguments.data)
    found = measure(dataset, arguments.questions, arguments.sample, llm=arguments.llm, log=arguments.log)
    tell(found, arguments.out)


def measure(
    dataset: Dataset, questions: int, count: int, *, llm: str = "none", log: Path | None = None
) -> Outcome:
    """Both pipelines over one data set.

    Args:
        dataset: Articles and questions.
        questions: Answerable ones that retrieval is measured on.
        count: Answerable ones, and unanswerable ones, that are answered.
        llm: Name of the model that writes; `none` to leave out what needs one.
        log: Where answers are written down and found again.
    """
    with ExitStack() as open_things:
        folder = Path(open_things.enter_context(tempfile.TemporaryDirectory()))
        library = open_things.enter_context(Library.open(folder / "citewell", create=True))
        _ = library.embedder  # loaded before the clock starts
        begun = time.perf_counter()
        library.add(dataset.articles)
        ours = time.perf_counter() - begun
        begun = time.perf_counter()
        peer = PlainLlamaIndex(dataset.articles, folder / "peer")
        theirs = time.perf_counter() - begun
        words = sum(len(article.text.split()) for article in dataset.articles)
        intake: dict[str, Figures] = {
            "Citewell": {"seconds": ours, "words a second": words / ours, "chunks": library.chunk_count()},
            "LlamaIndex": {"seconds": theirs, "words a second": words / theirs, "chunks": len(peer.nodes)},
        }
        asked = spread([q for q in dataset.questions if q.answerable and q.answers], questions)
        retrieval = {
            "Citewell": _ranking(asked, [_ours(library, q) for q in asked]),
            "LlamaIndex": _ranking(asked, [_theirs(peer, q) for q in asked]),
        }
        shelf = Shelf(dataset.articles)
        engines: dict[str, _Asked] = {QUOTING: _citewell(library, None)}
        if llm != "none":  # two of the model: what each has read before is its own
            engines |= {WRITING: _citewell(library, _model(llm)), PEER: _peer(peer, _model(llm), shelf)}
        records = list(_put(sample(dataset, count), engines, log))
    figures = {name: figures_of([r for r in records if r["engine"] == name], shelf) for name in engines}
    columns = ("hit@1", "hit@3", "hit@5", "hit@10")
    shares = (
        "holds the answer",
        "cites the passage",
        "valid",
        "covered",
        "supported",
        "refused",
        "falsely refused",
    )
    return Outcome(
        name="peer",
        about=f"Citewell beside a plain LlamaIndex pipeline over {dataset.name}, in one run.",
        tables=[
            Table(
                title="Taking articles in", rows=intake, note="One pass each, the embedder already loaded."
            ),
            Table(
                title="A passage that holds an accepted answer comes up",
                rows=retrieval,
                note="Share of the questions with an accepted answer whole in a passage of the first k. The "
                f"peer's chunks are of {CHUNK} tokens, Citewell's of at most {CHUNK_TOKENS}.",
            ),
            Table(
                title=f"Answers to {count} answerable and {count} unanswerable questions",
                rows=figures,
                note="Of the answerable: an accepted answer stands there, the paragraph asked about is "
                "cited. Of what was answered: markers that resolve, sentences that carry one, sentences that "
                "their citations carry. Refused of the unanswerable, and of the answerable. Medians of the "
                f"seconds to the first words and to the end. The peer's model is shown {SHOWN} chunks.",
            ),
        ],
        plots=[
            Bars(
                title="Retrieval",
                groups={c: {n: f[c] for n, f in retrieval.items()} for c in columns},
                most=1,
            ),
            Bars(title="Answers", groups={c: {n: f[c] for n, f in figures.items()} for c in shares}, most=1),
            Bars(title="Seconds to the end", groups={"": {n: f["end s"] for n, f in figures.items()}}),
        ],
        details={"answers": records},
    )


def _ranking(asked: Sequence[GoldQuestion], lists: Sequence[Sequence[tuple[str, Span | None]]]) -> Figures:
    ranks = [
        next((rank for rank, place in enumerate(found, start=1) if _holds_whole(q, *place)), None)
        for q, found in zip(asked, lists, strict=True)
    ]
    return {
        "questions": len(asked),
        **{f"hit@{k}": hit_at(ranks, k) for k in (1, 3, 5, 10)},
        f"MRR@{DEPTH}": mrr_at(ranks, DEPTH),
    }


def _holds_whole(question: GoldQuestion, article_id: str, span: Span | None) -> bool:
    return (
        span is not None
        and article_id == question.article_id
        and any(span.start <= gold.start and gold.end <= span.end for gold in question.evidence)
    )


def _ours(library: Library, question: GoldQuestion) -> list[tuple[str, Span | None]]:
    hits = HybridRetriever(library, top_k=DEPTH).search(question.text).hits
    return [(hit.chunk.article_id, Span(hit.chunk.start, hit.chunk.end)) for hit in hits]


def _theirs(peer: PlainLlamaIndex, question: GoldQuestion) -> list[tuple[str, Span | None]]:
    return [(found.article_id, found.span) for found in peer.search(question.text, DEPTH)]


def _model(name: str) -> LLM:
    llm = load_llm(name, Settings())
    if llm is None:
        raise UsageError(f"{name!r} is no model", hint="name one, or none")
    return llm


class _Asked(Protocol):
    """Puts a question to one engine."""

    def __call__(self, question: str) -> tuple[Answer, float, float]:
        """The answer, and the seconds to its first words and to its end."""
        ...


def _citewell(library: Library, llm: LLM | None) -> _Asked:
    engine = CitedQueryEngine(library, settings=Settings(llm="verbatim"), llm=llm)
    engine.warm_up()

    def ask(question: str) -> tuple[Answer, float, float]:
        begun = time.perf_counter()
        first, *_, answer = [(piece, time.perf_counter() - begun) for piece in engine.stream(question)]
        assert isinstance(answer[0], Answer)
        return answer[0], first[1], answer[1]

    return ask


def _peer(peer: PlainLlamaIndex, llm: LLM, shelf: Shelf) -> _Asked:
    def ask(question: str) -> tuple[Answer, float, float]:
        begun = time.perf_counter()
        first, *_, reply = [(piece, time.perf_counter() - begun) for piece in peer.stream(question, llm)]
        return answer_of(reply[0], question, shelf), first[1], reply[1]

    return ask


def _put(asked: Iterable[GoldQuestion], engines: Mapping[str, _Asked], log: Path | None) -> Iterator[Record]:
    """Every question to every engine in turn; what the log has already is not asked again."""
    lines = log.read_text(encoding="utf-8").splitlines() if log is not None and log.exists() else []
    known = {(r["engine"], r["question"]): r for r in map(json.loads, lines)}
    for gold in asked:
        for name, ask in engines.items():
            record = known.get((name, gold.text))
            if record is None:
                answer, first, end = ask(gold.text)
                record = {
                    "engine": name,
                    "question": gold.text,
                    "answerable": gold.answerable,
                    "accepted": list(gold.answers),
                    "holds": holds(gold, answer),
                    "cites": cites(gold, answer),
                    "first_s": round(first, 3),
                    "end_s": round(end, 3),
                    "answer": answer.to_dict() | {"passages": []},
                }
                if log is not None:
                    with log.open("a", encoding="utf-8") as file:
                        file.write(json.dumps(record, ensure_ascii=False) + "\n")
            yield record


def figures_of(records: Sequence[Record], shelf: Shelf) -> Figures:
    """What one engine made of the sample."""

    def text_of(article_id: str, version: str) -> str | None:
        article = shelf.article(article_id, version)
        return article.text if article else None

    due = [r for r in records if r["answerable"]]
    other = [r for r in records if not r["answerable"]]
    given = [Answer.from_dict(r["answer"]) for r in records if r["answer"]["answerable"]]
    return {
        "holds the answer": mean([r["holds"] and r["answer"]["answerable"] for r in due]),
        "cites the passage": mean([r["cites"] for r in due]),
        "valid": mean([citation_validity(a) for a in given]),
        "covered": mean([citation_coverage(a) for a in given]),
        "supported": mean([citation_support(judge_support(a, Carrier(a, text_of))) for a in given]),
        "refused": mean([not r["answer"]["answerable"] for r in other]),
        "falsely refused": mean([not r["answer"]["answerable"] for r in due]),
        "first s": statistics.median(r["first_s"] for r in records),
        "end s": statistics.median(r["end_s"] for r in records),
    }


if __name__ == "__main__":
    main()
