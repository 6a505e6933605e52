"""Answers without a model: the articles' own sentences, the best first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from rag.ages import LEAST_AGE_SHARE, age_asked, tells_age
from rag.answerers.quoting import Group, going_on, leads_to, merged, needed_before, quoted
from rag.citations import DraftSentence
from rag.evidence import Evidence, EvidenceSentence
from rag.question import Question

NAME = "verbatim"
MOST_SENTENCES = 5
LEAST_SHARE = 0.08
"""A further sentence is quoted when its share of the probability is at least this.

What a sentence adds is its share, whatever its rank: so one least share, and not a number of sentences. Held
by what is quoted, in how many sentences and words, cross-validated by article with the rankings fitted anew
(`train_evidence … --rankings`), at a share of .06 and three sentences, four where the best has less than .25:
SQuAD 2.0 dev .893 in 2.00 and 55, CLAP NQ .913 in 2.41 and 63; so: .908 in 2.03 and 56, .913 in 2.48 and 65.
From .05 to .07 more is quoted (CLAP NQ: 2.96 to 2.61 sentences) and hardly more held (.933 to .916)."""


def write(question: Question, evidence: Evidence) -> tuple[DraftSentence, ...]:
    """One to five sentences, and what a reader needs beside the best of them: before it or behind it.

    What several articles state alike is one sentence with several sources.
    """
    return tuple(map(quoted, with_neighbours(best_groups(question, evidence))))


def best_groups(question: Question, evidence: Evidence) -> list[Group]:
    """What is worth quoting, best first."""
    groups = merged(evidence.sentences)
    if age_asked(question) is not None and (ages := _ages(question, groups)):
        return ages
    if question.scope == "comparison":
        groups = _best_of_each_article(groups)
    return [groups[place] for place in worth_quoting([group[0].share for group in groups])]


def _ages(question: Question, groups: Sequence[Group]) -> list[Group]:
    """What tells the age that was asked for, the best of each article, the newest first: ages change."""
    telling = [
        group
        for group in groups
        if group[0].share >= LEAST_AGE_SHARE
        and tells_age(question, group[0].text, f"{group[0].hit.article.title}\n{group[0].hit.chunk.text}")
    ]
    firsts = {group[0].hit.article.article_id: group for group in reversed(telling)}
    newest = sorted(firsts.values(), key=lambda group: _published(group[0]), reverse=True)
    return newest[:MOST_SENTENCES]


def _published(sentence: EvidenceSentence) -> date:
    return sentence.hit.article.published or date.min


def worth_quoting(shares: Sequence[float]) -> list[int]:
    """Places of the sentences that are quoted: the first, and others of enough share.

    >>> worth_quoting([0.5, 0.04, 0.2]), worth_quoting([0.07, 0.06]), worth_quoting([])
    ([0, 2], [0], [])
    """
    return [place for place, share in enumerate(shares) if not place or share >= LEAST_SHARE][:MOST_SENTENCES]


def with_neighbours(chosen: Sequence[Group]) -> list[Group]:
    """With what the best needs: the sentence it leans on, what goes on from it.

    The best stays first. A sentence that leans on one of the others stands behind it: elsewhere its "he"
    would be somebody else.
    """
    if not chosen:
        return []
    best = chosen[0][0]
    places = {group[0].place for group in chosen}
    beside = [each for each in (needed_before(best), going_on(best)) if each and each.place not in places]
    ordered: list[Group] = []
    for group in (chosen[0], *((each,) for each in beside), *chosen[1:]):
        ordered.insert(_place_among(ordered, group[0]), group)
    return ordered


def _place_among(ordered: Sequence[Group], sentence: EvidenceSentence) -> int:
    others = [group[0] for group in ordered]
    behind = [place for place, other in enumerate(others) if leads_to(other, sentence)]
    before = [place for place, other in enumerate(others) if leads_to(sentence, other)]
    return behind[-1] + 1 if behind else max(before[0], 1) if before else len(ordered)


def _best_of_each_article(groups: Sequence[Group]) -> list[Group]:
    """The groups, the best of each article first."""
    firsts: dict[str, Group] = {}
    for group in groups:
        firsts.setdefault(group[0].hit.article.article_id, group)
    best = list(firsts.values())
    return [*best, *(group for group in groups if group not in best)]
