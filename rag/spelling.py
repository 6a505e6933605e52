"""A question in the library's own spelling: slips of the pen, "cease-fire" or "ceasefire", 1000 or 1,000.

Only words that no article has are touched, and no word that English has, as far as the vocabularies of the
embedder and of tiktoken tell. What was taken for a misspelling is said; what is in quotation marks stays.
Of 200 questions of SQuAD 2.0 dev with one slip in a name, hit@1 / @5 are .815 / .960 so, .670 / .905 without,
and .825 / .960 where no slip was made; of 943 as people wrote them 22 are taken to be misspelt somewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import NamedTuple

from index.article import Span
from index.filtering import encodable
from index.fulltext import composed, terms
from index.library import Library
from index.tokens import count_tokens
from index.words import Words
from rag.question import WORD
from rag.weights import background_ranks
from rag.years import YEAR

TAKEN_FOR = "“{word}” is in no article; “{near}” was taken for it."
_QUOTED = re.compile(r"(?<!\w)[\"“„«]([^\"“”„«»]*[^\W_][^\"“”„«»]*)[\"”“»](?!\w)")
_MARKS = 2
_NUMBER = re.compile(r"(?<![\w.,])(?:\d{1,3}(?:[,.’'\u00a0\u202f ]\d{3})+|\d{4,15})(?!\w|[.,]\d)")
_HYPHEN = re.compile(r"[-\u2010-\u2013]")
_MOST_LOOKED_UP = 8
"""Unknown words of a question that other spellings are looked for of: each may take ten milliseconds."""
_SHORTEST = 4
_LONG = 7
"""Length from which the slip may be in the first letter, which people seldom get wrong, and a word with a
capital stand for one without."""
_LONGEST_ENDING = 3
_BEFORE_A_YEAR = re.compile(
    r"\b(?:in|by|of|since|until|till|before|after|from|during|between|and|to|year|early|late|around"
    r"|january|february|march|april|may|june|july|august|september|october|november|december"
    r"|spring|summer|autumn|winter)\s+$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Respelt:
    """A question as the library is asked it."""

    text: str
    variants: tuple[str, ...]
    """Other spellings of its words that the library has as well."""
    notices: tuple[str, ...]
    """What was taken for what, in words."""


class _Edit(NamedTuple):
    place: Span
    text: str
    misspelt: bool = False


def quotations(question: str) -> tuple[str, ...]:
    """What stands in quotation marks: words that must occur. A whole question in them is no quotation.

    >>> quotations('Who called it “a new era”, a 5" or a 6" pipe?'), quotations('"Who called it so?"')
    (('a new era',), ())
    """
    found = [match.group(1).strip() for match in _QUOTED.finditer(question)]
    if len(found) == 1 and found[0].endswith("?") and len(found[0]) >= len(question.strip()) - _MARKS:
        return ()
    return tuple(found)


def respelt(question: str, library: Library) -> Respelt:
    """The question with each word that no article has as the library spells it, where that can be told."""
    words, question = library.words(), composed(encodable(question))
    quoted = [Span(*match.span()) for match in _QUOTED.finditer(question)]
    edits: list[_Edit] = []
    variants: list[str] = []

    def is_free(start: int, end: int) -> bool:
        taken = [*quoted, *(edit.place for edit in edits)]
        return all(end <= span.start or span.end <= start for span in taken)

    for place, other, is_there in (*_numbers(question, words), *_joined(question, words)):
        if is_free(*place):
            if is_there:
                variants.append(other)
            else:
                edits.append(_Edit(place, other))
    unknown = (
        match
        for match in WORD.finditer(question)
        if is_free(*match.span()) and _is_unknown(match.group(), words)
    )
    for match in islice(unknown, _MOST_LOOKED_UP):
        word, place = match.group(), Span(*match.span())
        if parted := _parted(word, words):
            edits.append(_Edit(place, parted))
        elif near := _nearest(word, words, opens=not question[: match.start()].strip()):
            edits.append(_Edit(place, near, misspelt=True))
    text = question
    for edit in sorted(edits, key=lambda each: each.place, reverse=True):
        text = text[: edit.place.start] + edit.text + text[edit.place.end :]
    return Respelt(
        text=text,
        variants=tuple(dict.fromkeys(variants)),
        notices=tuple(
            TAKEN_FOR.format(word=question[slice(*edit.place)], near=edit.text)
            for edit in edits
            if edit.misspelt
        ),
    )


def _numbers(question: str, words: Words) -> Iterator[tuple[Span, str, bool]]:
    """Numbers that the library writes with or without separators: where, how, and whether as asked too."""
    for match in _NUMBER.finditer(question):
        number = match.group()
        if YEAR.fullmatch(number) and _BEFORE_A_YEAR.search(question[: match.start()]):
            continue
        other = f"{int(number):,}" if number.isdecimal() else re.sub(r"\D", "", number)
        if words.holds(other):
            yield Span(*match.span()), other, words.holds(number)


def _joined(question: str, words: Words) -> Iterator[tuple[Span, str, bool]]:
    """Neighbours that the library writes as one word: where, how, and whether as asked too."""
    for first, second in pairwise(WORD.finditer(question)):
        one, two = first.group(), second.group()
        between = question[first.end() : second.start()]
        hyphened = bool(_HYPHEN.fullmatch(between))
        if not hyphened and not (between == " " and terms(one) and terms(two)):
            continue
        joined = terms(one + two)
        if (
            len(joined) == 1
            and len(joined[0]) >= len(one + two) - _LONGEST_ENDING
            and joined[0].isalpha()
            and words.document_frequency(joined[0])
        ):
            unknown = any(_is_unknown(word, words) for word in (one, two))
            as_asked = words.holds(f"{one} {two}") or not (unknown or hyphened)
            yield Span(first.start(), second.end()), one + two, as_asked


def _is_unknown(word: str, words: Words) -> bool:
    stems = terms(word)
    return len(stems) == 1 and word.isalpha() and not words.document_frequency(stems[0])


def _parted(word: str, words: Words) -> str | None:
    """The word as the two that the library writes it with."""
    for length in range(1, len(word) - 1):
        one, two = word[:length], word[length:]
        if terms(one) and terms(two) and words.holds(f"{one} {two}"):
            return f"{one}-{two}"
    return None


def _nearest(word: str, words: Words, *, opens: bool) -> str | None:
    """The word of the library that this one is a misspelling of: for a name a name.

    Args:
        word: One that no article has.
        words: The library's.
        opens: Whether the question begins with it, and its capital tells nothing.
    """
    if _is_english(word):
        return None
    for form in dict.fromkeys((word, word.removesuffix("s"))):
        if len(form) >= _SHORTEST:
            written = words.misspelt(form)
            for near in written:
                is_name = not near.islower() and (near.lower() not in written or len(near) >= _LONG)
                fits = word.islower() or opens or (is_name and (near.isupper() or not word.isupper()))
                begins_alike = near[0].lower() == form[0].lower() or len(near) >= _LONG
                if fits and begins_alike and len(near) >= _SHORTEST + (word.islower() or opens):
                    return near
    return None


def _is_english(word: str) -> bool:
    """Whether it is no misspelling but a word, or a name, that the library happens not to have."""
    return terms(word)[0] in background_ranks() or any(
        count_tokens(f" {form}") == 1 for form in (word, word.lower())
    )
