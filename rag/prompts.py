"""Every phrase that Citewell itself says in an answer, as constants that code and tests share."""

from __future__ import annotations

from rag.answer import RefusalReason

REFUSAL = "The articles do not say."

REFUSAL_REASONS: dict[RefusalReason, str] = {
    "empty_library": "There are no articles in the library yet.",
    "no_evidence": "Nothing in the library has to do with this question.",
    "low_evidence": "The closest passages are about something else, or leave out what was asked.",
    "filtered_out": "The filters leave out every article that could answer.",
}
