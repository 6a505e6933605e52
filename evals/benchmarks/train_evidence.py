"""Fit the evidence model: `python -m evals.benchmarks.train_evidence DATA… [--keep FILE] [--write]`.

DATA are files that `evals.benchmarks.datasets` reads; `evidence_questions` asks them and measures, and with
`--keep` keeps what it measured, so that a further fit takes seconds. Three linear fits: round one and round
two by the probability of an answering sentence among the sentences of its question (a conditional logit), the
confidence by logistic regression on answerable questions and on those that nothing in the library answers:
of another data set (off-topic), or with the article that answers taken out (absent). Half the weight is on
the answerable; each data set weighs the same. `rag.gaps` is not fitted; what is printed includes it.

What is printed comes from five-fold cross-validation by article: no question is scored by a round two or a
confidence that saw its article (round one, which only makes the shortlist, sees all). Without `--rankings`
both rounds stay as they ship, and have seen them: they were fitted on every question of squad2_dev_a and
clapnq_dev. Middling libraries ("in parts") only tell where to refuse. With `--write` the model goes to
`rag/evidence_model.json` and the curve to `evidence_calibration.json`.
"""

from __future__ import annotations

import argparse
import json
import math
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

import rag.evidence
from evals.benchmarks.datasets import load
from evals.benchmarks.evidence_questions import FOLDS, IN_PARTS, IN_PIECES, Asked, Measured, Sort, kept
from rag.answerers.verbatim import worth_quoting
from rag.evidence import EvidenceModel, linear, says_it_all
from rag.features import ByWords
from rag.gaps import gaps
from rag.question_features import question_features, shares_of

RANKING_PENALTY = 10.0
CONFIDENCE_C = 0.007
GAP_COSTS = {IN_PIECES: 20.0, IN_PARTS: 5.0, "": 1.5}
"""What a gap takes off the log-odds in small libraries (where it decides), in middling and in large ones:
about as much as the bounds below allow. With 6 in all the middling ones, .059 of the answerable questions of
SQuAD 2.0 dev would be refused; with 2 in the large ones, .054 of its off-topic ones would be answered."""
LET_THROUGH, FALSE_REFUSALS = 0.05, 0.05
"""Off-topic questions that may be answered, and answerable ones that may be refused, in every data set."""

MODEL = Path(rag.evidence.__file__).with_name("evidence_model.json")
Matrix = npt.NDArray[np.float64]
WEIGHT: dict[Sort, float] = {"answerable": 0.5, "unanswerable": 0.01, "absent": 0.4, "off-topic": 0.1}
"""An absent question is off-topic in the words of those who asked the others: it teaches what another data
set's question teaches, and nothing of style. With more weight on the unanswerable ones fewer are refused."""


class Judged(NamedTuple):
    """A question with the ranking and the confidence of a model that did not see it."""

    asked: Asked
    ranked: list[Measured]
    shares: list[float]
    confidence: float
    says_it_all: bool

    def refused(self, threshold: float) -> bool:
        return self.confidence < threshold and not self.says_it_all


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", nargs="+", type=Path)
    parser.add_argument("--keep", type=Path, help="file to keep what was measured in, or to take it from")
    parser.add_argument(
        "--rankings", action="store_true", help="fit the rankings too, not the confidence only"
    )
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    datasets = [load(path) for path in arguments.data]
    questions = kept(arguments.keep, datasets, fit_ranking)
    asked = [each for each in questions.asked if each.sentences]
    fitted_on = [each for each in asked if is_fitted_on(each)]
    shipped = json.loads(MODEL.read_text())
    first, second = shipped["first_round"], shipped["second_round"]
    judged = list(cross_validate(asked, None if arguments.rankings else second))
    if arguments.rankings:
        first, second = questions.first_round, fit_ranking(fitted_on)
    model = EvidenceModel(
        first,
        second,
        fit_confidence(fitted_on, second),
        choose_thresholds(judged),
        gap_costs(asked),
    )
    report(judged, model)
    if arguments.write:
        write(model, judged)


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
    rows = [_question_features(a, second) for a in asked]
    names = [name for name in rows[0] if name != "intercept"]
    matrix = np.array([[row[name] for name in names] for row in rows])
    mean, spread = matrix.mean(axis=0), matrix.std(axis=0) + 1e-9
    weights = weights_of(asked)
    fitted = LogisticRegression(C=CONFIDENCE_C, max_iter=5000).fit(
        (matrix - mean) / spread,
        [a.sort == "answerable" for a in asked],
        sample_weight=weights * len(asked) / weights.sum(),
    )
    slopes = fitted.coef_[0] / spread
    intercept = float(fitted.intercept_[0] - slopes @ mean)
    return {"intercept": intercept, **dict(zip(names, slopes.tolist(), strict=True))}


def weights_of(asked: Sequence[Asked]) -> Matrix:
    """What each question counts: its sort's share of its data set, alike for each data set."""
    counts = Counter((a.dataset, a.sort) for a in asked)
    return np.array([WEIGHT[a.sort] / counts[a.dataset, a.sort] for a in asked])


def _ranked(asked: Asked, second: dict[str, float]) -> list[tuple[float, Measured]]:
    scored = [(linear(second, m.features), m) for m in asked.sentences]
    return sorted(scored, key=lambda pair: -pair[0])


def _question_features(asked: Asked, second: dict[str, float]) -> dict[str, float]:
    ranked = _ranked(asked, second)
    measures = [ByWords(m.features, m.covered) for _, m in ranked]
    return question_features(asked.question, measures, [score for score, _ in ranked], asked.of_passages)


def cross_validate(asked: Sequence[Asked], ranking: dict[str, float] | None) -> Iterator[Judged]:
    """Each question judged by a model fitted without its article, but for the ranking if it is given."""
    for fold in range(FOLDS):
        training = [a for a in asked if a.fold != fold and is_fitted_on(a)]
        second = ranking or fit_ranking(training)
        model = EvidenceModel({}, second, fit_confidence(training, second), [], gap_costs(asked))
        for each in asked:
            if each.fold == fold:
                ranked = _ranked(each, second)
                shares = shares_of([score for score, _ in ranked])
                texts = [m.text._replace(share=p) for (_, m), p in zip(ranked, shares, strict=True)]
                missing = gaps(each.question, texts)
                best = ranked[0][1]
                yield Judged(
                    each,
                    [m for _, m in ranked],
                    shares,
                    model.answerable(
                        each.question,
                        _question_features(each, second),
                        missing=bool(missing),
                        decided=bool(each.question.unknown_names or each.question.unknown_numbers),
                    ),
                    not missing and says_it_all(each.question, ByWords(best.features, best.covered)),
                )


def is_fitted_on(asked: Asked) -> bool:
    """Whether the fits see it: middling libraries only tell where to refuse."""
    return not asked.dataset.endswith(IN_PARTS)


def cut_of(dataset: str) -> str:
    """What the name of a data set says of the size of its libraries: a key of `GAP_COSTS`."""
    return next(cut for cut in GAP_COSTS if dataset.endswith(cut))


def sizes_of(asked: Sequence[Asked]) -> dict[str, int]:
    """Chunks of the libraries of each cut, by the mean of their logarithms; of the large ones the smallest's.

    Between the sizes all is interpolated, and would not be what was chosen for the large ones.
    """
    sizes = {cut: [a.question.library_chunks for a in asked if cut_of(a.dataset) == cut] for cut in GAP_COSTS}
    return {
        cut: round(math.exp(float(np.mean(np.log(those))))) if cut else min(those)
        for cut, those in sizes.items()
        if those
    }


def gap_costs(asked: Sequence[Asked]) -> list[tuple[int, float]]:
    """(chunks, what a gap costs), smallest first."""
    return [(chunks, GAP_COSTS[cut]) for cut, chunks in sizes_of(asked).items()]


def choose_thresholds(judged: Sequence[Judged]) -> list[tuple[int, float]]:
    """(chunks, threshold), smallest first."""
    return [
        (chunks, choose_threshold([j for j in judged if cut_of(j.asked.dataset) == cut]))
        for cut, chunks in sizes_of([j.asked for j in judged]).items()
    ]


def choose_threshold(judged: Sequence[Judged]) -> float:
    """Where the most that any data set uses up of what it may get wrong is least; of several, the lowest."""
    names = {j.asked.dataset for j in judged}

    def refused(sort: Sort, threshold: float) -> list[float]:
        groups = [[j for j in judged if j.asked.dataset == name and j.asked.sort == sort] for name in names]
        return [float(np.mean([j.refused(threshold) for j in group])) for group in groups]

    def used_up(threshold: float) -> float:
        let_through = 1 - min(refused("off-topic", threshold))
        return max(let_through / LET_THROUGH, max(refused("answerable", threshold)) / FALSE_REFUSALS)

    return min((n / 200 for n in range(200)), key=used_up)


def report(judged: Sequence[Judged], model: EvidenceModel) -> None:
    """Print the cross-validated figures of each data set."""
    for name in dict.fromkeys(j.asked.dataset for j in judged):
        by_sort = {
            sort: [j for j in judged if j.asked.dataset == name and j.asked.sort == sort] for sort in WEIGHT
        }
        answerable = by_sort["answerable"]
        within = [np.mean([any(m.holds for m in j.ranked[:n]) for j in answerable]) for n in (1, 2, 3)]
        quoted = [[j.ranked[place] for place in worth_quoting(j.shares)] for j in answerable]
        held = np.mean([any(m.holds for m in those) for those in quoted])
        sentences = np.mean([len(those) for those in quoted])
        words = np.mean([sum(len(m.text.text.split()) for m in those) for those in quoted])
        print(f"{name}: answer in the best 1/2/3 sentences {' / '.join(f'{share:.3f}' for share in within)}")
        print(f"  in what is quoted {held:.3f}, on average {sentences:.2f} sentences and {words:.0f} words")
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
    MODEL.write_text(json.dumps(stored, indent=1) + "\n")
    weights = weights_of([j.asked for j in judged])
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
