"""An engine that plays a script over a few real articles, so that the page can be tested word by word."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from index.article import Article, Filters
from index.errors import UsageError
from rag.answer import Answer, AnswerSentence, Citation, Passage, Turn
from ui.web.engine import Show
from ui.web.exchange import Exchange, Looked
from ui.web.exchanges import exchange_html

HARBOUR = Article(
    article_id="harbour.md",
    title="Harbour to reopen after two years of dredging",
    author="Ines Falk",
    publisher="The Coast Gazette",
    url="https://example.org/harbour",
    published=date(2025, 6, 9),
    text="\n".join(
        [
            "The inner harbour of Sandvig will take cargo ships again from the first of October, the port "
            "authority said on Monday.",
            "It had been closed since March 2023, when a storm pushed some 400,000 cubic metres of silt into "
            "the channel. Fishing boats with a shallow draught kept using it.",
            "“We dug out a hill and dropped it at sea,” said Jonna Brandt, who heads the authority. Dredging "
            "cost 31 million kroner, nine million more than planned, because old timber lay under the silt.",
            "The timber belongs to a pier of the seventeenth century. Archaeologists lifted forty-one posts "
            "and will show the best of them in the town museum.",
            "Two lines have booked berths for the winter. A third, which moved to the deep-water port at "
            "Rosted, said that it would not come back before it had seen a season without trouble.",
            "Local shops expect little at first. “Sailors come ashore when there is a reason to,” said the "
            "baker at the quay, who has lost a third of her trade since the closure.",
            "The authority will survey the channel every month until next summer and publish the depths on "
            "its notice board.",
        ]
    ),
)
PIER = Article(
    article_id="pier.txt",
    title="Posts of a lost pier come up from the silt",
    publisher="Museum Letters",
    published=date(2025, 7, 21),
    text="\n".join(
        [
            "Forty-one oak posts have been lifted from the harbour of Sandvig.",
            "Tree rings date the youngest of them to the winter of 1661. The pier that they carried is on a "
            "chart of 1668 and is missing from the next, drawn in 1702.",
            "Most will go back into the water at a quiet place, where they keep best. Four are to be shown "
            "in the town museum from December.",
        ]
    ),
)


@dataclass
class ScriptedLibrary:
    articles: list[Article]

    def list(self) -> list[Article]:
        return list(self.articles)

    def count_matching(self, filters: Filters) -> int:
        return sum(
            (not filters.articles or a.article_id in filters.articles)
            and (not filters.publishers or a.publisher in filters.publishers)
            and (not filters.since or (a.published is not None and a.published >= filters.since))
            and (not filters.until or (a.published is not None and a.published <= filters.until))
            for a in self.articles
        )

    def article_count(self) -> int:
        return len(self.articles)

    def show(self, article_id: str, version: str | None = None) -> Article:
        for article in self.articles:
            if article.article_id == article_id and version in (None, article.version):
                return article
        raise UsageError(f"no article {article_id!r} of this version")


@dataclass
class ScriptedEngine:
    """Answers from `script`: question -> sentences, each with its quotes. Anything else is refused."""

    library: ScriptedLibrary
    script: dict[str, list[tuple[str, list[str]]]] = field(default_factory=dict)
    standalone: dict[str, str] = field(default_factory=dict)
    errors: dict[str, Exception] = field(default_factory=dict)
    pause: float = 0.0
    """Seconds between two words of a stream."""
    gate: threading.Event | None = None
    """When set on, a stream waits for it before its first word."""
    asked: list[tuple[str, list[Turn]]] = field(default_factory=list)
    """What the page asked, with the history it gave."""
    filters: list[Filters] = field(default_factory=list)
    """The filters it was asked under."""
    closed: int = 0

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        pass

    def warm_up(self) -> None:
        pass

    def ask(self, question: str, history: Sequence[Turn] = ()) -> Answer:
        return self._answer(question)

    def stream(
        self,
        question: str,
        history: Sequence[Turn] = (),
        *,
        filters: Filters = Filters(),
        **choice: object,
    ) -> Iterator[str | Answer]:
        self.asked.append((question, list(history)))
        self.filters.append(filters)
        try:
            if self.gate is not None:
                self.gate.wait(30)
            if question in self.errors:
                raise self.errors[question]
            answer = self._answer(question)
            if self.pause:
                for word in answer.answer.split(" "):
                    yield word + " "
                    time.sleep(self.pause)
            else:
                yield answer.answer
            yield answer
        finally:
            self.closed += 1

    def _answer(self, question: str) -> Answer:
        citations: list[Citation] = []
        sentences: list[AnswerSentence] = []
        for text, quotes in self.script.get(question, []):
            numbers = []
            for quote in quotes:
                citation = self._cite(quote, len(citations) + 1)
                citations.append(citation)
                numbers.append(citation.number)
            sentences.append(AnswerSentence(text=text, citations=tuple(numbers), support="supported"))
        passages = [
            Passage(
                article_id=a.article_id,
                start=0,
                end=len(a.text.split("\n")[0]),
                text=a.text.split("\n")[0],
                score=0.03,
                ranks={"text": 1},
            )
            for a in self.library.articles
        ]
        written = " ".join(s.text + "".join(f" [{n}]" for n in s.citations) for s in sentences)
        empty = not self.library.articles
        return Answer(
            question=question,
            standalone_question=self.standalone.get(question, question),
            answerable=bool(sentences),
            refusal_reason=None if sentences else "empty_library" if empty else "low_evidence",
            answer=written or "The articles do not say.",
            sentences=tuple(sentences),
            citations=tuple(citations),
            passages=tuple(passages),
            confidence=0.9 if sentences else 0.1,
            answerer="verbatim",
            timings_ms={"total": 1.0},
        )

    def _cite(self, quote: str, number: int) -> Citation:
        article = next(a for a in self.library.articles if quote in a.text)
        start = article.text.index(quote)
        return Citation(
            number=number,
            article_id=article.article_id,
            version=article.version,
            title=article.title,
            publisher=article.publisher,
            url=article.url,
            published=article.published,
            start=start,
            end=start + len(quote),
            quote=quote,
        )


COST = "What did the dredging cost, and why?"
COST_QUOTE = (
    "Dredging cost 31 million kroner, nine million more than planned, because old timber lay under the silt."
)
POSTS_QUOTE = "Archaeologists lifted forty-one posts and will show the best of them in the town museum."
POSTS_TOO_QUOTE = "Forty-one oak posts have been lifted from the harbour of Sandvig."
RINGS_QUOTE = "Tree rings date the youngest of them to the winter of 1661."
FOLLOW_UP = "And who said so?"
BRANDT_QUOTE = "said Jonna Brandt, who heads the authority."
POSTS = "How many posts came up, and how old are they?"


def harbour_engine(**changes: object) -> ScriptedEngine:
    """Two articles and three questions."""
    return ScriptedEngine(
        library=ScriptedLibrary([HARBOUR, PIER]),
        script={
            COST: [(COST_QUOTE, [COST_QUOTE])],
            POSTS: [(POSTS_QUOTE, [POSTS_QUOTE, POSTS_TOO_QUOTE]), (RINGS_QUOTE, [RINGS_QUOTE])],
            FOLLOW_UP: [(BRANDT_QUOTE, [BRANDT_QUOTE])],
        },
        standalone={FOLLOW_UP: "And who said so about the cost of the dredging?"},
        **changes,  # type: ignore[arg-type]
    )


def shown(question: str = COST, **changes: object) -> str:
    """The page's HTML for the scripted answer to a question, changed in these fields."""
    engine = harbour_engine()
    answer = replace(engine.ask(question), **changes)  # type: ignore[arg-type]
    return drawn(answer, engine.library.show, question=question)


def drawn(answer: Answer, show: Show, *, question: str | None = None, kept: bool = False) -> str:
    """The page's HTML for an answer."""
    exchange = Exchange(
        number=1,
        question=answer.question if question is None else question,
        outcome="answered",
        answer=answer,
        looked=Looked(searched=2, held=2),
    )
    return exchange_html(exchange, show, kept=kept)
