"""Whether to answer, from the evidence alone or together with a model's opinion of it.

Refusing is not left to a model: a small one answers nearly everything when its examples answer, and refuses a
third of what it could answer when told to be strict. But how likely it is to say Yes to "do the sentences
state the answer" tells what the evidence's measures do not see. `evals/benchmarks/local_model.py` fits how
much each counts, and keeps the curve.
"""

from __future__ import annotations

import json
import math
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from rag.evidence import Evidence

SAID_YES, SAID_NO = 0.9, 0.4
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
    """Below this probability a question is refused whose evidence is enough by itself."""
    weak_threshold: float
    """The same where the evidence alone would refuse."""

    def threshold_for(self, evidence: Evidence) -> float:
        """The probability below which the question is refused."""
        return self.weak_threshold if evidence.confidence < evidence.threshold else self.threshold

    def confidence(self, evidence: Evidence, opinion: float) -> float:
        """The probability that the library answers the question; below the threshold where a gap shows.

        Args:
            evidence: What was found. With a gap (`rag.gaps`) no opinion counts: of the calibration questions
                3 of 150 answerable ones have one, and 43 of 150 made to look answerable.
            opinion: The probability with which the model says Yes, 0..1.
        """
        value = (
            self.intercept + self.evidence * log_odds(evidence.confidence) + self.opinion * log_odds(opinion)
        )
        probability = 1 / (1 + math.exp(-value))
        return min(probability, self.threshold) / 2 if evidence.gaps else probability


@lru_cache(maxsize=1)
def shipped_answerability() -> AnswerabilityModel:
    """The model that comes with Citewell."""
    stored = json.loads(Path(__file__).with_name("answerability_model.json").read_text(encoding="utf-8"))
    return AnswerabilityModel(**stored)


def log_odds(probability: float) -> float:
    """Log-odds, kept within those of .001 and .999."""
    bounded = min(max(probability, 0.001), 0.999)
    return math.log(bounded / (1 - bounded))
