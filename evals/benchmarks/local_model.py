"""What the local model adds, and when to refuse: `python -m evals.benchmarks.local_model DATA… [--write]`.

Of each data set a fixed sample of answerable and of unanswerable questions (`--sample N` of each) is put to
a library of its articles. The model gives its opinion on all, and answers the answerable ones, refused or
not. Printed beside what quoting gives on the same questions: gold answer contained in the answer and in the
cited quotes, sentences by support, seconds to the sources, to the first sentence and to the end, and the
area under the curve of refusal scores, answerable against unanswerable.

`--write` fits `rag/answerability_model.json` on the sample, and keeps the calibration curve beside this
script. The areas and the refusals printed are cross-validated by article either way. Every question's
measurements are appended to `--log FILE`, and those in it already are not asked again.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

import rag.answerability
from evals.benchmarks.datasets import Dataset, GoldQuestion, load
from index.errors import ModelError
from index.library import Library
from rag import Settings
from rag.answerability import log_odds
from rag.answerers import generative, verbatim
from rag.citations import CitationDesk, DraftSentence
from rag.evidence import Evidence, find_evidence, shipped_model
from rag.models.writer import Writer
from rag.question import Question, analyse
from rag.retriever import HybridRetriever
from rag.weights import TermWeights

FOLDS = 5
FALSE_REFUSALS = 0.05
"""The threshold is where cross-validation refuses this share of the answerable questions."""
MAX_TOKENS = 160

Record = dict[str, Any]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", nargs="+", type=Path)
    parser.add_argument("--sample", type=int, default=150)
    parser.add_argument("--llm", default="local")
    parser.add_argument("--log", type=Path, default=None)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    writer = Writer.by_name(arguments.llm, Settings())
    if writer is None:
        parser.error("name a model")
    known = _read(arguments.log)
    records: list[Record] = []
    for dataset in map(load, arguments.data):
        for record in measure(dataset, arguments.sample, writer, known):
            records.append(record)
            if arguments.log is not None:
                with arguments.log.open("a") as log:
                    log.write(json.dumps(record) + "\n")
    writer.close()
    for name in dict.fromkeys(record["dataset"] for record in records):
        report_answers(name, [r for r in records if r["dataset"] == name and r["answerable"]])
    report_refusals(records)
    if arguments.write:
        write(records)


def _read(log: Path | None) -> dict[tuple[str, str], Record]:
    if log is None or not log.exists():
        return {}
    records = [json.loads(line) for line in log.read_text().splitlines()]
    return {(r["dataset"], r["question"]): r for r in records}


def sample(dataset: Dataset, count: int) -> list[GoldQuestion]:
    """The same questions at each run, as many answerable as unanswerable."""
    drawn = sorted(dataset.questions, key=lambda q: crc32(q.text.encode()))
    return [
        question
        for answerable in (True, False)
        for question in [q for q in drawn if q.answerable == answerable][:count]
    ]


def measure(
    dataset: Dataset, count: int, writer: Writer, known: dict[tuple[str, str], Record]
) -> Iterator[Record]:
    """What evidence and model say of each sampled question, and what is answered."""
    with tempfile.TemporaryDirectory() as folder, Library.open(folder, create=True) as library:
        library.add(dataset.articles)
        retriever = HybridRetriever(library)
        for gold in sample(dataset, count):
            if (dataset.name, gold.text) in known:
                yield known[dataset.name, gold.text]
                continue
            started = time.perf_counter()
            question = analyse(gold.text, TermWeights.of(library))
            retrieval = retriever.search(gold.text)
            found = time.perf_counter() - started
            evidence = find_evidence(question, retrieval, shipped_model())
            if evidence.sentences:
                record = _asked(gold, question, evidence, writer, library, started)
                yield record | {"dataset": dataset.name, "found_s": found}


def _asked(
    gold: GoldQuestion,
    question: Question,
    evidence: Evidence,
    writer: Writer,
    library: Library,
    started: float,
) -> Record:
    shown = generative.exhibits(question, evidence)
    messages = generative.prompt(question, shown)
    opinion = writer.yes_probability(messages)
    record: Record = {
        "question": gold.text,
        "article": gold.group,
        "answerable": gold.answerable,
        "confidence": evidence.confidence,
        "gap": bool(evidence.gaps),
        "opinion": 0.5 if opinion is None else opinion,
        "opinion_s": time.perf_counter() - started,
        "prompt_tokens": writer.count_tokens(str(messages[-1])),
    }
    if not gold.answerable:
        return record
    verifier = generative.Verifier(question, shown, writer)
    drafts: list[DraftSentence] = []
    pieces = writer.stream(messages, max_tokens=MAX_TOKENS, assistant_prefix="Yes.")
    with suppress(ModelError):  # it wrote nothing: the engine quotes instead
        for draft in verifier.sentences(pieces):
            record.setdefault("first_s", time.perf_counter() - started)
            drafts.append(draft)
    own = [draft.text for draft in drafts]
    drafts.extend(generative.backing(question, evidence, drafts))
    desk = CitationDesk(library.show)
    for draft in drafts:
        desk.check(draft)
    quoted = [sentence.text for sentence in verbatim.write(question, evidence)]
    return record | {
        "end_s": time.perf_counter() - started,
        "answer": " ".join(s.text for s in desk.sentences),
        "gold": list(gold.answers),
        "support": [s.support for s in desk.sentences],
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
    print("  sentences: " + ", ".join(f"{level} {share:.3f}" for level, share in shares.items()))
    print(f"  replaced by their quote: {sum(r['replaced'] for r in records)} of {len(support)}")
    print(f"  citations that do not resolve: {sum(r['unresolved'] for r in records)}")
    print(f"  without a sentence: {sum(not r['support'] for r in records)}")
    for key in ("found_s", "opinion_s", "first_s", "end_s", "prompt_tokens"):
        values = sorted(record[key] for record in records if key in record)
        print(f"  {key}: median {statistics.median(values):.2f}, p95 {values[int(len(values) * 0.95)]:.2f}")


def report_refusals(records: Sequence[Record]) -> None:
    """Print how well each score tells answerable from unanswerable, and the two-by-two."""
    combined = cross_validated(records)
    threshold = _threshold(records, combined)
    answerable = np.array([r["answerable"] for r in records])
    for name in dict.fromkeys(r["dataset"] for r in records):
        those = np.array([r["dataset"] == name for r in records])
        if answerable[those].all():
            continue
        print(f"{name}: area under the curve, answerable against unanswerable")
        for label, score in (
            ("evidence", np.array([r["confidence"] for r in records])),
            ("opinion", np.array([r["opinion"] for r in records])),
            ("combined", combined),
        ):
            print(f"  {label}: {roc_auc_score(answerable[those], score[those]):.3f}")
        refused = combined < threshold
        for sort, mask in (("answerable", those & answerable), ("unanswerable", those & ~answerable)):
            print(f"  refused at {threshold:.3f}: {refused[mask].sum()} of {mask.sum()} {sort}")


def _rows(records: Sequence[Record]) -> npt.NDArray[np.float64]:
    return np.array([[log_odds(r["confidence"]), log_odds(r["opinion"])] for r in records])


def _fitted(records: Sequence[Record]) -> LogisticRegression:
    """The model; it sees no question with a gap, since those are refused whatever it says."""
    records = [r for r in records if not r["gap"]]
    model = LogisticRegression(C=10, class_weight="balanced")
    return model.fit(_rows(records), [r["answerable"] for r in records])


def cross_validated(records: Sequence[Record]) -> npt.NDArray[np.float64]:
    """Each question's probability by a model that saw no question on its article."""
    folds = np.array([crc32(str(r["article"]).encode()) % FOLDS for r in records])
    probabilities = np.zeros(len(records))
    for fold in range(FOLDS):
        held = folds == fold
        if held.any():
            model = _fitted([r for r, out in zip(records, held, strict=True) if not out])
            probabilities[held] = model.predict_proba(_rows(records)[held])[:, 1]
    return np.where([r["gap"] for r in records], 0.0, probabilities)


def _threshold(records: Sequence[Record], probabilities: npt.NDArray[np.float64]) -> float:
    answerable = np.array([r["answerable"] for r in records])
    return float(np.quantile(probabilities[answerable], FALSE_REFUSALS))


def write(records: Sequence[Record]) -> None:
    """The model for `rag`; beside this script, how often what it says with a confidence is so."""
    model = _fitted(records)
    probabilities = cross_validated(records)
    evidence, opinion = (float(f"{weight:.4g}") for weight in model.coef_[0])
    stored = {
        "intercept": float(f"{model.intercept_[0]:.4g}"),
        "evidence": evidence,
        "opinion": opinion,
        "threshold": round(_threshold(records, probabilities), 3),
    }
    path = Path(rag.answerability.__file__).with_name("answerability_model.json")
    path.write_text(json.dumps(stored, indent=1) + "\n")
    answerable = np.array([r["answerable"] for r in records])
    curve = []
    for low in np.arange(0, 1, 0.1):
        inside = (probabilities >= low) & (probabilities < low + 0.1)
        if inside.any():
            curve.append(
                {
                    "confidence": round(float(probabilities[inside].mean()), 3),
                    "answerable": round(float(answerable[inside].mean()), 3),
                    "questions": int(inside.sum()),
                }
            )
    Path(__file__).with_name("answerability_calibration.json").write_text(json.dumps(curve, indent=1) + "\n")


if __name__ == "__main__":
    main()
