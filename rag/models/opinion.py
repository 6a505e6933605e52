"""What a model makes of the evidence, read off how its reply would begin."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

BEGINNINGS = 1000
"""First tokens that are looked at; asking for so many takes no longer than for twenty."""


class Opinion(NamedTuple):
    """A model's answer to whether the sentences state what is asked."""

    yes: float
    """How likely it says Yes rather than No, 0..1."""
    beginnings: Mapping[str, float] = {}
    """The likeliest first tokens of its reply with their probabilities; empty where it does not tell."""

    @classmethod
    def read(cls, beginnings: Mapping[str, float]) -> Opinion | None:
        """None where neither Yes nor No is among the beginnings.

        >>> Opinion.read({"Yes": 0.3, " yes": 0.1, "No": 0.1, "The": 0.5}).yes
        0.8
        """
        said = {"yes": 0.0, "no": 0.0}
        for token, probability in beginnings.items():
            word = token.strip().lower()
            if word in said:
                said[word] += probability
        total = sum(said.values())
        return cls(said["yes"] / total, beginnings) if total else None
