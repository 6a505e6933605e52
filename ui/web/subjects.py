"""What texts are about, by the names in them, and the question that goes with each.

A name is a subject where it stands for something by itself. An adjective ("African countries") and a part of
a longer name never stand alone; a word that has its capital from the sentence it opens, or from a headline in
which every word has one, is no name at all.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from rag.question import find_names

_SAYS = r"(?:said|says|told|added|announced|warned|promised|wrote)"
_ALONE = (
    r"(?=[.;:?!)”\"]|,? (?:in|of|to|from|on|at|for|with|by|as|after|before|since|until|between|during|against"
    r"|into|than|has|have|had|is|are|was|were|will|would|can|could|may|might|must|did|does|who|which|that|when|where"
    rf"|while|because|but|{_SAYS})\b|\n|$)"
)
_ADJECTIVE = re.compile(r".*(?:ese|ish|ian|can|ern|yan|ean|ench|utch|eek|wan|ani|aqi)", re.IGNORECASE)
_NO_SUBJECT = re.compile(
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)days?|january|february|march|april|may|june|july|august"
    r"|september|october|november|december|christmas|easter|.{0,3}|.{40,}|(?:mr|mrs|ms|dr)\.?(?: .*)?"
    r"|.*\d.*|(?:.* )?(?:mr|mrs|ms|dr)\.?",
    re.IGNORECASE,
)
_TITLE_WORDS = 3
"""A headline of fewer such words does not show how it is capitalised."""


def questions_about(texts: Sequence[str], spoken: str = "") -> list[tuple[str, str]]:
    """Questions about the subjects of texts that were not spoken of, each with its subject.

    Those that are named most often come first.

    >>> questions_about(["Two ships left, said Jonna Brandt on Monday.", "African ships met at Rosted."])
    [('What did Jonna Brandt say?', 'Jonna Brandt'), ('What do the articles say about Rosted?', 'Rosted')]
    """
    known = spoken.casefold()
    asked = []
    for name in subjects(texts):
        if re.search(rf"\b{re.escape(name.casefold())}\b", known):
            continue
        known += f" {name.casefold()}"
        asked.append((_question(name, "\n".join(texts)), name))
    return asked


def subjects(texts: Sequence[str]) -> list[str]:
    """The names that texts are about, the one that is named most often first.

    >>> subjects(["The Russian port of Rosted, and Rosted on Monday.", "African And Big Things Go"])
    ['Rosted']
    """
    prose = [text for text in texts if not _is_headline(text)]
    counts = Counter(name for text in prose for name in find_names(text))
    whole = "\n".join(prose)
    found = [name for name in counts if _stands_alone(name, whole) and not _only_opens(name, whole)]
    longer = [name for name in found if " " in name]
    return [
        name
        for name in sorted(found, key=lambda name: -counts[name])
        if not any(name in each.split() for each in longer)  # Brandt is Jonna Brandt
    ]


def _is_headline(text: str) -> bool:
    """Whether every word of a line has a capital, so that capitals tell nothing."""
    words = re.findall(r"[^\W\d_]{3,}", text)
    return len(words) >= _TITLE_WORDS and all(word[0].isupper() for word in words)


def _stands_alone(name: str, whole: str) -> bool:
    if _NO_SUBJECT.fullmatch(name):
        return False
    alone = len(re.findall(rf"\b{re.escape(name)}{_ALONE}", whole))
    if not alone:
        return False
    in_all = len(re.findall(rf"\b{re.escape(name)}\b", whole))
    return not _ADJECTIVE.fullmatch(name.split()[-1]) or 2 * alone > in_all


def _only_opens(name: str, whole: str) -> bool:
    """Whether a word has its capital from the sentences that it opens: `Dredging`, but not `NATO`."""
    return name[1:].islower() and not re.search(rf"[\w,;] {re.escape(name)}\b", whole)


def _question(name: str, whole: str) -> str:
    quoted = re.escape(name)
    if re.search(rf"\b{_SAYS} {quoted}\b|\b{quoted},? (?:who |which )?{_SAYS}\b", whole):
        return f"What did {_with_article(name, whole)} say?"
    if " " in name and re.search(rf"\b{quoted}, who\b", whole):
        return f"Who is {name}?"
    return f"What do the articles say about {_with_article(name, whole)}?"


def _with_article(name: str, whole: str) -> str:
    """A name with `the`, where the texts give it one.

    >>> _with_article("Africa Corps", "The Africa Corps stays. Some of the Africa Corps left.")
    'the Africa Corps'
    """
    quoted = re.escape(name)
    with_the = len(re.findall(rf"\b[Tt]he {quoted}\b", whole))
    return f"the {name}" if 2 * with_the > len(re.findall(rf"\b{quoted}\b", whole)) else name
