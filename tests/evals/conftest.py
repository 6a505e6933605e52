"""A scripted engine and hand-made answers, so that tests of the suite runner need no library."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import settings

from index.article import Article
from rag.answer import Answer, AnswerSentence, Citation, Passage, Turn

settings.register_profile("evals", deadline=None)  # a busy machine is no fault of a metric
settings.load_profile("evals")

TEXT = "Ann Marsh founded the mill in 1902. It burned down twelve years later. Nobody was hurt."
ARTICLE = Article(article_id="mill.md", text=TEXT, title="The mill on the weir")
OTHER = Article(article_id="bridge.md", text="The bridge was built in 1902.", title="The bridge")


def cite(quote: str, /, *, number: int = 1, article: Article = ARTICLE, **changes: object) -> Citation:
    start = article.text.index(quote)
    fields: dict[str, object] = {
        "number": number,
        "article_id": article.article_id,
        "version": article.version,
        "title": article.title,
        "publisher": None,
        "url": None,
        "published": None,
        "start": start,
        "end": start + len(quote),
        "quote": quote,
    }
    return Citation(**(fields | changes))  # type: ignore[arg-type]


def answer(
    *sentences: tuple[str, tuple[int, ...]], citations: Sequence[Citation] = (), text: str | None = None
) -> Answer:
    """An answer of (sentence, marker numbers) pairs; `text` overrides what is shown."""
    shown = " ".join(s + "".join(f" [{n}]" for n in numbers) for s, numbers in sentences)
    return Answer(
        question="?",
        standalone_question="?",
        answerable=True,
        refusal_reason=None,
        answer=shown if text is None else text,
        sentences=tuple(AnswerSentence(text=s, citations=n, support="supported") for s, n in sentences),
        citations=tuple(citations),
        passages=(),
        confidence=0.9,
        answerer="scripted",
        timings_ms={"total": 1.0},
    )


def quoting(*quotes: str, article: Article = ARTICLE) -> Answer:
    """The answer of a verbatim engine: each quote is a sentence with its own citation."""
    return answer(
        *((q, (n,)) for n, q in enumerate(quotes, start=1)),
        citations=[cite(q, number=n, article=article) for n, q in enumerate(quotes, start=1)],
    )


def refusal() -> Answer:
    return Answer(
        question="?",
        standalone_question="?",
        answerable=False,
        refusal_reason="low_evidence",
        answer="The articles do not say.",
        sentences=(),
        citations=(),
        passages=(),
        confidence=0.1,
        answerer="scripted",
    )


def passage(text: str, rank: int = 1) -> Passage:
    return Passage(
        article_id="mill.md", start=0, end=len(text), text=text, score=1 / rank, ranks={"text": rank}
    )


class ScriptedEngine:
    """Answers by question; an exception in the script is raised."""

    def __init__(self, script: Callable[[str], Answer] | dict[str, Answer | Exception]) -> None:
        self.script = script
        self.asked: list[tuple[str, tuple[Turn, ...]]] = []
        self.by_text: Sequence[Passage] | None = None

    def ask(self, question: str, history: Sequence[Turn]) -> Answer:
        self.asked.append((question, tuple(history)))
        reply = self.script(question) if callable(self.script) else self.script[question]
        if isinstance(reply, Exception):
            raise reply
        return reply

    def article(self, article_id: str, version: str) -> Article | None:
        return next((a for a in (ARTICLE, OTHER) if (a.article_id, a.version) == (article_id, version)), None)

    def full_text(self, question: str, k: int) -> Sequence[Passage] | None:
        return self.by_text

    def open(self) -> Callable[..., object]:
        @contextmanager
        def opener(*_: object) -> Iterator[ScriptedEngine]:
            yield self

        return opener


SUITE = """
name: mill
articles: articles
sources:
  mill: [The mill on the weir]
thresholds: {facts: 0.9, false_refusals: 0.4, answer_tokens: 60}
cases:
  - id: founder
    question: Who founded the mill?
    expect: answer
    facts: [Ann Marsh]
    gold: [mill]
  - id: fire
    history:
      - question: When was the mill founded?
        answer: In 1902.
    question: And when did it burn down?
    expect: answer
    facts: [12 years later]
    gold: [mill]
  - id: owner
    question: Who owns the mill today?
    expect: refuse
"""

RIGHT: dict[str, Answer | Exception] = {
    "Who founded the mill?": quoting("Ann Marsh founded the mill in 1902."),
    "And when did it burn down?": quoting("It burned down twelve years later."),
    "Who owns the mill today?": refusal(),
}


class Kit:
    """What the tests of this folder share."""

    TEXT, ARTICLE, OTHER, SUITE, RIGHT = TEXT, ARTICLE, OTHER, SUITE, RIGHT
    answer, cite, passage = map(staticmethod, (answer, cite, passage))
    quoting, refusal = map(staticmethod, (quoting, refusal))
    ScriptedEngine = ScriptedEngine


@pytest.fixture(scope="session")
def kit() -> type[Kit]:
    return Kit


@pytest.fixture
def mill(tmp_path: Path) -> Path:
    """Folder of a small suite with three cases."""
    (tmp_path / "articles").mkdir()
    for article in (ARTICLE, OTHER):
        page = f"---\ntitle: {article.title}\n---\n{article.text}\n"
        (tmp_path / "articles" / article.article_id).write_text(page, encoding="utf-8")
    (tmp_path / "suite.yaml").write_text(SUITE, encoding="utf-8")
    return tmp_path
