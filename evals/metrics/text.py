"""Normalised tokens, clauses and negation: the common ground on which facts and answers are compared.

Not a metric. A token is a word (case folded, articles dropped, plural `s` off, possessive off, "doesn't" as
"does" and "not", acronyms as "u.s.") or a whole value in its canonical form, so that "5" is no part of "25".

Fails on: irregular plurals and other inflection ("trains", "training"), British against American spelling,
languages that do not put spaces between words (a run of them is one token).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from rag.checking.units import unit_after
from rag.checking.values import Value, clean, find_values

ARTICLES = frozenset({"a", "an", "the"})
_STOP_WORDS = """
    about above after again against all also although am among an and any are as at be because been before
    being below between both but by can could did do does doing down during each either even ever few for
    from further had has have having he her here hers him his how however i if in into is it its itself
    just may me might more most much must my of off on once only or other our out over own rather same
    shall she should so some such than that the their them then there these they this those through thus
    to too under until up upon us very was we were what when where whether which while who whom whose why
    will with would yet you your
"""
STOP_WORDS = frozenset(_STOP_WORDS.split())
NEGATORS = frozenset(
    {"not", "no", "never", "nor", "neither", "none", "cannot", "without", "nobody", "nothing"}
)

_WORD = re.compile(r"(?:[^\W\d_]\.){2,}|[^\W_]+(?:'[^\W_]+)*")
_CLAUSE_MARK = re.compile(r"[,;:!?()]|\.(?:\s|\"|$)| - ")
_CLAUSE_WORDS = frozenset({"but", "although", "though", "while", "whereas", "yet", "because"})


class Token(NamedTuple):
    """One unit of comparison."""

    text: str
    """Normalised word, or the canonical form of a value."""
    name: bool
    """Written with a capital and not a function word."""
    value: Value | None
    clause: int
    """Number of the clause it stands in, from 0."""
    unit: str = ""
    """The unit of measure that follows a value, in one spelling; empty where none does."""

    @property
    def negates(self) -> bool:
        return self.text in NEGATORS

    @property
    def content(self) -> bool:
        """Carries meaning: neither a function word nor a negator."""
        return self.value is not None or not (self.text in STOP_WORDS or self.negates)


def tokenize(text: str) -> list[Token]:
    """Tokens of any text, in order.

    >>> [t.text for t in tokenize("The U.S. doesn't doubt Mali’s 70–80%.")]
    ['u.s.', 'do', 'not', 'doubt', 'mali', '70..80 %']
    """
    text = clean(text)
    tokens: list[Token] = []
    position = clause = 0

    def gap(until: int) -> None:
        nonlocal position, clause
        last = position
        for match in _WORD.finditer(text, position, until):
            clause += len(_CLAUSE_MARK.findall(text[last : match.start()]))
            last = match.end()
            if match.group().casefold() in _CLAUSE_WORDS:
                clause += 1
            for word in _split(match.group()):
                tokens.append(Token(word, _is_name(match.group()), None, clause))
        clause += len(_CLAUSE_MARK.findall(text[last:until]))
        position = until

    for value in find_values(text):
        gap(value.start)
        tokens.append(Token(value.key, False, value, clause, unit_after(text, value)))
        position = value.end
    gap(len(text))
    return [t for t in tokens if t.text not in ARTICLES]


def _is_name(word: str) -> bool:
    folded = word.casefold()
    return word[0].isupper() and not (folded in STOP_WORDS or folded in ARTICLES or folded in NEGATORS)


def _split(word: str) -> list[str]:
    if word.endswith("."):  # U.S.
        return [word.casefold()]
    if len(word) == 2 and word.isupper() and word.isalpha():  # US
        return [f"{word[0]}.{word[1]}.".casefold()]
    word = word.casefold()
    word = word.removesuffix("'s")
    if word == "cannot":
        return ["can", "not"]
    if word.endswith("n't"):
        stem = {"ca": "can", "wo": "will", "sha": "shall"}.get(word[:-3], word[:-3])
        return [_singular(stem), "not"]
    return [_singular(word)]


def _singular(word: str) -> str:
    """Plural stem. Only that: anything stronger makes different words equal."""
    if word == "does":
        return "do"
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("sses", "shes", "ches", "xes")):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def find_phrase(phrase: Sequence[Token], tokens: Sequence[Token]) -> list[int]:
    """Where `phrase` begins in `tokens`, each place."""
    wanted = [t.text for t in phrase]
    words = [t.text for t in tokens]
    if not wanted:
        return []
    return [i for i in range(len(words) - len(wanted) + 1) if words[i : i + len(wanted)] == wanted]


def negated(tokens: Sequence[Token]) -> bool:
    """Whether an odd number of negators stands in `tokens`; "not only" negates nothing."""
    count = sum(
        t.negates and not (t.text == "not" and i + 1 < len(tokens) and tokens[i + 1].text == "only")
        for i, t in enumerate(tokens)
    )
    return count % 2 == 1
