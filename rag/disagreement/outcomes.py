"""Which way a sentence says that something went: approved or rejected, opened or not.

A short list of opposites and a look for negations; nothing is understood. A clause that only asks, fears,
plans or supposes ("may be approved", "if it wins") says nothing of the outcome and is passed over.

Fails on: opposites that are not listed, negations across clauses, irony.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import takewhile
from typing import NamedTuple

from index.fulltext import terms
from rag.disagreement.amounts import find_amounts


class Opposites(NamedTuple):
    """Two ways that something can go, by the stems that tell of each."""

    one: frozenset[str]
    other: frozenset[str]
    same_subject: bool
    """Whether both must be said of the same subject: when one side wins, the other has lost."""


_OPPOSITES = tuple(
    Opposites(frozenset(terms(one)), frozenset(terms(other)), same_subject)
    for one, other, same_subject in (
        ("approve approved approves approval", "reject rejected rejects rejection", False),
        ("accept accepted accepts", "refuse refused refuses declined", False),
        ("confirm confirmed confirms", "deny denied denies", True),
        ("acquit acquitted innocent", "convict convicted guilty", False),
        ("win won wins", "lose lost loses", True),
        ("open opened opens reopened", "close closed closes shut", True),
        (
            "rise rose rises risen increase increased grew grown",
            "fall fell falls fallen decreased dropped",
            True,
        ),
        ("survive survived alive", "die died dead killed", True),
        ("succeed succeeded successful", "fail failed unsuccessful", True),
    )
)
OUTCOME_STEMS = frozenset[str]().union(*(pair.one | pair.other for pair in _OPPOSITES))
"""Every stem that tells of an outcome."""
_CLAUSE_END = re.compile(
    r"[,;:()]| - |\b(?:and|but|although|though|while|whereas|because|after|before|when)\b"
)
_OPEN = re.compile(
    r"\b(?:may|might|could|would|should|if|whether|unless|until|yet|still|expect\w*|planned|plans? to"
    r"|propose[sd]|ask(?:s|ed)?|urg\w+|want\w*|hop(?:e|es|ed|ing)|fear\w*|threat\w*|likely|alleg\w*|claim\w*|accus\w*"
    r"|vote on|call(?:s|ed)? (?:for|on)|not all|not every\w*|only|partly|almost|nearly|no longer)\b",
    re.IGNORECASE,
)
_TO_COME = re.compile(r"\b(?:will|won't|shall|is to|are to|going to|due to)\b", re.IGNORECASE)
_NEGATION = re.compile(
    r"\b(?:not|cannot|[a-z]+n't|never|no one|nobody|no|none|nothing|neither|nor|without|fail(?:s|ed)? to"
    r"|refus(?:es|ed) to|declin(?:es|ed) to)\b",
    re.IGNORECASE,
)
_OF_A_NUMBER = re.compile(r"\b(?:not|no)\W+\d", re.IGNORECASE)
_REACH = 3
"""Content words after a negation that it is read to turn."""


class Clause(NamedTuple):
    """One clause that states an outcome."""

    words: tuple[str, ...]
    """Stems in order, without the negations."""
    turned: tuple[str, ...]
    """Stems right behind a negation; empty where there is none, or two."""
    is_negated: bool
    is_to_come: bool
    counts: bool
    """Whether it has a number: `three sailors survived`, and others died."""


def clauses(text: str) -> Iterator[Clause]:
    """The clauses of a cleaned sentence that state something."""
    for part in _CLAUSE_END.split(text):
        negations = list(_NEGATION.finditer(part))
        words = tuple(terms(_NEGATION.sub(" ", part)))
        if not words or _OPEN.search(part) or _OF_A_NUMBER.search(part):
            continue
        negated = len(negations) % 2 == 1
        turned = terms(part[negations[-1].end() :])[:_REACH] if negated else []
        yield Clause(words, tuple(turned), negated, bool(_TO_COME.search(part)), _counts(part))


def _counts(text: str) -> bool:
    return any(not amount.unit for amount in find_amounts(text))


def contradict(one: str, other: str, asked: frozenset[str]) -> bool:
    """Whether two cleaned sentences state opposite outcomes of what was asked.

    Args:
        one: A sentence.
        other: Another; that both are about the same thing is for the caller to know.
        asked: Stems of the question; a bare negation must turn one of them.

    >>> contradict("The council approved the plan.", "The council rejected the plan.", frozenset(["plan"]))
    True
    >>> contradict("The Reds won the cup final.", "The Blues lost the cup final.", frozenset(["cup"]))
    False
    """
    return any(
        mine.is_to_come == yours.is_to_come
        and not _both_add(mine, yours, asked)
        and (_opposed(mine, yours) or _negates(mine, yours, asked))
        for mine in clauses(one)
        for yours in clauses(other)
    )


def _both_add(mine: Clause, yours: Clause, asked: frozenset[str]) -> bool:
    """Whether each says something that the other does not: `worked in mice`, `did not work in monkeys`."""
    one, other = set(mine.words) - asked - OUTCOME_STEMS, set(yours.words) - asked - OUTCOME_STEMS
    return bool(one - other and other - one)


def _opposed(mine: Clause, yours: Clause) -> bool:
    if mine.counts or yours.counts:
        return False
    for pair in _OPPOSITES:
        side, against = _side(mine, pair), _side(yours, pair)
        if side and against and side == -against:
            if pair.same_subject:
                return bool(_subject(mine, pair) & _subject(yours, pair))
            both = pair.one | pair.other
            return bool((set(mine.words) - both) & (set(yours.words) - both))
    return False


def _side(clause: Clause, pair: Opposites) -> int:
    """1 for the first way, -1 for the other, 0 where neither or both are named."""
    words = frozenset(clause.words)
    one, other = bool(words & pair.one), bool(words & pair.other)
    if one == other:
        return 0
    return (1 if one else -1) * (-1 if clause.is_negated else 1)


def _subject(clause: Clause, pair: Opposites) -> frozenset[str]:
    """Stems before the word that tells the outcome."""
    place = next(n for n, word in enumerate(clause.words) if word in pair.one | pair.other)
    return frozenset(clause.words[:place])


def _negates(mine: Clause, yours: Clause, asked: frozenset[str]) -> bool:
    """Whether one of the clauses negates what the other states: `was not hurt`, `were hurt`."""
    if mine.is_negated == yours.is_negated:
        return False
    negated, plain = (mine, yours) if mine.is_negated else (yours, mine)
    same = tuple(takewhile(lambda word: word in plain.words, negated.turned))
    return bool(asked & set(same))
