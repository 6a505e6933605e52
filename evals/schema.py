"""The suite format as a JSON Schema, so that an editor checks a suite while it is written.

`evals/suite.schema.json` is what `python -m evals.schema` prints. Name it in the first line of a suite:
`# yaml-language-server: $schema=…/suite.schema.json`. What a schema cannot say (that ids differ, that a key
of `gold` is one of `sources`) the loader says, with the line.
"""

from __future__ import annotations

import json
from typing import Any

from evals.cases import CASE_FIELDS, FACT_FIELDS, ONLY_OF_ANSWERS, SUITE_FIELDS, TURN_FIELDS
from evals.measures import ALL, NEEDS, OF_A_CASE, UPPER_BOUNDS, limits

# Every scalar is read as the text that stands there, so an editor may take it for a number or a truth.
_TEXT = {"type": ["string", "number", "boolean"], "minLength": 1}
_TEXTS = {"type": "array", "items": _TEXT, "minItems": 1}

_CASE: dict[str, tuple[dict[str, Any], str]] = {
    "id": (_TEXT, "Its name; no other case of the suite has it."),
    "question": (_TEXT, "As a user asks it."),
    "history": (
        {"type": "array", "items": {"$ref": "#/$defs/turn"}},
        "Earlier exchanges, oldest first.",
    ),
    "expect": ({"enum": ["answer", "refuse"]}, "What must come of it."),
    "facts": (
        {"type": "array", "items": {"$ref": "#/$defs/fact"}, "minItems": 1},
        "What a right answer states.",
    ),
    "gold": (_TEXTS, "Keys of `sources`; one of them must be cited."),
    "evidence": (_TEXTS, "Words of the articles that hold the answer: what retrieval must find."),
    "reference": (_TEXT, "An answer as a person gives it; its token F1 is told."),
    "thresholds": ({"$ref": "#/$defs/caseThresholds"}, "Bounds of this case alone."),
    "tags": (_TEXTS, "For reading the results, and for --filter."),
}
_SUITE: dict[str, tuple[dict[str, Any], str]] = {
    "name": (_TEXT, "What results call it."),
    "description": (_TEXT, "What it is for."),
    "articles": (_TEXT, "Folder of its own articles, relative to this file."),
    "sources": (
        {"type": "object", "additionalProperties": _TEXTS},
        "Names for articles: an article is meant when its title or text has one of the phrases.",
    ),
    "thresholds": ({"$ref": "#/$defs/suiteThresholds"}, "How good is good enough, over all cases."),
    "cases": ({"type": "array", "items": {"$ref": "#/$defs/case"}, "minItems": 1}, "The questions."),
}
_FACT: dict[str, tuple[dict[str, Any], str]] = {
    "text": (_TEXT, "What a right answer states."),
    "any_of": (_TEXTS, "Other wordings of it."),
    "regex": (
        {"type": "string", "format": "regex"},
        "Searched without regard to case; not behind a negation in the same clause.",
    ),
    "must_not": (_TEXTS, "Phrases that make it wrong."),
}
_TURN: dict[str, tuple[dict[str, Any], str]] = {
    "question": (_TEXT, "What was asked."),
    "answer": (_TEXT, "What was answered."),
}


def suite_schema() -> dict[str, Any]:
    """The schema, in the 2020-12 dialect."""
    case = _object(_CASE, CASE_FIELDS, required=["id", "question", "expect"])
    answer, refusal = {"const": "answer"}, {"const": "refuse"}
    case["allOf"] = [
        {"if": {"properties": {"expect": answer}}, "then": {"required": ["facts"]}},
        {
            "if": {"properties": {"expect": refusal}},
            "then": {"properties": dict.fromkeys(ONLY_OF_ANSWERS, False)},
        },
    ]
    thresholds = _thresholds(OF_A_CASE)
    thresholds["description"] = "; ".join(
        f"{metric} needs {field}" for metric, field in NEEDS.items() if metric in OF_A_CASE
    )
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Citewell suite",
        **_object(_SUITE, SUITE_FIELDS, required=["name", "cases"]),
        "$defs": {
            "case": case,
            "fact": {"anyOf": [_TEXT, _object(_FACT, FACT_FIELDS, required=["text"])]},
            "turn": _object(_TURN, TURN_FIELDS, required=["question"]),
            "suiteThresholds": _thresholds(ALL),
            "caseThresholds": thresholds,
        },
    }


def schema_text() -> str:
    """The schema as it is shipped."""
    return json.dumps(suite_schema(), indent=2, ensure_ascii=False) + "\n"


def _object(
    described: dict[str, tuple[dict[str, Any], str]], fields: tuple[str, ...], *, required: list[str]
) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {name: described[name][0] | {"description": described[name][1]} for name in fields},
        "required": required,
        "additionalProperties": False,
    }


def _thresholds(metrics: tuple[str, ...]) -> dict[str, Any]:
    properties = {}
    for metric in metrics:
        low, high = limits(metric)
        bound = {"type": "number", "minimum": low}
        if high < float("inf"):
            bound["maximum"] = high
        side = "At most this." if metric in UPPER_BOUNDS else "At least this."
        properties[metric] = bound | {"description": side}
    return {"type": "object", "properties": properties, "additionalProperties": False}


if __name__ == "__main__":
    import sys

    sys.stdout.write(schema_text())
