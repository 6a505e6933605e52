"""One question with what came of it, as it is shown, kept and exported."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from rag.answer import Answer

Outcome = Literal["answered", "stopped", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """Where an answer was looked for."""

    searched: int
    """Articles that the filters let pass."""
    held: int
    """Articles in the library."""
    filters: tuple[tuple[str, int], ...] = ()
    """Each filter in words, with how many articles it alone leaves out."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Exchange:
    """A question that is finished, one way or another."""

    number: int
    """Place in its conversation, from 1."""
    question: str
    outcome: Outcome
    """A refusal is `answered`."""
    answer: Answer | None = None
    """None when it was stopped or failed."""
    looked: Looked | None = None
    text: str = ""
    """The words that had come when it was stopped or failed."""
    message: str = ""
    """What went wrong."""
    hint: str = ""
    llm: str = ""
    """Who was asked, by name; whose words came of it says the answer."""
    html: str = field(default="", compare=False)
    """As it is shown; never kept, since articles change."""

    def to_dict(self) -> dict[str, Any]:
        """What is kept of it, but for its number."""
        looked = self.looked
        return {
            "question": self.question,
            "outcome": self.outcome,
            "answer": self.answer.to_dict() if self.answer else None,
            "looked": {"searched": looked.searched, "held": looked.held, "filters": looked.filters}
            if looked
            else None,
            "text": self.text,
            "message": self.message,
            "hint": self.hint,
            "llm": self.llm,
        }

    @classmethod
    def from_dict(cls, number: int, data: Mapping[str, Any]) -> Exchange:
        looked = data["looked"]
        return cls(
            **{key: data[key] for key in ("question", "outcome", "text", "message", "hint")},
            number=number,
            llm=data.get("llm", ""),
            answer=Answer.from_dict(data["answer"]) if data["answer"] else None,
            looked=Looked(
                searched=looked["searched"],
                held=looked["held"],
                filters=tuple((words, count) for words, count in looked["filters"]),
            )
            if looked
            else None,
        )
