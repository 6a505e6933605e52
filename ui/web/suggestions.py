"""Questions that the articles answer: to begin with on an empty page, and to go on with after an answer.

They ask about what the articles are about, or the passages found for an answer. Each is put to the engine
before it is offered: one that would be refused, that is answered beside its subject, or with what was said
already, is not shown.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence

from index.article import Article
from index.errors import CitewellError
from rag.answer import Answer
from ui.web.engine import ArticleSummary, Engine
from ui.web.exchange import Exchange
from ui.web.subjects import questions_about

OFFERED = 3
_TRIED = 5
"""Subjects after an answer; each costs an answer."""
_TRIED_OF_ONE = 4
"""Subjects of one article; each costs an answer."""
_NEWEST = 12
_READ_CHARS = 6_000


class Suggestions:
    """Questions over one engine's library; it should answer without a model, for it is asked often."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._making = threading.Lock()
        self._made: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())

    def to_begin(self) -> tuple[str, ...]:
        """Questions made from the newest articles, at most one from each; made anew when these change."""
        newest = sorted(self._engine.library.list(), key=_day, reverse=True)[:_NEWEST]
        state = tuple(each.version for each in newest)
        with self._making:  # many visitors of one moment wait for one making
            if self._made[0] != state:
                self._made = state, tuple(self._from_articles(newest))
            return self._made[1]

    def to_go_on(self, exchanges: Sequence[Exchange]) -> tuple[str, ...]:
        """Questions about subjects of the last answer's evidence that were not spoken of.

        Passages of articles that it does not cite came near by chance, and lead elsewhere.
        """
        answer = exchanges[-1].answer if exchanges else None
        if answer is None or not answer.answerable:
            return ()
        spoken = " ".join(f"{e.question} {e.answer.answer if e.answer else ''}" for e in exchanges)
        known = {(c.article_id, c.start) for c in answer.citations}
        cited = {c.article_id for c in answer.citations}
        evidence = [p.text for p in answer.passages if p.article_id in cited]
        evidence = evidence or [c.quote for c in answer.citations]  # a count retrieves nothing
        found: list[str] = []
        for question, subject in questions_about(evidence, spoken)[:_TRIED]:
            given = self._answer(question, subject)
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
            asked = next((each for each in self._about(article, spoken) if self._answer(*each)), None)
            if asked:
                yield asked[0]
                spoken += f" {asked[0]}"
                count += 1
            if count == OFFERED:
                return

    def _about(self, article: Article, spoken: str) -> list[tuple[str, str]]:
        lines = article.text[:_READ_CHARS].split("\n")
        return questions_about([article.title, *lines], spoken)[:_TRIED_OF_ONE]

    def _answer(self, question: str, subject: str) -> Answer | None:
        """The answer to a question, if it quotes something of its subject; else None."""
        try:
            answer = self._engine.ask(question)
        except CitewellError:
            return None
        named = subject.split()[-1].casefold()
        is_about_it = any(named in citation.quote.casefold() for citation in answer.citations)
        return answer if answer.answerable and is_about_it else None


def _day(article: ArticleSummary) -> str:
    return article.published.isoformat() if article.published else ""
