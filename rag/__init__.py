"""Questions answered: from a question and a library to an answer whose every citation was checked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rag.answer import Answer, AnswerSentence, Citation, Passage, Turn
from rag.settings import Settings

if TYPE_CHECKING:
    from rag.engine import CitedQueryEngine

__all__ = ["Answer", "AnswerSentence", "Citation", "CitedQueryEngine", "Passage", "Settings", "Turn"]


def __getattr__(name: str) -> Any:
    if name == "CitedQueryEngine":  # brings llama_index, two seconds that settings and answers do not need
        from rag.engine import CitedQueryEngine

        return CitedQueryEngine
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
