"""What a question asks for: its words and their weights, its names and numbers, the kind of answer."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from index.fulltext import terms

Kind = Literal["number", "date", "person", "place", "reason", "manner", "yes_no", "thing"]
KINDS: tuple[Kind, ...] = ("number", "date", "person", "place", "reason", "manner", "yes_no", "thing")

_KIND_PATTERNS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    (
        "number",
        re.compile(
            r"\bhow (?:many|much|long|old|far|tall|large|big|often|high|fast|deep|wide|heavy)\b"
            r"|\b(?:what|which) (?:percent|percentage|number|amount|proportion|share|fraction|portion)\b"
            r"|\bwhat (?:is|was|were|are) the"
            r" (?:population|percentage|number|cost|price|total|proportion|share)\b"
        ),
    ),
    (
        "date",
        re.compile(
            r"\bwhen\b|\bhow (?:recently|soon|early|late)\b|\bsince when\b"
            r"|\b(?:what|which) (?:\w+ )?(?:year|century|decade|month|day|date|time|era|period)\b"
        ),
    ),
    ("person", re.compile(r"\bwho(?:m|se)?\b")),
    (
        "place",
        re.compile(
            r"\bwhere\b|\b(?:what|which) (?:\w+ )?"
            r"(?:country|countries|city|cities|place|places|state|region|location|nation|nations|continent|river"
            r"|town|province|area|capital)\b"
        ),
    ),
    (
        "reason",
        re.compile(
            r"\bwhy\b|\bhow come\b|\bfor what\b|\bwhat (?:caused|led)\b"
            r"|\bwhat (?:is|was|were|are) the (?:reason|reasons|cause|causes|purpose)\b"
        ),
    ),
    ("manner", re.compile(r"\bhow\b")),
    ("thing", re.compile(r"\b(?:what|which)\b")),
    (
        "yes_no",
        re.compile(r"^\W*(?:is|are|was|were|did|do|does|has|have|had|can|could|will|would|should|must)\b"),
    ),
)

WORD = re.compile(r"[^\W_]+")
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_QUANTITY_WORDS = frozenset(["many", "much"])
ASKING_WORDS = frozenset(["what", "who", "whom", "whose", "when", "where", "which", "why", "how"])

_NAME_PART = r"[^\W\d_a-z][\w’'-]*"
_NAME = re.compile(
    rf"(?<![\w’'-]){_NAME_PART}(?:(?:\s+(?:of|de|von|van|al|bin|der|the|da|du|la))?\s+{_NAME_PART})*"
)
_OPENERS = re.compile(
    r"^(?:what|who|whom|whose|when|where|which|why|how|in|on|at|is|are|was|were|did|do|does|has|have|had|can|could"
    r"|will|would|should|the|a|an|to|by|for|from|of|under|with|along|about|after|before|during|since|until|tell"
    r"|name|list|give|describe|explain|according|and|but|so|or|if|as|i|please|show|find|summari[sz]e|compare)$",
    re.IGNORECASE,
)
_MEASURED = re.compile(
    r"\b(?:how (?:many|much)|number of|(?:share|percentage|proportion|part|fraction) of)\s+(.*)", re.I
)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionWord:
    """One content word of a question."""

    text: str
    stem: str
    start: int
    end: int
    weight: float
    """Rarity in the library (inverse document frequency), above 0."""
    is_name: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question, analysed."""

    text: str
    kind: Kind
    words: tuple[QuestionWord, ...]
    """Content words in order; stop words are left out."""
    names: tuple[str, ...]
    """Proper names, as far as capital letters tell."""
    numbers: frozenset[str]
    measured: frozenset[str]
    """Stems of what is counted: `fighters` in "how many fighters"; empty when nothing is."""

    @property
    def stems(self) -> tuple[str, ...]:
        """Distinct stems of the content words, in order."""
        return tuple(dict.fromkeys(word.stem for word in self.words))


def analyse(text: str, weight: Callable[[str], float]) -> Question:
    """The question in parts; `weight` gives a stem's rarity."""
    names = find_names(text)
    in_names = {word for name in names for word in WORD.findall(name)}
    words = []
    for match in WORD.finditer(text):
        stems = terms(match.group())
        if stems and match.group().lower() not in _QUANTITY_WORDS:
            words.append(
                QuestionWord(
                    text=match.group(),
                    stem=stems[0],
                    start=match.start(),
                    end=match.end(),
                    weight=weight(stems[0]),
                    is_name=match.group() in in_names,
                )
            )
    counted = _MEASURED.search(text)
    return Question(
        text=text,
        kind=kind_of(text),
        words=tuple(words),
        names=tuple(names),
        numbers=frozenset(NUMBER.findall(text)),
        measured=frozenset(terms(counted.group(1))[:2]) if counted else frozenset(),
    )


def kind_of(text: str) -> Kind:
    """The kind of answer asked for, by its asking words.

    >>> kind_of("How many fighters stayed?"), kind_of("Who led it?"), kind_of("Did it rain?")
    ('number', 'person', 'yes_no')
    """
    lowered = text.lower()
    return next((kind for kind, pattern in _KIND_PATTERNS if pattern.search(lowered)), "thing")


def find_names(text: str) -> list[str]:
    """Proper names by their capital letters; the capital that only opens a sentence is passed over.

    >>> find_names("When did the Central African Republic ask Dmitry Peskov?")
    ['Central African Republic', 'Dmitry Peskov']
    """
    names = []
    for match in _NAME.finditer(text):
        parts = match.group().split()
        while parts and _OPENERS.match(parts[0]):
            parts = parts[1:]
        if parts:
            names.append(" ".join(parts).rstrip("’'-"))
    return [_without_possessive(name) for name in names]


def _without_possessive(name: str) -> str:
    return re.sub(r"[’']s$", "", name)
