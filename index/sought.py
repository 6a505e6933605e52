"""Words that an article is to mention: how the full text finds them, and what a sentence has to have."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, zip_longest

from index.fulltext import composed, is_unspaced, terms

_WORD = re.compile(r"[^\W_]+")
_PLAIN_WORD = re.compile(r"[a-z]+")
_BETWEEN = r"[^\w\n]{1,4}"
"""What may stand between two words of a phrase: a space, a hyphen, a quotation mark and a space."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """Words to be mentioned, as the full text finds them and as a sentence has to have them."""

    terms: tuple[frozenset[str], ...]
    """A chunk is a candidate when it has one term of each of these; every chunk is when there are none."""
    patterns: tuple[re.Pattern[str], ...]
    """A sentence mentions it when each of these is in it, its accents folded; none is mentioned nowhere."""

    @classmethod
    def phrase(cls, text: str, *, literal: bool = False) -> Sought:
        """These words in this order, whatever their case, accents and punctuation.

        Names may be possessive; other words also singular or plural, unless `literal`.

        >>> Sought.phrase("Wagner drones").in_sentence("Wagner's drone fell.")
        True
        """
        words = [_forms(word, literal=literal) for word in _WORD.findall(text)]
        between = "".join(_between(*pair) for pair in zip_longest(words, words[1:], fillvalue=()))
        return cls(
            terms=tuple(chain.from_iterable(map(_terms_of, words))),
            patterns=(re.compile(between, re.IGNORECASE),) if words else (),
        )

    @classmethod
    def scattered(cls, text: str) -> Sought:
        """The content words of `text` in one sentence, in any order."""
        words = [_forms(word, literal=False) for word in _WORD.findall(text) if terms(word)]
        return cls(
            terms=tuple(chain.from_iterable(map(_terms_of, words))),
            patterns=tuple(re.compile(_between(forms, ()), re.IGNORECASE) for forms in words),
        )

    def in_sentence(self, sentence: str) -> bool:
        plain = folded(composed(sentence))
        return bool(self.patterns) and all(pattern.search(plain) for pattern in self.patterns)


def _forms(word: str, *, literal: bool) -> tuple[str, ...]:
    """A word in the forms that count as it, folded: plurals of what is no name."""
    plain = folded(word).lower()
    if literal or not word.islower() or not _PLAIN_WORD.fullmatch(plain) or len(plain) < 3:
        return (plain,)
    found = [plain]
    if plain.endswith("ies"):
        found.append(f"{plain[:-3]}y")
    if plain.endswith("es"):
        found.append(plain[:-2])
    if plain.endswith("s") and not plain.endswith("ss"):
        found.append(plain[:-1])
    elif plain.endswith(("s", "x", "z", "ch", "sh")):
        found.append(f"{plain}es")
    elif plain.endswith("y"):
        found += [f"{plain}s", f"{plain[:-1]}ies"]
    else:
        found.append(f"{plain}s")
    return tuple(each for each in found if len(each) > 2)


def _between(forms: tuple[str, ...], following: tuple[str, ...]) -> str:
    """A pattern for one word of a phrase, and for what parts it from the next."""
    unspaced = is_unspaced(forms[0])
    start, end = ("", "") if unspaced else (r"(?<![^\W_])", r"(?![^\W_])")
    word = f"{start}(?:{'|'.join(map(re.escape, forms))}){end}"
    return f"{word}(?:['’]s)?{_BETWEEN}" if following else word


def _terms_of(forms: tuple[str, ...]) -> Iterator[frozenset[str]]:
    analysed = [terms(form) for form in forms]
    if all(len(each) == 1 for each in analysed):
        yield frozenset(each[0] for each in analysed)
    elif len(forms) == 1:  # none for a stop word, several pairs of characters where no spaces part words
        yield from (frozenset([term]) for term in analysed[0])


def folded(text: str) -> str:
    """`text` without accents, character by character, so that offsets stay."""
    return text if text.isascii() else "".join(map(_plain_character, text))


@lru_cache(maxsize=4_096)
def _plain_character(character: str) -> str:
    bases = [c for c in unicodedata.normalize("NFKD", character) if not unicodedata.combining(c)]
    return bases[0] if len(bases) == 1 else character
