"""What a question about the collection asks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rag.collection.periods import ALWAYS, Period

Wanted = Literal["count", "list", "period", "newest", "oldest", "publishers", "authors"]
"""How many; which ones; from when to when; the last and the first by date; whose they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectionQuery:
    """Which articles, and what is wanted of them."""

    wanted: tuple[Wanted, ...]
    """At least one, in the order of the answer."""
    mentions: tuple[str, ...] = ()
    """What each of them mentions, as it was asked."""
    source: str = ""
    """Their publisher or author, as it was asked."""
    period: Period = ALWAYS
    """When they were published."""
    of_events: bool = False
    """Whether it is asked what happened: where the time tells no articles apart, their texts are asked."""

    def in_words(self) -> str:
        """The question written out: what a follow-up was taken for."""
        which = "".join(
            [
                f" from {self.source}" if self.source else "",
                f" published {self.period.in_words()}" if self.period else "",
                f" that mention {' and '.join(self.mentions)}" if self.mentions else "",
            ]
        )
        asked = "; ".join(_ASKED[wanted].format(which=which) for wanted in self.wanted)
        return f"{asked[:1].upper()}{asked[1:]}?"


_ASKED: dict[Wanted, str] = {
    "count": "how many articles are there{which}",
    "list": "which are the articles{which}",
    "period": "from when to when are the articles{which}",
    "newest": "what is the newest of the articles{which}",
    "oldest": "what is the oldest of the articles{which}",
    "publishers": "which publishers are the articles{which} from",
    "authors": "who wrote the articles{which}",
}
