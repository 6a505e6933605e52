"""Answers without a model: the articles' own sentences, the best first."""

from __future__ import annotations

from collections.abc import Sequence

from rag.answerers.quoting import as_source, going_on, header_over, merged, needs_the_one_before, preceding
from rag.citations import DraftSentence
from rag.evidence import Evidence, EvidenceSentence
from rag.question import Question

NAME = "verbatim"
MOST_SENTENCES = 3
UNSURE = 0.25
"""One sentence more is quoted when even the best has less than this share: any of several may be the one."""
LEAST_SHARE = 0.06
"""A further sentence is quoted when its share of the probability is at least this."""

_Group = tuple[EvidenceSentence, ...]


def write(question: Question, evidence: Evidence) -> tuple[DraftSentence, ...]:
    """One to four sentences, and what a reader needs beside the best of them: before it or behind it.

    What several articles state alike is one sentence with several sources.
    """
    return tuple(
        DraftSentence(text=group[0].text, sources=tuple(as_source(each) for each in group))
        for group in _with_neighbours(_best(question, evidence))
    )


def _best(question: Question, evidence: Evidence) -> list[_Group]:
    groups = merged(evidence.sentences)
    if question.scope == "comparison":
        groups = _best_of_each_article(groups)
    most = MOST_SENTENCES + (bool(groups) and groups[0][0].share < UNSURE)
    return [group for n, group in enumerate(groups) if n == 0 or group[0].share >= LEAST_SHARE][:most]


def _with_neighbours(chosen: list[_Group]) -> list[_Group]:
    """Behind them what the best needs: the sentence it leans on, a row's header, what goes on from it."""
    if not chosen:
        return chosen
    best = chosen[0][0]
    before = preceding(best) if needs_the_one_before(best) else header_over(best)
    places = {group[0].place for group in chosen}
    further = [each for each in (before, going_on(best)) if each is not None and each.place not in places]
    return [*chosen, *((each,) for each in further)]


def _best_of_each_article(groups: Sequence[_Group]) -> list[_Group]:
    """The groups, the best of each article first."""
    firsts: dict[str, _Group] = {}
    for group in groups:
        firsts.setdefault(group[0].hit.article.article_id, group)
    best = list(firsts.values())
    return [*best, *(group for group in groups if group not in best)]
