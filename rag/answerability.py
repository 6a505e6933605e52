"""Whether to answer, from the evidence alone or together with a model's opinion of it.

Refusing is not left to a model: a small one answers nearly everything when its examples answer, and refuses a
third of what it could answer when told to be strict. But how likely it is to say Yes to "do the sentences
state the answer" tells what the evidence's measures do not see; and of the bundled model, how likely each of
many other words is to open its reply tells what Yes and No do not. `evals/benchmarks/local_model.py` fits how
much each counts, and keeps the curve.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from rag.evidence import Evidence
from rag.models.opinion import Opinion

SAID_YES, SAID_NO = Opinion(0.9), Opinion(0.4)
"""Taken for the opinion of a model that gives no probabilities, by its reply's first word. Set by hand, not
fitted: the local model's Yes to answerable questions of SQuAD has .87 on average, and a No must refuse."""


class AnswerabilityModel(NamedTuple):
    """Coefficients of a logistic model, and where it says no."""

    intercept: float
    evidence: float
    """Of the log-odds of the evidence's confidence."""
    opinion: float
    """Of the log-odds that the model says Yes."""
    threshold: float
    """Below this probability the question is refused."""
    beginnings: Mapping[str, float] = {}
    """Of the log-probabilities of first tokens of its reply."""
    floor: float = 0.0
    """Log-probability taken for those that it does not tell."""

    def confidence(self, evidence: Evidence, opinion: Opinion) -> float:
        """The probability that the library answers the question; below the threshold where a gap shows.

        With a gap (`rag.gaps`) no opinion counts: of the calibration questions 2 in 100 answerable ones have
        one, and 10 in 100 others.
        """
        value = (
            self.intercept
            + self.evidence * log_odds(evidence.confidence)
            + self.opinion * log_odds(opinion.yes)
            + math.fsum(
                weight * log_probability(opinion.beginnings.get(token, 0.0), self.floor)
                for token, weight in self.beginnings.items()
            )
        )
        probability = 1 / (1 + math.exp(-max(-60.0, min(60.0, value))))
        return min(probability, self.threshold) / 2 if evidence.gaps else probability

    def highest(self, evidence: Evidence) -> float:
        """What no opinion could lift the confidence above."""
        return self.threshold / 2 if evidence.gaps else 1.0


class Answerability(NamedTuple):
    """What was fitted for the bundled model, whose reply is read closely, and for any."""

    any_model: AnswerabilityModel
    bundled: AnswerabilityModel
    sha256: str
    """Of the bundled model's file that it was fitted for."""
    prompt: str
    """SHA-256 of the instruction and worked examples that it was fitted for."""

    def of(self, sha256: str | None) -> AnswerabilityModel:
        """What counts for the model with this SHA-256."""
        return self.bundled if sha256 == self.sha256 else self.any_model


@lru_cache(maxsize=1)
def shipped_answerability() -> Answerability:
    """The model that comes with Citewell."""
    stored = json.loads(Path(__file__).with_name("answerability_model.json").read_text(encoding="utf-8"))
    return Answerability(
        any_model=AnswerabilityModel(**stored["any_model"]),
        bundled=AnswerabilityModel(**stored["bundled"]),
        sha256=stored["sha256"],
        prompt=stored["prompt"],
    )


def log_probability(probability: float, floor: float) -> float:
    """The logarithm, and never less than the floor."""
    return max(math.log(probability), floor) if probability else floor


def log_odds(probability: float) -> float:
    """Log-odds, kept within those of .001 and .999."""
    bounded = min(max(probability, 0.001), 0.999)
    return math.log(bounded / (1 - bounded))
