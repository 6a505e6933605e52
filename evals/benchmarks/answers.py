"""Does the answer hold what was asked, and is the rest refused?

`python -m evals.benchmarks.answers DATA… [--questions N] [--out DIR]`

For each data set its articles become a library, asked all its questions, or so many of them, with refusals
off. Printed: the share of answerable
questions with an accepted answer contained in the first 1, 2, 3 sentences of the verbatim answer, and the
sentences of an answer on average; the area under the curve of `confidence` for answerable against
unanswerable questions; and, of the questions of the other data sets (off-topic) and of the own answerable
ones, how many the shipped threshold refuses. The shipped model was fitted on squad2_dev_a and clapnq_dev: on
those this shows what ships, and `train_evidence` prints the cross-validated figures.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path
from zlib import crc32

from sklearn.metrics import roc_auc_score

from evals.benchmarks.datasets import Dataset, GoldQuestion, load, spread
from evals.benchmarks.outcome import Outcome, Table, mean, tell
from evals.benchmarks.plots import Lines, Plot
from index.library import Library
from rag import Answer, CitedQueryEngine, Settings
from rag.evidence import shipped_model

OFF_TOPIC = 200
"""Questions of other data sets that each library is asked."""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", nargs="+", type=Path)
    parser.add_argument("--questions", type=int)
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    datasets = [load(path) for path in arguments.data]
    tables: list[Table] = []
    plots: list[Plot] = []
    for dataset in datasets:
        others = [q for other in datasets if other is not dataset for q in other.questions]
        most = min(OFF_TOPIC, arguments.questions or OFF_TOPIC)
        strangers = sorted(others, key=lambda q: crc32(q.text.encode()))[:most]
        some, curve = measure(dataset, strangers, arguments.questions)
        tables += some
        plots += [curve]
    about = "What quoted answers hold, and what the shipped threshold refuses."
    tell(Outcome(name="answers", about=about, tables=tables, plots=plots), arguments.out)


def measure(
    dataset: Dataset, strangers: Sequence[GoldQuestion], questions: int | None = None
) -> tuple[list[Table], Plot]:
    """The figures of one data set, and how far its confidence is to be believed."""
    with tempfile.TemporaryDirectory() as folder, Library.open(folder, create=True) as library:
        library.add(dataset.articles)
        engine = CitedQueryEngine(library, settings=Settings(refuse_below=0))
        asked = [(question, engine.ask(question.text)) for question in spread(dataset.questions, questions)]
        off_topic = [engine.ask(question.text).confidence for question in strangers]
        threshold = shipped_model().threshold(library.chunk_count())
    answerable = [(question, answer) for question, answer in asked if question.answerable]
    row: dict[str, float | None] = {
        **{f"in the first {n}": mean([_holds(q, answer, n) for q, answer in answerable]) for n in (1, 2, 3)},
        "sentences": mean([len(answer.sentences) for _, answer in answerable]),
        "area": None,
    }
    if 0 < len(answerable) < len(asked):
        row["area"] = roc_auc_score([q.answerable for q, _ in asked], [a.confidence for _, a in asked])
    groups = {
        "answerable": [a.confidence for _, a in answerable],
        "unanswerable": [a.confidence for q, a in asked if not q.answerable],
        "off-topic": off_topic,
    }
    refused = {
        name: {"questions": len(found), "refused": mean([c < threshold for c in found])}
        for name, found in groups.items()
        if found
    }
    tables = [
        Table(
            title=f"{dataset.name}: {len(answerable)} answerable of {len(asked)} questions",
            rows={"quoted": row},
            note="Share of the answerable whose accepted answer, or one of whose marked sentences, stands in "
            "the first 1, 2 or 3 sentences of what is quoted; sentences in an answer, on average; area under "
            "the curve of confidence, answerable against unanswerable (.5 is chance).",
        ),
        Table(
            title=f"{dataset.name}: refused below a confidence of {threshold:.3f}",
            rows=refused,
            note="Share refused at the threshold that ships for a library of this size. The answerable ought "
            "to be answered, all others refused. Unanswerable ones are asked of the same articles (in SQuAD "
            "2.0 made to look answerable), off-topic ones are those of the other data sets.",
        ),
    ]
    return tables, Lines(
        title=f"Confidence and truth, {dataset.name}",
        across="confidence (dashed: as often answerable as it says)",
        lines={"share that is answerable": _calibration([(a.confidence, q.answerable) for q, a in asked])},
        diagonal=True,
    )


def _calibration(said: Sequence[tuple[float, bool]]) -> list[tuple[float, float]]:
    """Of each tenth of the scale, the mean confidence and the share that is answerable."""
    tenths = [[pair for pair in said if min(int(pair[0] * 10), 9) == tenth] for tenth in range(10)]
    return [
        (sum(c for c, _ in some) / len(some), sum(t for _, t in some) / len(some)) for some in tenths if some
    ]


def _holds(question: GoldQuestion, answer: Answer, sentences: int) -> bool:
    """Whether an accepted answer, or a marked sentence, is in the first sentences of the answer."""
    shown = answer.sentences[:sentences]
    if question.answers:
        text = " ".join(sentence.text for sentence in shown).lower()
        return any(accepted.lower() in text for accepted in question.answers)
    cited = [c for c in answer.citations if any(c.number in s.citations for s in shown)]
    return any(
        c.article_id == question.article_id and min(c.end, gold.end) - max(c.start, gold.start) > 5
        for c in cited
        for gold in question.evidence
    )


if __name__ == "__main__":
    main()
