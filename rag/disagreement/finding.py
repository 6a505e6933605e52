"""What articles state differently: both sides are quoted, with publisher and date, newest first.

Two sentences of different articles disagree when they tell of the same thing (`circumstances`, and most words
shared) and the amounts, dates or outcomes that were asked for cannot both be right (`amounts`, `outcomes`).
Every doubt counts against: to say that articles differ when they do not is worse than to leave a reader to
compare two quotes.

Measured: no alarm on 300 questions of SQuAD 2.0 dev (as 8 articles, and as 301), 299 of CLAP NQ and 161 of
TREC-QA with each newswire sentence an article. The price is misses: two sentences in quite different words
("48 nurses work at", "employs 61 nurses") are not compared.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from rag.citations import DraftSentence, Source
from rag.disagreement.amounts import Day
from rag.disagreement.circumstances import may_be_of_the_same, within_reach
from rag.disagreement.outcomes import OUTCOME_STEMS, contradict
from rag.disagreement.statements import (
    DATES,
    OF_ANY_VALUE,
    Statement,
    agree,
    covered,
    read_statement,
    value_pairs,
)
from rag.evidence import Evidence, EvidenceSentence
from rag.question import Kind, Question

MOST_STATEMENTS = 3
LEAST_SHARE = 0.005
"""Sentences with less of the probability are not compared; .02 lost one of two that tell of the same."""
LEADING_SHARE = 0.1
"""The best sentence that states what was asked is one of the two, and has at least this share."""
SHARED = 0.5
"""Share of the shorter sentence's content stems, values left out, that both must have."""
ALIKE = 0.7
"""The same of all stems of both, where the question asks for no value of a known form."""
ASKED_ALIKE = 0.75
"""Share of the question's stems that either has, names left out, that both must have."""
COVERED = 0.5
"""Share of the question's weight that each sentence must have, its title counted in."""
COVERED_DATED = 0.75
"""The same where a date is asked for: of many dates in the life of a thing, one is that of the verb."""

_OF_OUTCOMES: frozenset[Kind] = frozenset(["yes_no", "thing", "manner", "count"])
_CORRECTS = re.compile(
    r"\b(?:correction|correct(?:ed|s|ing)|earlier version|revised|amended|clarification)\b", re.IGNORECASE
)


def find_disagreement(question: Question, evidence: Evidence) -> tuple[EvidenceSentence, ...]:
    """The sentences that state differently what was asked; empty when none do.

    Returns:
        One for each differing statement, at most `MOST_STATEMENTS`, the newest that makes it; newest article
        first, those without a date last, ties by article id.
    """
    read = [read_statement(question, each) for each in evidence.sentences if each.share >= LEAST_SHARE]
    least = COVERED_DATED if question.kind in DATES else COVERED
    statements = [each for each in read if covered(question, each) >= least]
    for leading in statements:
        if leading.sentence.share < LEADING_SHARE:
            break
        groups = [[leading]]
        for other in statements:
            if other is leading or not _differ(question, leading, other):
                continue
            if _agree_anywhere(question, leading, other, statements):
                continue
            same = next((g for g in groups[1:] if not _differ(question, g[0], other)), None)
            if same is None:
                groups.append([other])
            else:
                same.append(other)
        if len(groups) > 1:
            groups[0] += [each for each in statements if _state_the_same(question, leading, each)]
            return _in_order(groups[:MOST_STATEMENTS])
        if leading.stated:
            break
    return ()


def differing(sentences: Sequence[EvidenceSentence]) -> DraftSentence:
    """One sentence that says that these differ and quotes each, with publisher and date.

    Args:
        sentences: As `find_disagreement` gives them: newest first.
    """
    days = [each.hit.article.published or date.min for each in sentences]
    opening = "The articles differ"
    if days[0] > max(days[1:]) and _is_correction(sentences[0]):
        opening = "The articles differ, and the newest tells of a correction"
    quotes = ", ".join(f"“{each.text}” ({_whose(each)})" for each in sentences)
    return DraftSentence(
        text=f"{opening}: {quotes}.",
        sources=tuple(
            Source(article=each.hit.article, span=each.span, quote=each.text) for each in sentences
        ),
    )


def _whose(sentence: EvidenceSentence) -> str:
    article = sentence.hit.article
    day = article.published
    return f"{article.publisher or article.title}, {f'{day.day} {day:%B} {day.year}' if day else 'undated'}"


def _in_order(groups: Sequence[Sequence[Statement]]) -> tuple[EvidenceSentence, ...]:
    def newest_first(statement: Statement) -> tuple[int, str]:
        day = statement.published
        return (-day.toordinal() if day else 0, statement.article_id)

    chosen = [min(group, key=newest_first) for group in groups]
    return tuple(statement.sentence for statement in sorted(chosen, key=newest_first))


# Whether two differ


def _differ(question: Question, one: Statement, other: Statement) -> bool:
    if one.article_id == other.article_id or not _are_of_the_same(question, one, other):
        return False
    tells = question.kind in _OF_OUTCOMES and not (question.kind == "count" and one.stated and other.stated)
    if tells and contradict(one.text, other.text, frozenset(question.stems)):
        return True
    if question.kind in OF_ANY_VALUE and len(one.stems & other.stems) < ALIKE * len(one.stems | other.stems):
        return False
    pairs = value_pairs(one, other)
    if not pairs or any(agree(mine, yours) for mine, yours in pairs):
        return False
    return _newer_corrects(one, other) or not (_quotes(one, other) or _quotes(other, one))


def _state_the_same(question: Question, one: Statement, other: Statement) -> bool:
    agreeing = any(agree(mine, yours) for mine, yours in value_pairs(one, other))
    return one is not other and agreeing and _are_of_the_same(question, one, other)


def _are_of_the_same(question: Question, one: Statement, other: Statement) -> bool:
    shared = len(one.stems & other.stems)
    if not shared or shared < SHARED * min(len(one.stems), len(other.stems)):
        return False
    if not _same_asked(question, one, other):
        return False
    dates_asked = question.kind in DATES
    recurs = dates_asked and not (_is_long_past(one) and _is_long_past(other))
    if recurs and not within_reach(one.sentence, other.sentence):
        return False
    return may_be_of_the_same(question, one.sentence, other.sentence, dates_asked=dates_asked)


def _same_asked(question: Question, one: Statement, other: Statement) -> bool:
    """Whether both take up the same words of the question."""
    # "Begun in 1842" does not say when it was finished, though all other words are those of the question.
    alike = 1.0 if question.kind in DATES else ASKED_ALIKE
    left_out = OUTCOME_STEMS if question.kind in _OF_OUTCOMES else frozenset[str]()
    mine, yours = one.asked - left_out, other.asked - left_out
    return len(mine & yours) >= alike * len(mine | yours)


def _is_long_past(statement: Statement) -> bool:
    """Whether the date stated lies more than a year before the article: it does not recur."""
    published = statement.published
    return any(
        isinstance(each.value, Day)
        and each.value.year
        and (not published or int(each.value.year) < published.year - 1)
        for each in statement.stated
    )


def _quotes(one: Statement, other: Statement) -> bool:
    """Whether one sentence also mentions what the other states."""
    return any(agree(each.value, value) for each in other.stated for value in one.mentioned)


def _agree_anywhere(
    question: Question, leading: Statement, other: Statement, statements: Sequence[Statement]
) -> bool:
    """Whether one of the two articles also states, in another sentence, what the other one does."""
    if not leading.stated or not other.stated or _newer_corrects(leading, other):
        return False
    return any(
        _quotes(each, against)
        for each in statements
        for here, against in ((leading, other), (other, leading))
        if each.article_id == here.article_id and each is not here
    )


def _newer_corrects(one: Statement, other: Statement) -> bool:
    dated = [each for each in (one, other) if each.published is not None]
    if len(dated) < 2 or one.published == other.published:
        return False
    newer = max(dated, key=lambda each: each.published or date.min)
    return _is_correction(newer.sentence)


def _is_correction(sentence: EvidenceSentence) -> bool:
    """Whether the sentence, or one beside it, tells of a correction."""
    chunk = sentence.hit.chunk
    place = chunk.sentences.index(sentence.span)
    near = chunk.sentences[max(0, place - 1) : place + 2]
    return bool(_CORRECTS.search(chunk.text[near[0].start - chunk.start : near[-1].end - chunk.start]))
