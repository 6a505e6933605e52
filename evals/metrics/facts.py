"""Fact recall: the share of a case's facts that the answer states.

A fact is found by the first of four rules that succeeds, and the verdict names the rule:

1. `regex`: the case's own expression, searched in the answer without regard to case; not behind a negation
   in the same clause, unless the fact's text is one.
2. `alias`: the fact's text or one of `any_of`, token for token, in a clause that is not negated.
3. `values`: every number, date, percentage and amount of the fact as a value, not of another unit ("two
   weeks" is no "two months"), every new name, and a third of its other content words, inside two sentences of
   the same polarity. Only for facts that have values.
4. `recall`: at least .6 of the fact's content tokens inside two sentences, with every new value and name,
   one of its words that is no name if it has any, and the same polarity.

New is what neither the question nor the conversation has said.

`must_not` comes before all of them: a phrase of it in the answer, and the fact is missed.

Fails on: synonyms ("died", "was killed": give aliases); swapped roles, which have the same tokens (give a
regex and `must_not`); rounding; summaries; negation in other words ("denied that"); a capital that is not a
name's (write facts in lower case but for names). Measured on 67 facts against real answers, recall alone
accepted .66 of answers with corrupted digits; with the values it accepts .07 of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from evals.metrics.text import Token, find_phrase, negated, tokenize
from index.splitter import split_sentences
from rag.checking.units import is_among

Rule = Literal["regex", "alias", "values", "recall"]

MIN_RECALL = 0.6
MIN_OVERLAP_BESIDE_VALUES = 1 / 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Something that a right answer states."""

    text: str
    any_of: tuple[str, ...] = ()
    """Other wordings of it."""
    regex: str | None = None
    must_not: tuple[str, ...] = ()
    """Phrases that a right answer does not contain."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FactVerdict:
    """Whether an answer states a fact, and by which rule."""

    fact: Fact
    rule: Rule | None
    """The rule that found it; None where it was missed."""
    blocked_by: str | None = None
    """The `must_not` phrase that the answer contains."""

    @property
    def found(self) -> bool:
        return self.rule is not None


def judge_fact(fact: Fact, answer: str, *, asked: str = "") -> FactVerdict:
    """The verdict on one fact.

    Args:
        fact: What the answer should state.
        answer: The answer's words, without citation markers.
        asked: The question and the conversation before it; what they name need not be named again.

    >>> judge_fact(Fact(text="in June 2023"), "It failed in June of 2023.").rule
    'alias'
    >>> judge_fact(Fact(text="in June 2023"), "It failed in June 2024.").found
    False
    """
    tokens = tokenize(answer)
    for phrase in fact.must_not:
        if find_phrase(tokenize(phrase), tokens):
            return FactVerdict(fact=fact, rule=None, blocked_by=phrase)
    return FactVerdict(fact=fact, rule=_first_rule(fact, answer, tokens, asked))


def fact_recall(verdicts: Sequence[FactVerdict]) -> float | None:
    """Share of facts found; None where the case asks for none."""
    return sum(v.found for v in verdicts) / len(verdicts) if verdicts else None


def _first_rule(fact: Fact, answer: str, tokens: Sequence[Token], asked: str) -> Rule | None:
    if fact.regex and _matches(fact.regex, answer, denial=negated(tokenize(fact.text))):
        return "regex"
    if any(_states(tokenize(phrase), tokens) for phrase in (fact.text, *fact.any_of)):
        return "alias"
    wanted = tokenize(fact.text)
    known = {t.text for t in tokenize(asked)}
    windows = [tokenize(window) for window in _windows(answer)]
    if any(t.value for t in wanted) and any(_has_values(wanted, w, known) for w in windows):
        return "values"
    if any(_has_content(wanted, w, known) for w in windows):
        return "recall"
    return None


def _matches(regex: str, answer: str, *, denial: bool) -> bool:
    """Whether the expression occurs where nothing before it in its clause denies it.

    What it matches may deny, and a fact that is a denial itself may stand behind a "not".
    """
    for match in re.finditer(regex, answer, re.IGNORECASE | re.DOTALL):
        before, opened = tokenize(answer[: match.start()]), tokenize(answer[: match.end()])
        number = opened[len(before)].clause if len(opened) > len(before) else -1
        if denial or not negated([t for t in before if t.clause == number]):
            return True
    return False


def _states(phrase: Sequence[Token], tokens: Sequence[Token]) -> bool:
    """Whether the phrase stands somewhere in a clause that nothing else negates."""
    for start in find_phrase(phrase, tokens):
        end = start + len(phrase)
        number = tokens[start].clause
        before = [t for t in tokens[:start] if t.clause == number]
        if not negated([*before, *_denying([t for t in tokens[end:] if t.clause == number])]):
            return True
    return False


def _denying(behind: Sequence[Token]) -> list[Token]:
    """What stands behind a statement, without the negators that do not reach back to it.

    Only a negated verb does: "the revolt came to nothing" and "without help" deny no revolt.
    """
    return [t for t in behind if not t.negates or t.text in ("not", "never")]


def _windows(answer: str) -> Iterator[str]:
    """Every two neighbouring sentences."""
    spans = split_sentences(answer)
    for first, second in zip(spans, spans[1:] or spans[:1], strict=False):
        yield answer[first.start : max(first.end, second.end)]


def _has_values(wanted: Sequence[Token], window: Sequence[Token], known: set[str]) -> bool:
    present = {t.text for t in window}
    words = [t.text in present for t in wanted if t.content and t.value is None]
    overlap = not words or sum(words) / len(words) >= MIN_OVERLAP_BESIDE_VALUES
    return (
        overlap
        and all(_present(t, window) for t in wanted if t.value or (t.name and t.text not in known))
        and _same_polarity(wanted, window)
    )


def _has_content(wanted: Sequence[Token], window: Sequence[Token], known: set[str]) -> bool:
    content = [t for t in wanted if t.content]
    if not content:
        return False
    new = [t for t in content if t.text not in known]
    words = [t for t in content if not t.name]
    return (
        sum(_present(t, window) for t in content) / len(content) >= MIN_RECALL
        and all(_present(t, window) for t in new if t.value or t.name)
        and (not words or any(_present(t, window) for t in words))  # names alone state nothing
        and _same_polarity(wanted, window)
    )


def _present(token: Token, window: Sequence[Token]) -> bool:
    if token.value is None:
        return any(t.text == token.text and t.value is None for t in window)
    return is_among(
        token.unit, [t.unit for t in window if t.value is not None and t.value.covers(token.value)]
    )


def _same_polarity(wanted: Sequence[Token], window: Sequence[Token]) -> bool:
    """Whether the clauses that hold at least a third of what was matched are negated as the fact is."""
    content = [t for t in wanted if t.content]
    matched = [i for i, t in enumerate(window) if t.content and any(_present(w, [t]) for w in content)]
    clauses = [window[i].clause for i in matched]
    bearing = {number for number in clauses if 3 * clauses.count(number) >= len(matched)}
    return negated(wanted) == any(_clause_negated(window, number, matched) for number in bearing)


def _clause_negated(window: Sequence[Token], number: int, matched: Sequence[int]) -> bool:
    last = max(i for i in matched if window[i].clause == number)
    before = [t for t in window[: last + 1] if t.clause == number]
    return negated([*before, *_denying([t for t in window[last + 1 :] if t.clause == number])])
