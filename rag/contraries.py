"""Questions that turn round what the closest sentences say: a "not" that they lack, the opposite verb.

Both look alike to every measure of similarity: "When did they arrive?" comes close to "They left in May".
Of the questions of SQuAD 2.0 dev (8 articles) that nothing else stops, the two stop 4 in 1,000 of the
answerable ones and about 100 in 1,000 of the others, nearly all by their "not"; of CLAP NQ, 7 and 10.
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
    r"|prevent\w*|stop\w*|except|instead|rather|only|absen\w+|exclu\w+|free of|little|few|un\w{4,})\b"
    r"|n['’]t\b",
    re.IGNORECASE,
)
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
    if says_not and question.kind not in ("yes_no", "reason") and not _SAYS_NOT_SOMEHOW.search(close):
        found.append("The closest sentences do not say what is not so.")
    stems = frozenset(terms(close))
    said = frozenset(question.stems)
    for word in question.words:
        same, opposite = _FAMILIES.get(word.stem, (frozenset(), frozenset()))
        if not word.is_name and opposite & stems and not same & stems and not opposite & said:
            found.append(f"The closest sentences speak of the opposite of “{word.text}”.")
    return tuple(found)
