"""Words for one country and its people that no ending derives from each other: `France`, `French`."""

from __future__ import annotations

from index.fulltext import terms

_FAMILIES = """
    britain british briton uk england english
    netherlands holland dutch
    america american us usa
    france french frenchman frenchmen
    spain spanish spaniard
    turkey turkish turk
    poland polish pole
    denmark danish dane
    sweden swedish swede
    finland finnish finn
    ireland irish irishman irishmen
    scotland scottish scots scot
    wales welsh welshman welshmen
    switzerland swiss
    greece greek
    norway norwegian norse
    portugal portuguese
    china chinese
    philippines filipino philippine
    thailand thai
    iceland icelandic
    belgium belgian
    czechia czech
    congo congolese
    peru peruvian
    cyprus cypriot
    lebanon lebanese
    burma burmese myanmar
"""
_KIN = {
    stem: family
    for line in _FAMILIES.strip().splitlines()
    for family in [frozenset(terms(line))]
    for stem in family
}
_ENDINGS = ("n", "an", "ean", "ian", "i", "ish", "ese", "er", "s")


def other_words(stem: str) -> frozenset[str]:
    """Stems that may stand for the same country or its people, guessed by endings and known by heart.

    >>> sorted(other_words("holland"))[:2], "european" in other_words("europ")
    (['dutch', 'hollandan'], True)
    """
    return (_KIN.get(stem, frozenset()) | {stem + ending for ending in _ENDINGS}) - {stem}
