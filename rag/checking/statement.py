"""What can be compared of a text: stems, names, values, and the clauses that are negated."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from index.fulltext import terms
from index.tokens import count_tokens
from rag.checking.units import unit_after
from rag.checking.values import Value, clean, find_values
from rag.question import ROLE, find_names

_HIDDEN = "\ue000"
"""Stands for each character of a value when the words around it are read."""
_WORD = re.compile(r"(?:[^\W\d_]\.){2,}|[^\W_]+(?:'[^\W_]+)*")
_CLAUSE_END = re.compile(
    r"[,;:!?()\[\]]|\.(?=\s|\"|$)| - |\b(?:but|although|though|while|whereas|yet|because)\b",
    re.IGNORECASE,
)
_BEGINS = re.compile(r"[.!?:\"(\[-]\W*$")
_BEFORE = 8
_HARMLESS = re.compile(
    r"\b(?:whether or not|if not|not (?:only|least|just|merely|until)|no doubt"
    r"|no (?:less|fewer|more|later) than|nothing but|without (?:a )?doubt)\b|\bno\b(?=\.? ?" + _HIDDEN + ")",
    re.IGNORECASE,
)
_NEGATOR = re.compile(
    r"\b(?:not|[a-z]+n't|cannot|no|never|neither|none|nobody|nothing|nowhere|without|unable|hardly|scarcely"
    r"|fail(?:s|ed|ing)? to|refus(?:e|es|ed|ing|al)|den(?:y|ies|ied|ying|ial)|declin(?:e|es|ed|ing) to"
    r"|reject(?:s|ed|ing)?|rul(?:e|es|ed|ing) out|turn(?:s|ed|ing)? down)\b",
    re.IGNORECASE,
)
_NOR = re.compile(r"\bnor\b", re.IGNORECASE)
_DECADE = re.compile(r"\b(\d+0)'s\b")
_TITLES = frozenset({"mr", "mrs", "ms", "dr", "prof", "sir", "st"})
_THIRD_TO_TWENTIETH = """third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth
    fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"""
_ORDINALS = {word: f"{n}th" for n, word in enumerate(_THIRD_TO_TWENTIETH.split(), start=3)}


class Clause(NamedTuple):
    """A stretch of text that one negator negates."""

    stems: frozenset[str]
    negator: str
    """The word that negates it; empty when nothing does, or two do."""


class Name(NamedTuple):
    """One word of a proper name, as far as capital letters tell."""

    text: str
    certain: bool
    """False for a common word whose capital may only be that of a sentence's beginning."""
    whole: tuple[str, ...]
    """The folded words of the name that it is part of, as the sentence has it."""


class Statement(NamedTuple):
    """What can be compared of a text."""

    stems: frozenset[str]
    words: frozenset[str]
    """Every word, folded, without dots and possessives; neighbours joined; initials of names."""
    names: tuple[Name, ...]
    figures: tuple[str, ...]
    """Words with digits that are no values: `3th`, `g20`."""
    values: tuple[Value, ...]
    shown: tuple[str, ...]
    """The values as written."""
    units: tuple[str, ...]
    """The unit of measure of each value; empty where it has none."""
    clauses: tuple[Clause, ...]


def read(text: str) -> Statement:
    """The text, taken apart."""
    text = _DECADE.sub(r"\1s", clean(text))
    values = tuple(find_values(text))
    bare = text
    for value in values:
        bare = bare[: value.start] + _HIDDEN * (value.end - value.start) + bare[value.end :]
    clauses = tuple(_clauses(bare))
    words = [(match.group(), match.start()) for match in _WORD.finditer(bare)]
    folded = [fold(match.group()) for match in _WORD.finditer(text)]
    figures = (_ORDINALS.get(word) or _figure(word) for word in map(fold, (word for word, _ in words)))
    return Statement(
        stems=_stems(word for word, _ in words),
        words=frozenset(folded) | {a + b for a, b in pairwise(folded)} | _initials(text),
        names=tuple(_names(bare, words)),
        figures=tuple(dict.fromkeys(figure for figure in figures if figure)),
        values=values,
        shown=tuple(text[value.start : value.end] for value in values),
        units=tuple(unit_after(text, value) for value in values),
        clauses=clauses,
    )


def _clauses(text: str) -> Iterator[Clause]:
    for part in _CLAUSE_END.split(text):
        bare = _HARMLESS.sub("", part)
        negators = _NEGATOR.findall(bare) or _NOR.findall(bare)
        stems = _stems(_WORD.findall(_NEGATOR.sub(" ", part)))
        if stems or negators:
            yield Clause(stems, negators[0].lower() if len(negators) % 2 else "")


def _stems(words: Iterable[str]) -> frozenset[str]:
    return frozenset().union(*(stem_of(fold(word)) for word in words))


def _names(text: str, words: Sequence[tuple[str, int]]) -> Iterator[Name]:
    runs: list[list[tuple[str, int]]] = [[]]
    for word, start in words:
        if not _may_be_name(word):
            continue
        if runs[-1] and start != runs[-1][-1][1] + len(runs[-1][-1][0]) + 1:
            runs.append([])
        runs[-1].append((word, start))
    for run in runs:
        for word, start in run:
            begins = start == words[0][1] or bool(_BEGINS.search(text[max(0, start - _BEFORE) : start]))
            shown, folded = re.sub(r"'s$", "", word), fold(word)
            certain = not begins or word.isupper() or len(run) > 1 or count_tokens(f" {folded}") > 1
            yield Name(shown, certain=certain, whole=tuple(fold(each) for each, _ in run))


def _may_be_name(word: str) -> bool:
    folded = fold(word)
    return (
        word[0].isupper()
        and bool((len(word) > 1 and word.isupper()) or stem_of(folded))
        and not any(c.isdigit() for c in word)
        and not (folded in _TITLES or ROLE.fullmatch(folded) or _NEGATOR.fullmatch(word))
    )


def _initials(text: str) -> frozenset[str]:
    names = (re.findall(r"\b[A-Z]", name) for name in find_names(text))
    return frozenset("".join(letters).lower() for letters in names if len(letters) > 1)


def fold(word: str) -> str:
    """The word without case, dots, possessive and contracted "not"."""
    return re.sub(r"'s?$|n't$", "", word.casefold()).replace(".", "")


def _figure(word: str) -> str:
    """The word if it has digits: `3rd` as `3th`, so that it equals `third`."""
    return re.sub(r"(?<=\d)(?:st|nd|rd)$", "th", word) if any(c.isdigit() for c in word) else ""


@lru_cache(maxsize=8192)
def stem_of(word: str) -> frozenset[str]:
    """Its stem, if it is no stop word."""
    return frozenset(terms(word))
