"""Words that the question qualifies one way and the closest sentences another: "the lowest quotient", where
they speak of the highest; "the Second Minister"; "before the bill is passed"; "unnatural disasters".

Every measure of similarity takes the two for nearly the same. Of 650 answerable and 650 unanswerable
questions of SQuAD 2.0 dev (8 articles) this stops none and 44 that nothing else stops; of 300 and 300 of CLAP
NQ, none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from index.fulltext import terms
from rag.question import Question

_SCALES = """
    most many much majority numerous; few fewest least little minority
    large larger largest big bigger biggest; small smaller smallest tiny
    high higher highest; low lower lowest
    long longer longest; short shorter shortest
    old older oldest ancient; new newer newest modern recent
    early earlier earliest; late later latest
    north northern; south southern; east eastern; west western
    northeast northeastern; northwest northwestern; southeast southeastern; southwest southwestern
    same similar identical alike; different dissimilar opposing opposite
    whole entire all; part partial
    public; private
    strong stronger strongest; weak weaker weakest
    good better best; bad worse worst
    rich richer richest wealthy wealthiest; poor poorer poorest
    hot hotter hottest warm warmer warmest; cold colder coldest cool cooler coolest
    wet wetter wettest; dry drier driest
    fast faster fastest quick quicker quickest; slow slower slowest
    heavy heavier heaviest; light lighter lightest
    common usual frequent; uncommon unusual rare
    positive; negative
    internal inner; external outer
    domestic; foreign
    rural; urban
    major; minor
    maximum; minimum
    male; female
    successful; unsuccessful failed
    increase increased increasing rising growing; decrease decreased decreasing falling declining
    left; right
    top; bottom
    before prior; after
    inside within; outside
    above; below beneath
    winter; summer; spring; autumn
    morning; evening; night
    monday; tuesday; wednesday; thursday; friday; saturday; sunday
    first 1st; second 2nd; third 3rd; fourth 4th; fifth 5th; sixth 6th; seventh 7th; eighth 8th
    two 2; three 3; four 4; five 5; six 6; seven 7; eight 8; nine 9; ten 10; eleven 11; twelve 12
"""
"""Words that exclude one another: one scale a line, `;` between its places."""
_NEGATING = ("un", "in", "im", "ir", "il", "non", "non-")
_SHORTEST_NEGATED = 5
"""Letters of what a negating syllable stands before: "form" is not the contrary of "inform"."""
_REACH = 2
"""Content words behind a word that it may qualify in a sentence; in a question it is the next alone."""
_SAYS_NOT = re.compile(r"\b(?:not|never|cannot|no)\b|n['’]t\b", re.IGNORECASE)
_HOW = re.compile(r"\bhow \w+", re.IGNORECASE)
"""What is asked for: "how many" may be few."""
_WORD = re.compile(r"[^\W_]+(?:[-’'][^\W_]+)*")


class _Place(NamedTuple):
    scale: int
    value: int


def _places() -> dict[str, _Place]:
    scales = [line.split(";") for line in _SCALES.strip().splitlines()]
    return {
        word: _Place(scale, value)
        for scale, values in enumerate(scales)
        for value, words in enumerate(values)
        for word in words.split()
    }


_PLACES = _places()
_CARDINALS = _PLACES["two"].scale


class _Qualified(NamedTuple):
    """A word, and the stem of one behind it that it may qualify."""

    word: str
    stem: str
    is_named: bool
    """A number that is part of a name: the Seven Years' War, which may have had six years."""


def opposed(question: Question, close: Sequence[str]) -> tuple[str, ...]:
    """What the question qualifies otherwise than the closest sentences, in words.

    Args:
        question: One that asks to have both sides, or what is not so, or whether, is left alone.
        close: The closest sentences.
    """
    if question.kind == "yes_no" or _SAYS_NOT.search(question.text):
        return ()
    asked = _content(_HOW.sub(" ", question.text))
    sides = {word.lower() for word in asked}
    said = [qualified for text in close for qualified in _qualified(_content(text), _REACH)]
    words = {word.lower() for text in close for word in _WORD.findall(text)}
    found = []
    for asks in _qualified(asked, 1):
        beside = {each.word for each in said if each.stem == asks.stem and each.is_named == asks.is_named}
        contrary = {word for word in beside if _excludes(asks.word, word)}
        known = beside if asks.word in _PLACES else words
        if contrary and not contrary & sides and not any(_agrees(asks.word, word) for word in known):
            found.append(f"The closest sentences speak of “{min(contrary)}”, not of “{asks.word}”.")
    return tuple(found)


def _content(text: str) -> list[str]:
    """The words that the index keeps, and those that stand on a scale."""
    return [word for word in _WORD.findall(text) if word.lower() in _PLACES or terms(word)]


def _qualified(words: Sequence[str], reach: int) -> Iterator[_Qualified]:
    for n, word in enumerate(words):
        for other in words[n + 1 : n + 1 + reach]:
            if other.lower() not in _PLACES:
                place = _PLACES.get(word.lower())
                is_number = place is not None and place.scale == _CARDINALS
                is_named = is_number and word[0].isupper() and other[0].isupper()
                yield _Qualified(word.lower(), terms(other)[0], is_named)


def _excludes(word: str, other: str) -> bool:
    one, another = _PLACES.get(word), _PLACES.get(other)
    if one is not None and another is not None:
        return one.scale == another.scale and one.value != another.value
    return _negates(word, other) or _negates(other, word)


def _agrees(word: str, other: str) -> bool:
    return word == other or (word in _PLACES and _PLACES[word] == _PLACES.get(other))


def _negates(negated: str, word: str) -> bool:
    return len(word) >= _SHORTEST_NEGATED and any(negated == syllable + word for syllable in _NEGATING)
