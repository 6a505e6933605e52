"""Words for one country and its people that no ending derives from each other: `France`, `French`."""

from __future__ import annotations

from functools import lru_cache

from babel import Locale

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
_ENDINGS = ("n", "an", "ean", "ian", "i", "ish", "ese", "er", "ern", "s")
_SHORTEST = 4
"""Characters of a stem from which endings are put on and taken off."""


def other_words(stem: str) -> frozenset[str]:
    """Stems that may stand for the same country or its people, guessed by endings and known by heart.

    >>> "dutch" in other_words("holland"), "european" in other_words("europ"), "mali" in other_words("malian")
    (True, True, True)
    """
    found = set(_KIN.get(stem, ()))
    if len(stem) >= _SHORTEST:
        found.update(stem + ending for ending in _ENDINGS)
        found.update(root for e in _ENDINGS if len(root := stem.removesuffix(e)) >= _SHORTEST)
    return frozenset(found - {stem})


def is_country(name: str) -> bool:
    """Whether a country or territory bears the name, in English.

    >>> is_country("Equatorial Guinea"), is_country("the United States"), is_country("Emmanuel Macron")
    (True, True, False)
    """
    return frozenset(terms(name)) in _countries()


@lru_cache(maxsize=1)
def _countries() -> frozenset[frozenset[str]]:
    return frozenset(frozenset(terms(name)) for name in Locale("en").territories.values())
