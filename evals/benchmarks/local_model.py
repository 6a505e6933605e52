"""What the local model adds, and when to refuse: `python -m evals.benchmarks.local_model DATA… [--write]`.

Of each data set a fixed sample of answerable and of unanswerable questions (`--sample N` of each) is put to a
library of its articles, and of the answerable ones of `--off-topic FILE` half as many. The model gives its
opinion on all, and answers the answerable ones, refused or not (`--opinions-only`: it answers none). Printed
beside what quoting gives on the same questions: gold answer contained in the answer and in the cited quotes,
sentences by support, seconds to the sources, to the first sentence and to the end, and the area under the
curve of refusal scores, answerable against unanswerable.

`--write` fits `rag/answerability_model.json` on the sample, and keeps the calibration curve beside this
script. The areas and the refusals printed are cross-validated by article either way. What the model said is
kept in `--log FILE`, and what stands there is not asked again as long as the model would be shown the same;
with `--stale` not even then, for a quick fit after a change of the evidence model.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np

from evals.benchmarks import answerability
from evals.benchmarks.datasets import Dataset, GoldQuestion, load
from evals.benchmarks.evidence_questions import Sort
from evals.benchmarks.remembering import Remembering
from index.errors import ModelError
from index.library import Library
from rag import Settings
from rag.answerers import generative, verbatim
from rag.answerers.backing import backing
from rag.citations import CitationDesk, DraftSentence
from rag.evidence import Evidence, find_evidence, shipped_model
from rag.models.writer import Message, Writer
from rag.question import Question, analyse
from rag.retriever import HybridRetriever
from rag.weights import TermWeights

Record = dict[str, Any]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", nargs="+", type=Path)
    parser.add_argument("--sample", type=int, default=150)
    parser.add_argument("--off-topic", type=Path)
    parser.add_argument("--llm", default="local")
    parser.add_argument("--log", type=Path, default=None)
    parser.add_argument("--stale", action="store_true")
    parser.add_argument("--opinions-only", action="store_true")
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    writer = Writer.by_name(arguments.llm, Settings())
    if writer is None:
        parser.error("name a model")
    model = Remembering(writer, arguments.log, stale=arguments.stale)
    foreign: list[GoldQuestion] = []
    if arguments.off_topic is not None:
        drawn = sample(load(arguments.off_topic), arguments.sample // 2)
        foreign = [question for question in drawn if question.answerable]
    records: list[Record] = []
    for dataset in map(load, arguments.data):
        asked = sample(dataset, arguments.sample)
        records.extend(measure(dataset, asked, foreign, model, answers=not arguments.opinions_only))
    model.close()
    for name in dict.fromkeys(record["dataset"] for record in records):
        if answered := [r for r in records if r["dataset"] == name and "support" in r]:
            report_answers(name, answered)
    answerability.report(records)
    if arguments.write:
        answerability.write(records)


def sample(dataset: Dataset, count: int) -> list[GoldQuestion]:
    """The same questions at each run, an answerable and an unanswerable one in turn."""
    drawn = sorted(dataset.questions, key=lambda q: crc32(q.text.encode()))
    by_sort = [[q for q in drawn if q.answerable == sort][:count] for sort in (True, False)]
    longer = max(map(len, by_sort))
    return [questions[n] for n in range(longer) for questions in by_sort if n < len(questions)]


def measure(
    dataset: Dataset,
    asked: Sequence[GoldQuestion],
    foreign: Sequence[GoldQuestion],
    model: Remembering,
    *,
    answers: bool,
) -> Iterator[Record]:
    """What evidence and model say of each question, of those off the topic too, and what is answered."""
    with tempfile.TemporaryDirectory() as folder, Library.open(folder, create=True) as library:
        library.add(dataset.articles)
        retriever = HybridRetriever(library)
        for gold in (*asked, *foreign):
            started = time.perf_counter()
            question = analyse(gold.text, TermWeights.of(library))
            retrieval = retriever.search(gold.text)
            found = time.perf_counter() - started
            evidence = find_evidence(question, retrieval, shipped_model())
            if not evidence.sentences:
                continue
            shown = generative.exhibits(question, evidence)
            messages = generative.prompt(question, shown)
            taken = time.perf_counter() - started
            opinion, seconds = model.opinion(gold.text, messages)
            sort = _sort(gold, dataset)
            record: Record = {
                "dataset": dataset.name,
                "question": gold.text,
                "article": gold.group,
                "sort": sort,
                "answerable": sort == "answerable",
                "confidence": evidence.confidence,
                "gap": bool(evidence.gaps),
                "weak": evidence.confidence < evidence.threshold,
                "opinion": opinion,
                "found_s": found,
                "opinion_s": taken + seconds,
            }
            if answers and record["answerable"]:
                record |= _answered(gold, question, evidence, shown, messages, model, library)
                for key in ("first_s", "end_s"):
                    if key in record:
                        record[key] += taken + seconds
            yield record


def _sort(gold: GoldQuestion, dataset: Dataset) -> Sort:
    if gold not in dataset.questions:
        return "off-topic"
    return "answerable" if gold.answerable else "unanswerable"


def _answered(
    gold: GoldQuestion,
    question: Question,
    evidence: Evidence,
    shown: Sequence[generative.Exhibit],
    messages: tuple[Message, ...],
    model: Remembering,
    library: Library,
) -> Record:
    """How it is answered; seconds count from the model's opinion."""
    record: Record = {"prompt_tokens": model.count_tokens(gold.text, str(messages[-1]))}
    verifier = generative.Verifier(question, shown, model.writer)
    drafts: list[DraftSentence] = []
    timed = model.reply(gold.text, messages)
    times = [0.0]

    def pieces() -> Iterator[str]:
        for seconds, piece in timed:
            times.append(seconds)
            yield piece

    with suppress(ModelError):  # it wrote nothing: the engine quotes instead
        for draft in verifier.sentences(pieces()):
            record.setdefault("first_s", times[-1])
            drafts.append(draft)
    own = [draft.text for draft in drafts]
    drafts.extend(backing(question, evidence, drafts) if drafts else verbatim.write(question, evidence))
    desk = CitationDesk(library.show)
    for draft in drafts:
        desk.check(draft)
    quoted = [sentence.text for sentence in verbatim.write(question, evidence)]
    return record | {
        "end_s": times[-1],
        "answer": " ".join(s.text for s in desk.sentences),
        "words": sum(len(s.text.split()) for s in desk.sentences),
        "gold": list(gold.answers),
        "support": [s.support for s in desk.sentences[: len(own)]],
        "replaced": verifier.replaced,
        "unresolved": desk.dropped,
        "in_answer": _contains(gold, [s.text for s in desk.sentences]),
        "in_own": _contains(gold, own),
        "in_quotes": _contains(gold, [c.quote for c in desk.citations]),
        "in_shown": _contains(gold, [exhibit.quote for exhibit in shown]),
        "in_verbatim": _contains(gold, quoted),
    }


def _contains(gold: GoldQuestion, texts: Sequence[str]) -> bool:
    """Whether an accepted answer stands in the texts; marked sentences have to be there whole."""
    joined = " ".join(texts).lower()
    return any(answer.lower() in joined for answer in gold.answers)


def report_answers(name: str, records: Sequence[Record]) -> None:
    """Print how the answerable questions of one data set were answered."""
    print(f"{name}: {len(records)} answerable questions")
    if any(record["gold"] for record in records):
        for key, said in (
            ("in_shown", "shown to the model"),
            ("in_own", "in the model's own sentences"),
            ("in_answer", "in the whole answer"),
            ("in_quotes", "in the quotes it cites"),
            ("in_verbatim", "in the quoted answer"),
        ):
            print(f"  gold answer {said}: {np.mean([r[key] for r in records]):.3f}")
    support = [level for record in records for level in record["support"]]
    shares = {level: support.count(level) / len(support) for level in dict.fromkeys(support)}
    print("  its own sentences: " + ", ".join(f"{level} {share:.3f}" for level, share in shares.items()))
    print(f"  replaced by their quote: {sum(r['replaced'] for r in records)} of {len(support)}")
    print(f"  citations that do not resolve: {sum(r['unresolved'] for r in records)}")
    print(f"  without a sentence of its own: {sum(not r['support'] for r in records)}")
    for key in ("found_s", "opinion_s", "first_s", "end_s", "prompt_tokens", "words"):
        values = sorted(record[key] for record in records if key in record)
        print(f"  {key}: median {statistics.median(values):.2f}, p95 {values[int(len(values) * 0.95)]:.2f}")


if __name__ == "__main__":
    main()
