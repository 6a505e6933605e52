"""`citewell mcp`: ask, search and show as tools of the Model Context Protocol, over stdin and stdout.

Each result is text for the model that called, and beside it, as structured content, the JSON form of the same
command on the command line.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from importlib.metadata import version
from typing import Annotated, Any, ParamSpec

from mcp.server import MCPServer
from mcp.types import CallToolResult, TextContent, ToolAnnotations
from pydantic import Field, ValidationError

from index.article import Filters
from index.errors import CitewellError
from rag import CitedQueryEngine
from rag.answer import Passage, passage_dict
from rag.settings import Settings
from ui import printing
from ui.api import requests
from ui.api.requests import Choice, Day, Exchange, Names
from ui.opening import open_engine
from ui.readiness import Readiness

_INSTRUCTIONS = (
    "Answers from the user's own collection of articles. Every sentence of an answer carries a checked, "
    "verbatim quote. When the articles do not say, the answer says so: do not fill it in from elsewhere."
)

Question = Annotated[str, Field(description="In plain language.")]
Publishers = Annotated[Names, Field(description="Only articles of these publishers.")]
Since = Annotated[Day, Field(description="Only articles published on this day or later: 2025-06-09.")]
Until = Annotated[Day, Field(description="Only articles published on this day or earlier.")]
Articles = Annotated[Names, Field(description="Only the articles of these ids.")]
Languages = Annotated[
    requests.Languages, Field(description="Only articles in these languages, by their codes: en, de, …")
]
TopK = Annotated[int | None, Field(ge=1, le=100, description="Passages to retrieve.")]
History = Annotated[list[Exchange], Field(description="Earlier exchanges, oldest first.")]
ArticleId = Annotated[str, Field(description="As citations and passages name it.")]
Version = Annotated[str | None, Field(description="As it was when cited: the citation's version.")]

P = ParamSpec("P")


def serve(settings: Settings) -> None:
    """Answer a client until it closes our stdin.

    Raises:
        LibraryError: the library cannot be opened.
        UsageError: the settings name no model.
    """
    with open_engine(settings, Filters()) as engine:
        Readiness(engine).begin()
        server(engine).run("stdio")


def server(engine: CitedQueryEngine) -> MCPServer[Any]:
    """The tools over an engine."""
    made: MCPServer[Any] = MCPServer(
        "citewell", version=version("citewell"), instructions=_INSTRUCTIONS, log_level="WARNING"
    )
    tool = made.tool(annotations=ToolAnnotations(read_only_hint=True, open_world_hint=False))

    @tool
    @_told
    def ask(
        question: Question,
        history: History = [],  # noqa: B006  (here and below: what a client may leave out; never changed)
        publisher: Publishers = [],  # noqa: B006
        since: Since = None,
        until: Until = None,
        article: Articles = [],  # noqa: B006
        language: Languages = [],  # noqa: B006
        top_k: TopK = None,
    ) -> CallToolResult:
        """Answer a question from the user's articles, each sentence with a checked quote."""
        chosen = _choice(publisher, since, until, article, language)
        answer = engine.ask(question, [e.turn for e in history], filters=chosen, top_k=top_k)
        return _result(printing.answer_page(answer, _titles(engine, answer.passages)), answer.to_dict())

    @tool
    @_told
    def search(
        question: Question,
        publisher: Publishers = [],  # noqa: B006
        since: Since = None,
        until: Until = None,
        article: Articles = [],  # noqa: B006
        language: Languages = [],  # noqa: B006
        top_k: TopK = None,
    ) -> CallToolResult:
        """The passages of the user's articles nearest to a question, best first; no answer."""
        chosen = _choice(publisher, since, until, article, language)
        passages = engine.search(question, filters=chosen, top_k=top_k)
        text = printing.passages_page(question, question, passages, _titles(engine, passages))
        return _result(text, {"question": question, "passages": [passage_dict(p) for p in passages]})

    @tool
    @_told
    def show(article_id: ArticleId, version: Version = None) -> CallToolResult:
        """One of the user's articles in full."""
        article = engine.library.show(article_id, version)
        copies = engine.library.reprints.ids([article_id]).get(article_id, ())
        data = printing.jsonable(printing.article_json(article, copies))
        return _result(printing.article_page(article, copies), data)

    return made


def _choice(publisher: list[str], since: Any, until: Any, article: list[str], language: list[str]) -> Filters:
    return Choice(publisher=publisher, since=since, until=until, article=article, language=language).filters


def _titles(engine: CitedQueryEngine, passages: Iterable[Passage]) -> dict[str, str]:
    return {p.article_id: engine.library.show(p.article_id).title for p in passages}


def _result(text: str, data: dict[str, Any]) -> CallToolResult:
    return CallToolResult(content=[TextContent(type="text", text=text)], structured_content=data)


def _told(work: Callable[P, CallToolResult]) -> Callable[P, CallToolResult]:
    """The same, but what goes wrong becomes a result that says so, with the way out."""

    @functools.wraps(work)
    def told(*given: P.args, **named: P.kwargs) -> CallToolResult:
        try:
            return work(*given, **named)
        except CitewellError as error:
            said = f"{error.message}\n{error.hint}".strip()
        except ValidationError as error:
            said = "; ".join(problem["msg"] for problem in error.errors())
        return CallToolResult(content=[TextContent(type="text", text=said)], is_error=True)

    return told
