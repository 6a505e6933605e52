"""Answers without a model: the articles' own sentences, the best first."""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.fulltext import terms
from rag.citations import DraftSentence, Source
from rag.evidence import Evidence, EvidenceSentence
from rag.features import leans, states_something
from rag.question import NUMBER, Question

NAME = "verbatim"
MOST_SENTENCES = 3
LEAST_SHARE = 0.06
"""A further sentence is quoted when its share of the probability is at least this."""
SAME_STATEMENT = 0.6
"""Jaccard overlap of the stems from which two sentences with the same numbers state the same thing."""

_COMPARES = re.compile(
    r"\b(?:compar(?:e|es|ed|ing|ison)|differ(?:s|ed|ent|ence|ences)?|contrast|versus|vs"
    r"|both articles|each article)\b",
    re.IGNORECASE,
)

_PRONOUN_FIRST = re.compile(r"^\w+,?(?: [a-z][\w-]*,?){0,5}? (?:it|he|she|they|its|his|her|their)\b")
"""A pronoun before any name: "For a good while it had stood …"."""


def write(question: Question, evidence: Evidence) -> tuple[DraftSentence, ...]:
    """One to three sentences, and one that goes on from the best of them.

    What several articles state alike is one sentence with several sources.
    """
    ranked = evidence.sentences
    if _COMPARES.search(question.text):
        ranked = _best_of_each_article(ranked)
    chosen: list[list[EvidenceSentence]] = []
    for sentence in ranked:
        same = next((group for group in chosen if states_the_same(group[0], sentence)), None)
        if same is not None:
            if all(sentence.hit.article.article_id != other.hit.article.article_id for other in same):
                same.append(sentence)
        elif len(chosen) < MOST_SENTENCES and (not chosen or sentence.share >= LEAST_SHARE):
            chosen.append([sentence])
    if chosen:
        further = _continuation(chosen[0][0])
        if further is not None and all(further.span != group[0].span for group in chosen):
            chosen.append([further])
    return tuple(
        DraftSentence(text=group[0].text, sources=tuple(_source(each) for each in group)) for group in chosen
    )


def _continuation(best: EvidenceSentence) -> EvidenceSentence | None:
    """The sentence right behind the best one, if it leans on it: "Its mercenaries had …"."""
    chunk = best.hit.chunk
    place = chunk.sentences.index(best.span) + 1
    if place >= len(chunk.sentences):
        return None
    span = chunk.sentences[place]
    between = chunk.text[best.span.end - chunk.start : span.start - chunk.start]
    text = chunk.text[span.start - chunk.start : span.end - chunk.start]
    if "\n" in between or not (leans(text) or _PRONOUN_FIRST.match(text)) or not states_something(text):
        return None
    return EvidenceSentence(
        hit=best.hit, span=span, text=text, stems=frozenset(terms(text)), share=best.share
    )


def states_the_same(one: EvidenceSentence, other: EvidenceSentence) -> bool:
    """Whether two sentences are near-identical: most words shared, every number shared."""
    if set(NUMBER.findall(one.text)) != set(NUMBER.findall(other.text)):
        return False
    union = one.stems | other.stems
    return bool(union) and len(one.stems & other.stems) / len(union) >= SAME_STATEMENT


def _best_of_each_article(ranked: Sequence[EvidenceSentence]) -> tuple[EvidenceSentence, ...]:
    """The ranked sentences, those of one article together, articles by their best sentence."""
    order = list(dict.fromkeys(each.hit.article.article_id for each in ranked))
    best = {article: next(e for e in ranked if e.hit.article.article_id == article) for article in order}
    firsts = [best[article] for article in order]
    return (*firsts, *(each for each in ranked if each not in firsts))


def _source(sentence: EvidenceSentence) -> Source:
    return Source(article=sentence.hit.article, span=sentence.span, quote=sentence.text)
