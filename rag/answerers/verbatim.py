"""Answers without a model: the articles' own sentences, the best first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from rag.ages import LEAST_AGE_SHARE, age_asked, tells_age
from rag.answerers.quoting import as_source, going_on, merged, needs_the_one_before, preceding
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

_Group = tuple[EvidenceSentence, ...]


def write(question: Question, evidence: Evidence) -> tuple[DraftSentence, ...]:
    """One to five sentences, and what a reader needs beside the best of them: before it or behind it.

    What several articles state alike is one sentence with several sources.
    """
    return tuple(
        DraftSentence(text=group[0].text, sources=tuple(as_source(each) for each in group))
        for group in _with_neighbours(_best(question, evidence))
    )


def _best(question: Question, evidence: Evidence) -> list[_Group]:
    groups = merged(evidence.sentences)
    if age_asked(question) is not None and (ages := _ages(question, groups)):
        return ages
    if question.scope == "comparison":
        groups = _best_of_each_article(groups)
    return [groups[place] for place in worth_quoting([group[0].share for group in groups])]


def _ages(question: Question, groups: Sequence[_Group]) -> list[_Group]:
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


def _with_neighbours(chosen: list[_Group]) -> list[_Group]:
    """Behind them what the best needs: the sentence it leans on, what goes on from it."""
    if not chosen:
        return chosen
    best = chosen[0][0]
    before = preceding(best) if needs_the_one_before(best) else None
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
