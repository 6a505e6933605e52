"""Questions that turn round what the closest sentences say: a "not" that they lack, the opposite verb.

Both look alike to every measure of similarity: "When did they arrive?" comes close to "They left in May".
Of 650 answerable and 650 unanswerable questions of SQuAD 2.0 dev (8 articles) the "not" stops 3 and 65, the
verbs 2 and 15; of 300 and 300 of CLAP NQ, none and one, 2 and one.
"""

from __future__ import annotations

import re

from index.fulltext import terms
from rag.question import Question

_SAYS_NOT = re.compile(r"\b(?:not|never|cannot)\b|n['’]t\b", re.IGNORECASE)
_HARMLESS = re.compile(r"\b(?:whether or not|or not|not only|if not|not to)\b", re.IGNORECASE)
_SAYS_NOT_SOMEHOW = re.compile(
    r"\b(?:not|no|nor|never|neither|none|nobody|nothing|nowhere|cannot|without|unable|hardly|scarcely|rarely"
    r"|seldom|barely|lack\w*|fail\w*|refus\w*|den(?:y|ies|ied|ying|ial)|declin\w+|reject\w*|avoid\w*"
    r"|prevent\w*|stop\w*|except|instead|rather|only|absen\w+|exclu\w+|free of|little|few)\b"
    r"|n['’]t\b",
    re.IGNORECASE,
)
_NEGATED = re.compile(r"\bun(\w{4,})", re.IGNORECASE)
_OPPOSITES = """
    arrive arrival enter entry land, leave depart departure withdraw withdrawal exit quit
    begin start open launch, end finish close cease halt
    win, lose
    buy purchase acquire, sell
    accept approve approval agree allow permit, reject rejection refuse deny ban forbid prohibit
    build construct, destroy demolish dismantle
    support endorse, oppose
    hire appoint, dismiss fire sack
    arrest detain imprison, release free acquit
    attack invade, defend
    import, export
    lend, borrow
    advance, retreat
    strengthen, weaken
    survive survival, die death perish
    join, leave quit
    encourage, discourage
    praise, criticise criticize condemn
    agree agreement, disagree disagreement
    trust, distrust mistrust
    love like favor favour, hate despise dislike
    add, remove
    include, exclude
    connect, disconnect
    appear, disappear
    expand, shrink
    increase, decrease reduce reduction
    rise grow growth, fall decline
    gain acquire, lose loss
    profit, loss
    succeed success successful, fail failure
    precede predecessor, succeed successor follow
    offense offensive, defense defensive defence
    advantage, disadvantage
    strength, weakness
    war, peace
    birth, death
    ally, enemy
    brother, sister
    father, mother
    son, daughter
    wife, husband
    king, queen
"""


def _families() -> dict[str, tuple[frozenset[str], frozenset[str]]]:
    """Stem -> the stems that say the same, and those that say the opposite."""
    families: dict[str, tuple[frozenset[str], frozenset[str]]] = {}
    for line in _OPPOSITES.strip().splitlines():
        one, other = (frozenset(terms(side)) for side in line.split(","))
        for same, opposite in ((one, other), (other, one)):
            for stem in same:
                known_same, known_opposite = families.get(stem, (frozenset[str](), frozenset[str]()))
                families[stem] = (known_same | same, known_opposite | opposite)
    return families


_FAMILIES = _families()


def contraries(question: Question, close: str) -> tuple[str, ...]:
    """What the question says and the closest sentences say the contrary of, in words.

    Args:
        close: The closest sentences, as one text.
    """
    found: list[str] = []
    # "Why can't visitors go up?" is answered by "The top floor is shut."
    asked = _HARMLESS.sub(" ", question.text)
    says_not = _SAYS_NOT.search(asked)
    if says_not and question.kind not in ("yes_no", "reason") and not _says_not_somehow(question, close):
        found.append("The closest sentences do not say what is not so.")
    if question.kind == "yes_no":  # "Is it open?" is answered by "It is closed."
        return tuple(found)
    stems = frozenset(terms(close))
    said = frozenset(question.stems)
    for word in question.words:
        same, opposite = _FAMILIES.get(word.stem, (frozenset(), frozenset()))
        if not word.is_name and opposite & stems and not same & stems and not opposite & said:
            found.append(f"The closest sentences speak of the opposite of “{word.text}”.")
    return tuple(found)


def _says_not_somehow(question: Question, close: str) -> bool:
    """Whether a "not" of any form is there; "unpaid" is one where paying was asked about."""
    negated = frozenset(terms(" ".join(_NEGATED.findall(close))))
    return _SAYS_NOT_SOMEHOW.search(close) is not None or not negated.isdisjoint(question.stems)
