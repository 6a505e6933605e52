"""Fit the evidence model: `python -m evals.benchmarks.train_evidence DATA… [--write]`.

DATA are files that `evals.benchmarks.datasets` reads; each becomes a library of its own, asked through the
real retriever, and each large one also small libraries of about ten passages, since what counts as near
depends on how much there is. Three linear fits: round one and round two by the probability of an answering
sentence among the sentences of its question (a conditional logit), the confidence by logistic regression on
answerable, unanswerable and off-topic questions, the last being about articles that are not there. Half the
weight is on the answerable; each data set weighs the same. `rag.gaps` is not fitted; the refusals that are
printed include its own.

What is printed comes from five-fold cross-validation by article: no question is scored by a round two or a
confidence that saw its article (round one, which only makes the shortlist, sees all). With `--write` the
model fitted on all of it goes to `rag/evidence_model.json` and the curve to `evidence_calibration.json`.
"""

from __future__ import annotations

import argparse
import json
import math
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, NamedTuple
from zlib import crc32

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

import rag.evidence
from evals.benchmarks.datasets import Dataset, GoldQuestion, load
from index.article import Span
from index.embedders import bundled
from index.library import Library
from rag.evidence import SHORTLIST, EvidenceModel, Weighed, linear, question_features, shares_of
from rag.features import Candidate, candidates, word_features
from rag.gaps import WeighedText, gaps
from rag.question import Question, analyse
from rag.retriever import HybridRetriever
from rag.weights import TermWeights

FOLDS = 5
OFF_TOPIC_SHARE = 0.35
"""Off-topic questions, as a share of a library's own."""
PIECE_PASSAGES, PIECE_QUESTIONS = 10, 36
"""Size of the small libraries, and how many of its own questions each is asked at most."""
IN_PIECES = " in pieces"
LARGE = 200
"""Passages from which a data set is also asked in pieces."""
RANKING_PENALTY = 10.0
CONFIDENCE_C = 0.05
FALSE_REFUSALS = 0.04
"""A threshold is where cross-validation refuses this share of the answerable questions."""
OFF_TOPIC_REFUSED, BAR = 0.98, 0.05
"""Or, where no more than `BAR` of the answerable ones have to go for it, this share of the off-topic ones."""

Matrix = npt.NDArray[np.float64]
Sort = Literal["answerable", "unanswerable", "off-topic"]
WEIGHT: dict[Sort, float] = {"answerable": 0.5, "unanswerable": 0.1, "off-topic": 0.4}


class Measured(NamedTuple):
    """A sentence, its features, and what the data say of it."""

    candidate: Candidate
    features: dict[str, float]
    answers: bool
    """It is the marked sentence, or contains a marked answer."""
    holds: bool
    """It contains an accepted answer, wherever it stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One question put to one library."""

    gold: GoldQuestion
    question: Question
    sort: Sort
    dataset: str
    sentences: tuple[Measured, ...]

    @property
    def fold(self) -> int:
        return crc32(self.gold.group.encode()) % FOLDS


class Judged(NamedTuple):
    """A question with the ranking and the confidence of a model that did not see it."""

    asked: Asked
    ranked: list[Measured]
    confidence: float
    gaps: tuple[str, ...]

    def refused(self, threshold: float) -> bool:
        return bool(self.gaps) or self.confidence < threshold


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", nargs="+", type=Path)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    datasets = [load(path) for path in arguments.data]
    libraries = [*datasets, *(piece for dataset in datasets for piece in pieces(dataset))]
    asked = [each for library in libraries for each in ask_all(library, datasets)]
    first = fit_ranking([each for each in asked if each.dataset in {dataset.name for dataset in datasets}])
    asked = [with_words(each, first) for each in asked]
    judged = list(cross_validate(asked))
    thresholds = choose_thresholds(judged)
    second = fit_ranking(asked)
    model = EvidenceModel(first, second, fit_confidence(asked, second), thresholds)
    report(judged, model)
    if arguments.write:
        write(model, judged)


def pieces(dataset: Dataset) -> Iterator[Dataset]:
    """The data set cut into small libraries, all of one name; none of a small data set."""
    passages = sorted({(q.article_id, q.context) for q in dataset.questions})
    if len(passages) < LARGE:
        return
    articles = {article.article_id: article for article in dataset.articles}
    for start in range(0, len(passages), PIECE_PASSAGES):
        taken = passages[start : start + PIECE_PASSAGES]
        slices: dict[str, Span] = {}
        for article_id, context in taken:
            known = slices.get(article_id, context)
            slices[article_id] = Span(min(known.start, context.start), max(known.end, context.end))
        own = [q for q in dataset.questions if (q.article_id, q.context) in set(taken)]
        yield Dataset(
            name=dataset.name + IN_PIECES,
            articles=tuple(
                replace(articles[article_id], text=articles[article_id].text[part.start : part.end])
                for article_id, part in slices.items()
            ),
            questions=tuple(
                replace(
                    q,
                    context=_moved(q.context, slices[q.article_id]),
                    evidence=tuple(_moved(place, slices[q.article_id]) for place in q.evidence),
                )
                for q in sorted(own, key=lambda q: crc32(q.text.encode()))[:PIECE_QUESTIONS]
            ),
        )


def _moved(span: Span, into: Span) -> Span:
    return Span(span.start - into.start, span.end - into.start)


def ask_all(dataset: Dataset, others: Sequence[Dataset]) -> Iterator[Asked]:
    """Every question of the data set, and some of the others' on other articles, asked of its library."""
    with tempfile.TemporaryDirectory() as folder, Library.open(folder, create=True) as library:
        library.add(dataset.articles)
        retriever = HybridRetriever(library)
        weights = TermWeights.of(library)
        own_groups = {q.group for q in dataset.questions}
        strangers = [q for other in others for q in other.questions if q.group not in own_groups]
        count = int(len(dataset.questions) * OFF_TOPIC_SHARE)
        seed = f"{dataset.articles[0].article_id} {dataset.articles[0].text[:50]}"
        strangers = sorted(strangers, key=lambda q: crc32(f"{seed} {q.text}".encode()))[:count]
        own = [(gold, False) for gold in dataset.questions]
        for gold, off_topic in [*own, *((gold, True) for gold in strangers)]:
            sort: Sort = "off-topic" if off_topic else "answerable" if gold.answerable else "unanswerable"
            question = analyse(gold.text, weights)
            retrieval = retriever.search(gold.text)
            found = candidates(question, retrieval.question_vector, retrieval.hits)
            yield Asked(
                gold=gold,
                question=question,
                sort=sort,
                dataset=dataset.name,
                sentences=tuple(
                    Measured(
                        each,
                        each.cheap,
                        not off_topic and _answers(gold, each),
                        not off_topic and _holds(gold, each),
                    )
                    for each in found
                ),
            )


def _answers(gold: GoldQuestion, candidate: Candidate) -> bool:
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


def with_words(asked: Asked, first: dict[str, float]) -> Asked:
    """The question with the features of round two, for the shortlist and some to spare."""
    best = sorted(
        asked.sentences, key=lambda m: (-linear(first, m.features), m.candidate.rank, m.candidate.span)
    )[:SHORTLIST]
    words = word_features(asked.question, [m.candidate for m in best], bundled())
    return replace(
        asked,
        sentences=tuple(
            m._replace(features={**m.features, **more}) for m, more in zip(best, words, strict=True)
        ),
    )


def fit_ranking(asked: Sequence[Asked]) -> dict[str, float]:
    """Coefficients that make the answering sentences of each question likely among all of it."""
    groups = [a.sentences for a in asked if a.sort == "answerable" and any(m.answers for m in a.sentences)]
    names = list(groups[0][0].features)
    rows = np.array([[m.features[name] for name in names] for group in groups for m in group])
    right = np.array([m.answers for group in groups for m in group])
    owner = np.repeat(np.arange(len(groups)), [len(group) for group in groups])
    spread = rows.std(axis=0) + 1e-9
    rows = rows / spread

    def loss(weights: Matrix) -> tuple[float, Matrix]:
        scores = rows @ weights
        peak = np.full(len(groups), -np.inf)
        np.maximum.at(peak, owner, scores)
        likely = np.exp(scores - peak[owner])
        total = np.bincount(owner, likely, len(groups))
        good = np.maximum(np.bincount(owner, likely * right, len(groups)), 1e-300)
        pull = (likely * right / good[owner] - likely / total[owner]) @ rows
        value = -(np.log(good) - np.log(total)).sum() + RANKING_PENALTY / 2 * weights @ weights
        return value, -pull + RANKING_PENALTY * weights

    best = minimize(loss, np.zeros(len(names)), jac=True, method="L-BFGS-B")
    return dict(zip(names, (best.x / spread).tolist(), strict=True))


def fit_confidence(asked: Sequence[Asked], second: dict[str, float]) -> dict[str, float]:
    """Coefficients of the probability that the library answers."""
    asked = [a for a in asked if a.sentences]
    rows = [_question_features(a, second) for a in asked]
    names = [name for name in rows[0] if name != "intercept"]
    matrix = np.array([[row[name] for name in names] for row in rows])
    mean, spread = matrix.mean(axis=0), matrix.std(axis=0) + 1e-9
    counts: dict[tuple[str, Sort], int] = {}
    for a in asked:
        counts[a.dataset, a.sort] = counts.get((a.dataset, a.sort), 0) + 1
    sample_weights = np.array([WEIGHT[a.sort] / counts[a.dataset, a.sort] for a in asked])
    fitted = LogisticRegression(C=CONFIDENCE_C, max_iter=5000).fit(
        (matrix - mean) / spread,
        [a.sort == "answerable" for a in asked],
        sample_weight=sample_weights * len(asked) / sample_weights.sum(),
    )
    weights = fitted.coef_[0] / spread
    intercept = float(fitted.intercept_[0] - weights @ mean)
    return {"intercept": intercept, **dict(zip(names, weights.tolist(), strict=True))}


def _ranked(asked: Asked, second: dict[str, float]) -> list[Measured]:
    return sorted(asked.sentences[:SHORTLIST], key=lambda m: -linear(second, m.features))


def _question_features(asked: Asked, second: dict[str, float]) -> dict[str, float]:
    ranked = [Weighed(m.candidate, m.features, linear(second, m.features)) for m in _ranked(asked, second)]
    return question_features(asked.question, ranked)


def cross_validate(asked: Sequence[Asked]) -> Iterator[Judged]:
    """Each question judged by a model fitted without its article."""
    for fold in range(FOLDS):
        training = [a for a in asked if a.fold != fold]
        second = fit_ranking(training)
        confidence = fit_confidence(training, second)
        for each in asked:
            if each.fold == fold:
                value = linear(confidence, _question_features(each, second)) if each.sentences else -np.inf
                ranked = _ranked(each, second)
                shares = shares_of([linear(second, m.features) for m in ranked]) if ranked else []
                texts = [
                    WeighedText.of(m.candidate, m.features, p) for m, p in zip(ranked, shares, strict=True)
                ]
                missing = gaps(each.question, texts)
                yield Judged(each, ranked, float(1 / (1 + np.exp(-value))), missing)


def choose_thresholds(judged: Sequence[Judged]) -> list[tuple[int, float]]:
    """(chunks, threshold) of the small libraries and of the whole data sets."""
    chosen = []
    for in_pieces in (True, False):
        those = [j for j in judged if j.asked.dataset.endswith(IN_PIECES) == in_pieces]
        sizes = [math.log(j.asked.question.library_chunks) for j in those]
        chosen.append((round(math.exp(float(np.mean(sizes)))), choose_threshold(those)))
    return chosen


def choose_threshold(judged: Sequence[Judged]) -> float:
    """The highest at which gaps and threshold together refuse what they may, each data set alike."""
    names = sorted({j.asked.dataset for j in judged})

    def refused(sort: Sort, threshold: float) -> float:
        groups = [[j for j in judged if j.asked.dataset == name and j.asked.sort == sort] for name in names]
        return float(np.mean([np.mean([j.refused(threshold) for j in group]) for group in groups]))

    steps = [n / 200 for n in range(200)]
    enough = min(step for step in steps if refused("off-topic", step) >= OFF_TOPIC_REFUSED)
    if refused("answerable", enough) <= BAR:
        return enough
    return max(step for step in steps if refused("answerable", step) <= FALSE_REFUSALS)


def report(judged: Sequence[Judged], model: EvidenceModel) -> None:
    """Print the cross-validated figures of each data set."""
    for name in dict.fromkeys(j.asked.dataset for j in judged):
        by_sort = {
            sort: [j for j in judged if j.asked.dataset == name and j.asked.sort == sort] for sort in WEIGHT
        }
        answerable = by_sort["answerable"]
        within = [np.mean([any(m.holds for m in j.ranked[:n]) for j in answerable]) for n in (1, 2, 3)]
        print(f"{name}: answer in the best 1/2/3 sentences {' / '.join(f'{share:.3f}' for share in within)}")
        for sort, those in by_sort.items():
            if not those:
                continue
            refused = np.mean([j.refused(model.threshold(j.asked.question.library_chunks)) for j in those])
            line = f"  {len(those):5} {sort:12} refused: {refused:.3f}"
            if sort != "answerable":
                area = roc_auc_score(
                    [1] * len(answerable) + [0] * len(those), [j.confidence for j in (*answerable, *those)]
                )
                line += f"   area under the curve against answerable {area:.3f}"
            print(line)


def write(model: EvidenceModel, judged: Sequence[Judged]) -> None:
    """The model for `rag`; beside this script, how often what it says with a confidence is so."""
    stored = {
        name: {key: float(f"{weight:.5g}") for key, weight in value.items()}
        if isinstance(value, dict)
        else value
        for name, value in model._asdict().items()
    }
    Path(rag.evidence.__file__).with_name("evidence_model.json").write_text(
        json.dumps(stored, indent=1) + "\n"
    )
    total = {
        (d, s): sum(j.asked.dataset == d and j.asked.sort == s for j in judged)
        for d, s in {(j.asked.dataset, j.asked.sort) for j in judged}
    }
    weights = np.array([WEIGHT[j.asked.sort] / total[j.asked.dataset, j.asked.sort] for j in judged])
    confidence = np.array([j.confidence for j in judged])
    right = np.array([j.asked.sort == "answerable" for j in judged])
    curve = []
    for low in np.arange(0, 1, 0.1):
        inside = (confidence >= low) & (confidence < low + 0.1)
        if inside.any():
            curve.append(
                {
                    "confidence": round(float(np.average(confidence[inside], weights=weights[inside])), 3),
                    "answerable": round(float(np.average(right[inside], weights=weights[inside])), 3),
                    "questions": int(inside.sum()),
                }
            )
    Path(__file__).with_name("evidence_calibration.json").write_text(json.dumps(curve, indent=1) + "\n")


if __name__ == "__main__":
    main()
