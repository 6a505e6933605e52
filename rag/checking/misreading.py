"""Two ways in which a sentence keeps to the words of a quote and says something else.

What was only asked for, planned or possible is told as a fact: "asked for the wall to be started", "the wall
was started". What a relative clause says of one is told of another: "Wagner is replaced by the Africa Corps,
which is under the control of the state", "Wagner is under the control of the state".

Both are told by words that stand next to each other, so most such sentences pass. Of 162 sentences of the
local model on answerable SQuAD questions none was held up.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain

from index.fulltext import terms
from rag.checking.values import clean
from rag.question import find_names

_NOT_YET = re.compile(
    r"\b(?:may|might|could|would|should|(?:ask(?:s|ed)?|call(?:s|ed)?|push(?:es|ed)?|plead(?:s|ed)?) for"
    r"|want(?:s|ed)?|propos(?:es|ed)|plan(?:s|ned)?|hop(?:es|ed)|expect(?:s|ed)?|urg(?:es|ed)"
    r"|demand(?:s|ed)?|promis(?:es|ed)|threaten(?:s|ed)?|alleg(?:es|ed|edly)|accus(?:es|ed)|claim(?:s|ed)"
    r"|tr(?:ies|ied) to|seeks? to|sought to|intend(?:s|ed)? to|consider(?:s|ed)?|whether|unless|if|likely"
    r"|perhaps|possibly)\b",
    re.IGNORECASE,
)
_UNTIL = re.compile(r"[,;:.!?()]")
_RELATIVE = re.compile(r"(?P<before>[^,;:.!?]*), (?:which|who|whose)\b(?P<told>[^,;:.!?]*)")


def misread(sentence: str, quote: str) -> str:
    """What is wrong, in words; empty where nothing is.

    >>> misread("The wall was started.", "She asked for the wall to be started.")
    'the quote says “asked for”, the sentence does not'
    >>> misread("Ada is a judge.", "Ada was followed by Ben Mill, who is a judge.")
    'the quote says it of Ben Mill'
    """
    sentence, quote = clean(sentence), clean(quote)
    return next(chain(_as_fact(sentence, quote), _of_another(sentence, quote)), "")


def _as_fact(sentence: str, quote: str) -> Iterator[str]:
    if _NOT_YET.search(sentence):
        return
    shared = frozenset(terms(sentence)) & frozenset(terms(quote))
    for found in _NOT_YET.finditer(quote):
        governed = frozenset(terms(_UNTIL.split(quote[found.end() :], maxsplit=1)[0]))
        elsewhere = frozenset(terms(quote[: found.start()]))
        if shared and shared <= governed and shared - elsewhere:
            yield f"the quote says “{found.group()}”, the sentence does not"


def _of_another(sentence: str, quote: str) -> Iterator[str]:
    names = find_names(sentence)
    named = frozenset(terms(" ".join(names)))
    said = frozenset(terms(sentence)) - named
    for found in _RELATIVE.finditer(quote):
        whom = (find_names(found["before"]) or [""])[-1]
        told = frozenset(terms(found["told"]))
        if not whom or not found["before"].endswith(whom) or not named or named & told:
            continue
        if said and said <= told and not frozenset(terms(whom)) & frozenset(terms(sentence)):
            yield f"the quote says it of {whom}"
