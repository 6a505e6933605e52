"""Fit the evidence model: `python -m evals.benchmarks.train_evidence DATA… [--write]`.

DATA are files that `evals.benchmarks.datasets` reads; each becomes a library of its own, asked through the
real retriever. Three fits, all linear: round one and round two by the probability of an answering sentence
among the sentences of its question (a conditional logit), the confidence by logistic regression on
answerable, unanswerable and off-topic questions (those of another data set). Everything that is printed
comes from five-fold cross-validation by article: no question is scored by a model that saw its article.
With `--write` the model fitted on all of it goes to `rag/evidence_model.json` and the curve to
`evals/benchmarks/evidence_calibration.json`.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

import rag.evidence
from evals.benchmarks.datasets import Dataset, GoldQuestion, load
from index.embedders import bundled
from index.library import Library
from rag.evidence import EvidenceModel, Weighed, linear, question_features
from rag.features import Candidate, candidates, word_features
from rag.question import Question, analyse
from rag.retriever import HybridRetriever
from rag.weights import TermWeights

FOLDS = 5
OFF_TOPIC_SHARE = 0.25
"""Off-topic questions, as a share of a library's own: enough to anchor the low end of the curve."""
RANKING_PENALTY = 10.0
CONFIDENCE_C = 0.02
FALSE_REFUSALS = 0.04
"""The threshold refuses this share of the answerable questions in cross-validation."""

Matrix = npt.NDArray[np.float64]


@dataclass(slots=True)
class Asked:
    """One question with its measured sentences."""

    gold: GoldQuestion
    question: Question
    off_topic: bool
    fold: int
    dataset: str
    candidates: list[Candidate]
    labels: list[bool]
    holds: list[bool]
    """Whether an accepted answer is contained, wherever it stands."""
    weighed: list[Weighed]

    @property
    def answerable(self) -> bool:
        return self.gold.answerable and not self.off_topic


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", nargs="+", type=Path)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    datasets = [load(path) for path in arguments.data]
    asked = [each for dataset in datasets for each in ask_all(dataset, datasets)]
    folds = [
        fit([a for a in asked if a.fold != fold], [a for a in asked if a.fold == fold])
        for fold in range(FOLDS)
    ]
    threshold = report(asked, folds)
    if arguments.write:
        model = fit(asked, asked)
        write(model._replace(threshold=threshold), asked, folds)


def ask_all(dataset: Dataset, others: Sequence[Dataset]) -> Iterator[Asked]:
    """Every question of the data set, and some of the others', asked of its library."""
    with tempfile.TemporaryDirectory() as folder, Library.open(folder, create=True) as library:
        library.add(dataset.articles)
        retriever = HybridRetriever(library)
        weights = TermWeights(library.document_frequency, library.chunk_count())
        strangers = [q for other in others if other is not dataset for q in other.questions]
        count = int(len(dataset.questions) * OFF_TOPIC_SHARE)
        strangers = sorted(strangers, key=lambda q: crc32(q.text.encode()))[:count]
        for gold, off_topic in [*((q, False) for q in dataset.questions), *((q, True) for q in strangers)]:
            question = analyse(gold.text, weights)
            retrieval = retriever.search(gold.text)
            found = candidates(question, retrieval.question_vector, retrieval.hits)
            yield Asked(
                gold=gold,
                question=question,
                off_topic=off_topic,
                fold=crc32(gold.group.encode()) % FOLDS,
                dataset=dataset.name,
                candidates=found,
                labels=[not off_topic and _answers(gold, each) for each in found],
                holds=[not off_topic and _holds(gold, each) for each in found],
                weighed=[],
            )


def _answers(gold: GoldQuestion, candidate: Candidate) -> bool:
    """Whether the sentence overlaps a marked one, or contains a marked answer, in the gold article."""
    if candidate.hit.chunk.article_id != gold.article_id:
        return False
    start, end = candidate.span
    if gold.answers:
        return any(start <= place.start and place.end <= end for place in gold.evidence)
    return any(min(end, place.end) - max(start, place.start) > 5 for place in gold.evidence)


def _holds(gold: GoldQuestion, candidate: Candidate) -> bool:
    if not gold.answers:
        return _answers(gold, candidate)
    return any(answer.lower() in candidate.text.lower() for answer in gold.answers)


def fit(training: Sequence[Asked], weighing: Sequence[Asked]) -> EvidenceModel:
    """The model from `training`; leaves the sentences of both as it ranks them in `weighed`."""
    first = _conditional_logit(
        [([c.cheap for c in a.candidates], a.labels) for a in training if a.answerable]
    )
    for each in {id(a): a for a in (*training, *weighing)}.values():
        _shortlist(each, first)
    second = _conditional_logit(
        [
            ([w.features for w in a.weighed], [_answers(a.gold, w.candidate) for w in a.weighed])
            for a in training
            if a.answerable
        ]
    )
    for each in {id(a): a for a in (*training, *weighing)}.values():
        each.weighed = sorted(
            (w._replace(score=linear(second, w.features)) for w in each.weighed), key=lambda w: -w.score
        )
    confidence = _confidence([a for a in training if a.weighed])
    for each in weighing:
        _RESULTS[id(each)] = (list(each.weighed), _probability(confidence, each))
    return EvidenceModel(first_round=first, second_round=second, confidence=confidence, threshold=0.0)


_RESULTS: dict[int, tuple[list[Weighed], float]] = {}
_WORDS: dict[tuple[str, str, int, int], dict[str, float]] = {}


def _shortlist(asked: Asked, first: dict[str, float]) -> None:
    ranked = sorted(asked.candidates, key=lambda c: (-linear(first, c.cheap), c.rank, c.span))[
        : rag.evidence.SHORTLIST
    ]
    keys = [(asked.gold.text, c.hit.chunk.chunk_id, *c.span) for c in ranked]
    missing = [c for c, key in zip(ranked, keys, strict=True) if key not in _WORDS]
    if missing:
        for c, features in zip(missing, word_features(asked.question, missing, bundled()), strict=True):
            _WORDS[asked.gold.text, c.hit.chunk.chunk_id, *c.span] = features
    asked.weighed = [Weighed(c, {**c.cheap, **_WORDS[key]}, 0.0) for c, key in zip(ranked, keys, strict=True)]


def _conditional_logit(groups: Sequence[tuple[list[dict[str, float]], list[bool]]]) -> dict[str, float]:
    """Coefficients that make the answering sentences of each group likely among all of the group."""
    groups = [group for group in groups if any(group[1])]
    names = list(groups[0][0][0])
    rows = np.array([[features[name] for name in names] for group, _ in groups for features in group])
    right = np.array([label for _, labels in groups for label in labels])
    owner = np.repeat(np.arange(len(groups)), [len(labels) for _, labels in groups])
    spread = rows.std(axis=0) + 1e-9
    rows = rows / spread

    def loss(weights: Matrix) -> tuple[float, Matrix]:
        scores = rows @ weights
        peak = np.full(len(groups), -np.inf)
        np.maximum.at(peak, owner, scores)
        likely = np.exp(scores - peak[owner])
        total = np.bincount(owner, likely, len(groups))
        good = np.bincount(owner, likely * right, len(groups))
        pull = (likely * right / good[owner] - likely / total[owner]) @ rows
        value = -(np.log(good) - np.log(total)).sum() + RANKING_PENALTY / 2 * weights @ weights
        return value, -pull + RANKING_PENALTY * weights

    best = minimize(loss, np.zeros(len(names)), jac=True, method="L-BFGS-B")
    return dict(zip(names, (best.x / spread).tolist(), strict=True))


def _confidence(training: Sequence[Asked]) -> dict[str, float]:
    rows = [question_features(a.question, a.weighed) for a in training]
    names = [name for name in rows[0] if name != "intercept"]
    matrix = np.array([[row[name] for name in names] for row in rows])
    mean, spread = matrix.mean(axis=0), matrix.std(axis=0) + 1e-9
    # Every data set weighs the same, or the largest would set the curve.
    sizes = {a.dataset: sum(b.dataset == a.dataset for b in training) for a in training}
    sample_weights = [len(training) / len(sizes) / sizes[a.dataset] for a in training]
    fitted = LogisticRegression(C=CONFIDENCE_C, max_iter=5000).fit(
        (matrix - mean) / spread, [a.answerable for a in training], sample_weight=sample_weights
    )
    weights = fitted.coef_[0] / spread
    return {
        "intercept": float(fitted.intercept_[0] - weights @ mean),
        **dict(zip(names, weights.tolist(), strict=True)),
    }


def _probability(confidence: dict[str, float], asked: Asked) -> float:
    if not asked.weighed:
        return 0.0
    value = linear(confidence, question_features(asked.question, asked.weighed))
    return float(1 / (1 + np.exp(-value)))


def report(asked: Sequence[Asked], folds: Sequence[EvidenceModel]) -> float:
    """Print the cross-validated figures; returns the threshold."""
    for name in dict.fromkeys(a.dataset for a in asked):
        own = [a for a in asked if a.dataset == name]
        answerable = [a for a in own if a.answerable]
        shares = []
        for n in (1, 2, 3):
            held = [any(_holds(a.gold, w.candidate) for w in _RESULTS[id(a)][0][:n]) for a in answerable]
            shares.append(f"{np.mean(held):.3f}")
        print(
            f"{name}: answer within the best 1/2/3 sentences {' / '.join(shares)} of {len(answerable)} questions"
        )
        hard = [a for a in own if not a.off_topic]
        if len({a.answerable for a in hard}) == 2:
            area = roc_auc_score([a.answerable for a in hard], [_RESULTS[id(a)][1] for a in hard])
            print(f"{name}: area under the curve, answerable against unanswerable {area:.3f}")
        away = [a for a in own if a.answerable or a.off_topic]
        area = roc_auc_score([a.answerable for a in away], [_RESULTS[id(a)][1] for a in away])
        print(f"{name}: area under the curve, answerable against off-topic {area:.3f}")
    threshold = float(np.quantile([_RESULTS[id(a)][1] for a in asked if a.answerable], FALSE_REFUSALS))
    threshold = round(threshold, 3)
    for name in dict.fromkeys(a.dataset for a in asked):
        own = [a for a in asked if a.dataset == name]
        kinds = {
            "answerable": [a for a in own if a.answerable],
            "unanswerable": [a for a in own if not a.gold.answerable and not a.off_topic],
            "off-topic": [a for a in own if a.off_topic],
        }
        for kind, those in kinds.items():
            if those:
                refused = np.mean([_RESULTS[id(a)][1] < threshold for a in those])
                print(f"{name}: refused at {threshold}: {refused:.3f} of {len(those)} {kind}")
    return threshold


def write(model: EvidenceModel, asked: Sequence[Asked], folds: Sequence[EvidenceModel]) -> None:
    """The model for `rag`, and its calibration curve beside this script."""
    target = Path(rag.evidence.__file__).with_name("evidence_model.json")
    rounded = {
        key: {name: round(weight, 5) for name, weight in value.items()} if isinstance(value, dict) else value
        for key, value in model._asdict().items()
    }
    target.write_text(json.dumps(rounded, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
