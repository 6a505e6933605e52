"""The sentences of an answer, as the page shows them and the export writes them."""

from __future__ import annotations

from typing import NamedTuple

from rag.answer import Answer, AnswerSentence, Support
from rag.citations import with_markers

_DOUBTED: dict[Support, str] = {"weak": "supported only in part", "unsupported": "not supported"}
_WHY: dict[Support, str] = {
    "weak": "the quoted words carry this only in part",
    "unsupported": "the quoted words do not carry this",
}


class Words(NamedTuple):
    """A sentence in two parts: its markers stand between them."""

    before: str
    closing: str
    """Its full stop, or what stands for one."""


def paragraphs(answer: Answer) -> list[list[AnswerSentence]]:
    """The sentences by the lines on which the answer has them: a list has a line for each.

    Kept answers have no more than their text to tell it by, so it is told by that.
    """
    found: list[list[AnswerSentence]] = [[]]
    position = 0
    for sentence in answer.sentences:
        place = answer.answer.find(sentence.text.rstrip(" .:!?…"), position)
        if place >= 0:
            if "\n" in answer.answer[position:place] and found[-1]:
                found.append([])
            position = place
        found[-1].append(sentence)
    return [each for each in found if each]


def words_of(sentence: AnswerSentence) -> Words:
    """The words of a sentence, what looks like a marker in them put in round brackets.

    >>> words_of(AnswerSentence(text="It rained.[7]", citations=(1,), support="supported"))
    Words(before='It rained.(7)', closing='.')
    """
    markers = "".join(f"[{number}]" for number in sentence.citations)
    if not markers:
        return Words(sentence.text.strip(), "")
    before, _, closing = with_markers(sentence).rpartition(markers)
    return Words(before.strip(), closing)


def doubt(sentence: AnswerSentence) -> str:
    """How far a sentence is not carried by the words it cites, and why; empty where it is.

    >>> doubt(AnswerSentence(text="It rained.", citations=(1,), support="weak", reasons=("no rain in it",)))
    'supported only in part: no rain in it'
    """
    if sentence.support == "supported":
        return ""
    return f"{_DOUBTED[sentence.support]}: {'; '.join(sentence.reasons) or _WHY[sentence.support]}"
