"""Whether an event or a measure stands beside what it is said of, with no other name between them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.fulltext import terms
from rag.question import WORD, find_names

_OF_SOMEONE = re.compile(r"\b(?:he|she|it|they|who|which|that)\b", re.IGNORECASE)


def stands_beside(
    text: str, events: Sequence[re.Match[str]], subjects: frozenset[str], *, or_pronoun: bool
) -> bool:
    """Whether one of the events stands beside a subject with no other name between them.

    >>> text, cole = "Bain met Idris Cole, 41, at sea.", re.compile(r"41")
    >>> [stands_beside(text, list(cole.finditer(text)), {who}, or_pronoun=True) for who in ("bain", "cole")]
    [False, True]

    Args:
        text: A sentence.
        events: Words of it.
        subjects: Stems of what they may be said of.
        or_pronoun: Whether a pronoun may mean it.
    """
    places = [
        word
        for word in WORD.finditer(text)
        if frozenset(terms(word.group())) & subjects or (or_pronoun and _OF_SOMEONE.fullmatch(word.group()))
    ]
    for event in events:
        for place in places:
            between = text[min(event.end(), place.end()) : max(event.start(), place.start())]
            if all(subjects & frozenset(terms(name)) for name in find_names(f"so {between}")):
                return True
    return False
