"""Questions that the articles answer: to begin with on an empty page, and to go on with after an answer.

They ask about names that stand in the articles, or in the passages found for an answer. Each is put to the
engine before it is offered: one that would be refused, or answered with what was said already, is not shown.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from index.article import Article
from index.errors import CitewellError
from rag.answer import Answer
from rag.question import find_names
from ui.web.engine import ArticleSummary, Engine
from ui.web.exchange import Exchange

OFFERED = 3
_TRIED = 8
_NEWEST = 12
_OPENING_CHARS = 1_500
_SAYS = r"(?:said|says|told|added|announced|warned|promised|wrote)"
_NO_SUBJECT = re.compile(
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|january|february|march|april|may|june|july|august"
    r"|september|october|november|december|.{0,3}|.{40,}",
    re.IGNORECASE,
)


class Suggestions:
    """Questions over one engine's library; it should answer without a model, for it is asked often."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._made: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())

    def to_begin(self) -> tuple[str, ...]:
        """Questions made from the newest articles, at most one from each; made anew when these change."""
        newest = sorted(self._engine.library.list(), key=_day, reverse=True)[:_NEWEST]
        state = tuple(each.version for each in newest)
        if self._made[0] != state:
            self._made = state, tuple(self._from_articles(newest))
        return self._made[1]

    def to_go_on(self, exchanges: Sequence[Exchange]) -> tuple[str, ...]:
        """Questions about names in the passages of the last answer that were not spoken of."""
        answer = exchanges[-1].answer if exchanges else None
        if answer is None or not answer.answerable:
            return ()
        spoken = " ".join(f"{e.question} {e.answer.answer if e.answer else ''}" for e in exchanges)
        known = {(c.article_id, c.start) for c in answer.citations}
        found: list[str] = []
        for question in questions_about([p.text for p in answer.passages], spoken)[:_TRIED]:
            given = self._answer(question)
            if given and any((c.article_id, c.start) not in known for c in given.citations):
                known.update((c.article_id, c.start) for c in given.citations)
                found.append(question)
            if len(found) == OFFERED:
                break
        return tuple(found)

    def _from_articles(self, newest: Sequence[ArticleSummary]) -> Iterator[str]:
        spoken, count = "", 0
        for summary in newest:
            try:
                article = self._engine.library.show(summary.article_id, summary.version)
            except CitewellError:
                continue
            question = next(filter(self._answer, self._about(article, spoken)), None)
            if question:
                yield question
                spoken += question
                count += 1
            if count == OFFERED:
                return

    def _about(self, article: Article, spoken: str) -> list[str]:
        opening = article.text[:_OPENING_CHARS]
        return questions_about([article.title, *opening.split("\n")], spoken)[:OFFERED]

    def _answer(self, question: str) -> Answer | None:
        """The answer to a question; None where it is refused or fails."""
        try:
            answer = self._engine.ask(question)
        except CitewellError:
            return None
        return answer if answer.answerable else None


def questions_about(texts: Sequence[str], spoken: str) -> list[str]:
    """Questions about the names in texts that were not spoken of, those that more texts have first.

    >>> questions_about(["Sailors left, said Jonna Brandt on Monday.", "It saw the Blue Pier."], "")
    ['What did Jonna Brandt say?', 'What do the articles say about Blue Pier?']
    """
    counts = Counter(name for text in texts for name in dict.fromkeys(find_names(text)))
    known = spoken.casefold()
    asked: list[str] = []
    for name, _ in sorted(counts.items(), key=lambda each: -each[1]):
        if _NO_SUBJECT.fullmatch(name) or name.casefold() in known or _only_opens(name, texts):
            continue
        known += f" {name.casefold()}"
        asked.append(_question(name, texts))
    return asked


def _only_opens(name: str, texts: Sequence[str]) -> bool:
    """Whether a word has its capital from the sentences that it opens: `Dredging`, but not `NATO`."""
    inside = re.compile(rf"[\w,;] {re.escape(name)}\b")
    return name[1:].islower() and not any(inside.search(text) for text in texts)


def _question(name: str, texts: Sequence[str]) -> str:
    quoted = re.escape(name)
    speaks = re.compile(rf"\b{_SAYS} {quoted}\b|\b{quoted},? (?:who |which )?{_SAYS}\b")
    if any(speaks.search(text) for text in texts):
        return f"What did {name} say?"
    return f"What do the articles say about {name}?"


def _day(article: ArticleSummary) -> str:
    return article.published.isoformat() if article.published else ""
