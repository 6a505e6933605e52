"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

LibraryOption = Annotated[
    Path | None,
    typer.Option("--library", metavar="DIR", help="Folder of the library [$CITEWELL_LIBRARY, or ./library]."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
NoWaitOption = Annotated[
    bool, typer.Option("--no-wait", help="Fail at once while another process writes, instead of waiting.")
]
MapOption = Annotated[
    list[str] | None,
    typer.Option(
        "--map",
        metavar="FIELD=NAME,…",
        help="What an export (CSV, JSON) calls a field: text, title, author, publisher, url, published, "
        "language, id.",
    ),
]
QuestionArgument = Annotated[str | None, typer.Argument(help="The question, in quotes.", show_default=False)]
FromOption = Annotated[
    str | None,
    typer.Option(
        "--from",
        metavar="FILE",
        help='Questions, one {"question": …, "id": …, "history": …} a line; - is stdin.',
    ),
]
TopKOption = Annotated[
    int | None, typer.Option("--top-k", metavar="N", help="Passages to retrieve, 1 to 100.")
]
UsersOption = Annotated[
    Path | None,
    typer.Option(
        "--users", metavar="FILE", help="Who may log in to the page [$CITEWELL_USERS; unset: nobody has to]."
    ),
]
LlmOption = Annotated[
    str | None,
    typer.Option(
        "--llm",
        metavar="NAME",
        help="Who writes the answers: verbatim (the articles' own sentences), local, openai-like:URL#MODEL, "
        "ollama:MODEL, openai:MODEL or anthropic:MODEL [$CITEWELL_LLM, or verbatim].",
    ),
]
PublisherOption = Annotated[
    list[str] | None,
    typer.Option("--publisher", metavar="NAME", help="Only of this publisher; may be repeated."),
]
SinceOption = Annotated[
    str | None, typer.Option("--since", metavar="DATE", help="Only articles published on this day or later.")
]
UntilOption = Annotated[
    str | None,
    typer.Option("--until", metavar="DATE", help="Only articles published on this day or earlier."),
]
LanguageOption = Annotated[
    list[str] | None,
    typer.Option("--language", metavar="CODE", help="Only in this language (en, de, …); may be repeated."),
]
ArticleOption = Annotated[
    list[str] | None, typer.Option("--article", metavar="ID", help="Only this article; may be repeated.")
]
