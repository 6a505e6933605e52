"""Whether to answer: what each part counts, and for which model it was fitted."""

from __future__ import annotations

import math

import pytest

from evals.benchmarks.remembering import prompt_sha256
from rag.answerability import AnswerabilityModel, shipped_answerability
from rag.answerers import generative
from rag.evidence import Evidence
from rag.local.model_file import QWEN
from rag.models.opinion import Opinion


def evidence(confidence: float, *gaps: str) -> Evidence:
    return Evidence(sentences=(), confidence=confidence, gaps=gaps, threshold=0.1)


MODEL = AnswerabilityModel(
    intercept=-1.0, evidence=0.5, opinion=1.0, threshold=0.3, beginnings={"The": 0.2, "It": -0.4}, floor=-10.0
)


def test_the_confidence_is_the_logistic_of_all_parts():
    opinion = Opinion(0.8, {"The": 0.5, "Yes": 0.4})
    value = -1.0 + 0.5 * math.log(0.6 / 0.4) + math.log(0.8 / 0.2) + 0.2 * math.log(0.5) - 0.4 * -10.0
    assert MODEL.confidence(evidence(0.6), opinion) == pytest.approx(1 / (1 + math.exp(-value)))


def test_no_opinion_lifts_a_question_with_a_gap():
    sure = Opinion(0.999, {"The": 1.0})
    assert MODEL.confidence(evidence(0.9), sure) > MODEL.threshold
    assert MODEL.confidence(evidence(0.9, "no year"), sure) <= MODEL.highest(evidence(0.9, "no year"))
    assert MODEL.highest(evidence(0.9, "no year")) < MODEL.threshold


def test_a_surer_model_and_better_evidence_never_count_against_answering():
    shipped = shipped_answerability()
    for model in (shipped.any_model, shipped.bundled):
        assert model.evidence > 0
        assert model.opinion > 0
        assert 0 < model.threshold < 1


def test_the_close_reading_is_of_the_bundled_model_and_its_prompt_alone():
    shipped = shipped_answerability()
    assert shipped.sha256 == QWEN.sha256
    assert shipped.prompt == prompt_sha256(generative.INSTRUCTION), "the prompt changed: fit anew"
    assert shipped.of(QWEN.sha256) is shipped.bundled
    assert shipped.of(None) is shipped.of("0" * 64) is shipped.any_model
    assert not shipped.any_model.beginnings
