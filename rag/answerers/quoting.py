"""What both ways of answering do with evidence sentences: group what is stated alike, look around, cite."""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.article import Span
from index.fulltext import terms
from rag.citations import DraftSentence, Source
from rag.evidence import EvidenceSentence
from rag.features import leans, states_something
from rag.question import NUMBER

SAME_STATEMENT = 0.6
"""Jaccard overlap of the stems from which two sentences with the same numbers state the same thing."""

Group = tuple[EvidenceSentence, ...]
"""What is stated alike, the best first."""

_PRONOUN_FIRST = re.compile(r"^\w+,?(?: [a-z][\w-]*,?){0,5}? (?:it|he|she|they|its|his|her|their)\b")
"""A pronoun before any name: "For a good while it had stood …"."""
_PRONOUN_AFTER_COMMA = re.compile(r"^[\w’'-]+(?: [\w’'-]+){0,4}, (?:it|he|she|they) \w+")
"""A pronoun for subject behind a few words in front: "The exit, it wrote there, …"."""


def merged(sentences: Sequence[EvidenceSentence]) -> list[Group]:
    """The sentences in their order; what several articles state alike is one group, best first."""
    groups: list[list[EvidenceSentence]] = []
    for sentence in sentences:
        same = next((group for group in groups if states_the_same(group[0], sentence)), None)
        if same is None:
            groups.append([sentence])
        elif all(_are_two_sources(sentence, other) for other in same):
            same.append(sentence)
    return [tuple(group) for group in groups]


def _are_two_sources(one: EvidenceSentence, other: EvidenceSentence) -> bool:
    """Whether two articles say it, and not one of them twice, nor a copy of it."""
    mine, yours = one.hit, other.hit
    return mine.article.article_id != yours.article.article_id and (
        mine.story is None or mine.story != yours.story
    )


def states_the_same(one: EvidenceSentence, other: EvidenceSentence) -> bool:
    """Whether two sentences are near-identical: most words shared, every number shared."""
    if set(NUMBER.findall(one.text)) != set(NUMBER.findall(other.text)):
        return False
    union = one.stems | other.stems
    return bool(union) and len(one.stems & other.stems) / len(union) >= SAME_STATEMENT


def preceding(sentence: EvidenceSentence) -> EvidenceSentence | None:
    """The sentence right before it in its passage, if it states something."""
    return _neighbour(sentence, -1)


def going_on(sentence: EvidenceSentence) -> EvidenceSentence | None:
    """The sentence right behind it, if it leans on it and stands in the same paragraph: "Its crew had …"."""
    further = _neighbour(sentence, 1)
    if further is None or not (leans(further.text) or _PRONOUN_FIRST.match(further.text)):
        return None
    chunk = sentence.hit.chunk
    between = chunk.text[sentence.span.end - chunk.start : further.span.start - chunk.start]
    return None if "\n" in between else further


def needed_before(sentence: EvidenceSentence) -> EvidenceSentence | None:
    """What a reader must know before it: whom its pronoun means."""
    return preceding(sentence) if needs_the_one_before(sentence) else None


def leads_to(one: EvidenceSentence, other: EvidenceSentence) -> bool:
    """Whether the other is to be read right behind it, as in the article: its "he" is somebody there."""
    if one.hit.article.article_id != other.hit.article.article_id:
        return False
    beside = [(needed_before(other), one), (going_on(one), other)]
    return any(found is not None and found.place == place.place for found, place in beside)


def needs_the_one_before(sentence: EvidenceSentence) -> bool:
    """Whether its subject is a pronoun, so that a reader must know the sentence before it."""
    return leans(sentence.text) or bool(_PRONOUN_AFTER_COMMA.match(sentence.text))


def quoted(group: Group) -> DraftSentence:
    """The statement in the words of the best, with all as its sources."""
    return DraftSentence(text=group[0].text, sources=tuple(map(as_source, group)))


def as_source(sentence: EvidenceSentence) -> Source:
    """The sentence as words to cite."""
    return Source(article=sentence.hit.article, span=sentence.span, quote=sentence.text)


def _neighbour(sentence: EvidenceSentence, step: int) -> EvidenceSentence | None:
    chunk = sentence.hit.chunk
    place = chunk.sentences.index(sentence.span) + step
    if not 0 <= place < len(chunk.sentences):
        return None
    neighbour = _beside(sentence, chunk.sentences[place])
    return neighbour if states_something(neighbour.text, sentence.hit.article.title) else None


def _beside(sentence: EvidenceSentence, span: Span) -> EvidenceSentence:
    chunk = sentence.hit.chunk
    text = chunk.text[span.start - chunk.start : span.end - chunk.start]
    return EvidenceSentence(
        hit=sentence.hit, span=span, text=text, stems=frozenset(terms(text)), share=sentence.share
    )
