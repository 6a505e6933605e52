"""When to refuse, fitted on what evidence and a model say of answerable and unanswerable questions.

A logistic regression on the log-odds of the evidence's confidence and of the model's Yes. Each data set, and
in it the answerable, the unanswerable and the off-topic questions, weigh the same.

Tried besides, without gain: the log-probabilities of 16 to 256 other words that might open the reply (104
questions of SQuAD, area under the curve .763 against .756, cross-validated by article); on 103 others, where
the shipped question alone has .835, six other questions put to the model behind the same sentences ("Is the
answer missing?", "Copy the words, or say None.": .67 to .80 alone, .83 all together), linear probes of its
last states (.82 with its opinion), and worked examples that look alike, with the question before the
sentences too (.69 of 86 questions, where the shipped ones have .81).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

import rag.answerability
from rag.answerability import AnswerabilityModel, log_odds

FOLDS = 8
FALSE_REFUSALS = 0.05
"""Where the evidence alone would refuse, the threshold is where cross-validation refuses this share of all
answerable questions at most."""
MARGIN = 0.5
"""Where the evidence is enough, it is this part of the least probability that an answerable question came to.

Questions of SQuAD are worded after its text, and the model says Yes to them more surely than to people's own
words: with the weak threshold for all, 32 of the 124 answerable questions of the suite `courier` would be
refused, and 19 of the 28 others; with both it is 12 and 14 (worked out from the opinions of an earlier run).
"""

Record = dict[str, Any]
Numbers = npt.NDArray[np.float64]


def fitted(records: Sequence[Record]) -> AnswerabilityModel:
    """The model, its thresholds not yet set; it sees no question with a gap: those are refused anyway."""
    records = [record for record in records if not record["gap"]]
    answerable = [record["answerable"] for record in records]
    model = LogisticRegression(C=10)
    model.fit(_rows(records), answerable, sample_weight=_weights(records))
    evidence, opinion = map(float, model.coef_[0])
    intercept = float(model.intercept_[0])
    return AnswerabilityModel(intercept, evidence, opinion, threshold=0.5, weak_threshold=0.5)


def _rows(records: Sequence[Record]) -> Numbers:
    return np.array([[log_odds(r["confidence"]), log_odds(r["opinion"])] for r in records])


def _weights(records: Sequence[Record]) -> Numbers:
    sorts = [(record["dataset"], record["sort"]) for record in records]
    counts = {sort: sorts.count(sort) for sort in sorts}
    return np.array([len(sorts) / len(counts) / counts[sort] for sort in sorts])


def cross_validated(records: Sequence[Record]) -> Numbers:
    """Each question's probability by a model that saw no question on its article; 0 where a gap shows."""
    articles = sorted({str(record["article"]) for record in records}, key=lambda name: crc32(name.encode()))
    folds = np.array([articles.index(str(record["article"])) % FOLDS for record in records])
    probabilities = np.zeros(len(records))
    for fold in np.unique(folds):
        held = folds == fold
        model = fitted([record for record, out in zip(records, held, strict=True) if not out])
        values = _rows(records)[held] @ np.array([model.evidence, model.opinion]) + model.intercept
        probabilities[held] = 1 / (1 + np.exp(-values))
    return np.where([record["gap"] for record in records], 0.0, probabilities)


def report(records: Sequence[Record]) -> None:
    """Print how well each score tells answerable from unanswerable, and the two-by-two."""
    combined = cross_validated(records)
    enough, weak = thresholds(records, combined)
    threshold = np.where([r["weak"] for r in records], weak, enough)
    answerable = np.array([r["answerable"] for r in records])
    names = np.array([r["dataset"] for r in records])
    for name in dict.fromkeys(names):
        those = names == name
        told = those & np.array([r["sort"] != "off-topic" for r in records])
        if answerable[told].all():
            continue
        print(f"{name}: area under the curve, answerable against unanswerable")
        for label, score in (
            ("evidence", np.array([r["confidence"] for r in records])),
            ("opinion", np.array([r["opinion"] for r in records])),
            ("combined, cross-validated by article", combined),
        ):
            print(f"  {label}: {roc_auc_score(answerable[told], score[told]):.3f}")
        refused = combined < threshold
        for sort in dict.fromkeys(r["sort"] for r in records):
            mask = those & np.array([r["sort"] == sort for r in records])
            told_as = f"{enough:.3f}, weak evidence at {weak:.3f}"
            print(f"  refused at {told_as}: {refused[mask].sum()} of {mask.sum()} {sort}")


def thresholds(records: Sequence[Record], probabilities: Numbers) -> tuple[float, float]:
    """Below which probability to refuse where the evidence is enough by itself, and where it is not."""
    answerable = np.array([r["answerable"] for r in records])
    enough = np.array([not r["gap"] and not r["weak"] for r in records])
    weak = float(np.quantile(probabilities[answerable], FALSE_REFUSALS, method="lower"))
    return min(MARGIN * float(probabilities[answerable & enough].min()), weak), weak


def write(records: Sequence[Record]) -> None:
    """The model for `rag`; beside this script, how often what is said with a confidence is so."""
    probabilities = cross_validated(records)
    enough, weak = thresholds(records, probabilities)
    model = fitted(records)._asdict() | {"threshold": enough, "weak_threshold": weak}
    stored = {name: float(f"{value:.4g}") for name, value in model.items()}
    path = Path(rag.answerability.__file__).with_name("answerability_model.json")
    path.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")
    curve = calibration(records, probabilities)
    Path(__file__).with_name("answerability_calibration.json").write_text(json.dumps(curve, indent=1) + "\n")


def calibration(records: Sequence[Record], probabilities: Numbers) -> list[dict[str, float]]:
    """In each tenth of the confidences that occurs: their mean, and the share of answerable questions."""
    answerable = np.array([r["answerable"] for r in records])
    tenths = np.minimum((probabilities * 10).astype(int), 9)
    return [
        {
            "confidence": round(float(probabilities[tenths == tenth].mean()), 3),
            "answerable": round(float(answerable[tenths == tenth].mean()), 3),
            "questions": int((tenths == tenth).sum()),
        }
        for tenth in np.unique(tenths)
    ]
