"""The command line: `citewell add`, `ask` and the rest.

Commands import what they need when they run, so that help is instant; results go to stdout, all else to
stderr. Exit codes: 0 done (a refusal is a result), 1 the work failed for some input, 2 wrong usage or
settings, 3 the library cannot be used, 130 interrupted.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING, Annotated, Any

import typer

from index.errors import CitewellError, InputError, LibraryError, ModelError, ModelFileError, UsageError
from ui import model, printing, users
from ui.evaluating import evaluate
from ui.opening import make_settings, open_library
from ui.options import (
    ArticleOption,
    FromOption,
    JsonOption,
    LanguageOption,
    LibraryOption,
    LlmOption,
    MapOption,
    NoWaitOption,
    PublisherOption,
    QuestionArgument,
    SinceOption,
    TopKOption,
    UntilOption,
    UsersOption,
)

if TYPE_CHECKING:
    from index.library import Library

_FAILED, _USAGE, _LIBRARY, _INTERRUPTED, _READER_GONE = 1, 2, 3, 130, 141

app = typer.Typer(
    name="citewell",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Ask your articles; every sentence carries a checked quote.",
)
app.add_typer(model.app)
app.add_typer(users.app)


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code; no expected error leaves here."""
    printing.prepare_stdout()
    with _ending_in_order():
        return _run(argv)


@contextmanager
def _ending_in_order() -> Iterator[None]:
    """Let SIGTERM end a command as an error does: what is open is closed, and nothing is left behind."""

    def end(number: int, frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    is_ours = threading.current_thread() is threading.main_thread()
    if not is_ours or signal.getsignal(signal.SIGTERM) != signal.SIG_DFL:
        yield
        return
    signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _run(argv: Sequence[str] | None) -> int:
    try:
        code = app(list(argv) if argv is not None else None, standalone_mode=False, prog_name="citewell")
        if code == _INTERRUPTED:  # typer makes this of a KeyboardInterrupt
            printing.notice("interrupted; what was reported before is done")
        return code if isinstance(code, int) else 0
    except CitewellError as error:
        printing.complain_of(error)
        return _exit_code(error)
    except KeyboardInterrupt:
        printing.notice("interrupted")
        return _INTERRUPTED
    except printing.ReaderGone:
        # What is still buffered has nowhere to go, and the interpreter would complain of it on its way out.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _READER_GONE
    except Exception as error:
        if not hasattr(error, "format_message"):  # typer's own errors of usage, whose base class is private
            raise
        printing.complain(error.format_message(), _usage_hint(error))
        return _USAGE


def _exit_code(error: CitewellError) -> int:
    if isinstance(error, (LibraryError, ModelFileError)):
        return _LIBRARY
    return _FAILED if isinstance(error, (InputError, ModelError)) else _USAGE


def _usage_hint(error: Exception) -> str:
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "citewell"
    if path.endswith((" ask", " search")) and type(error).__name__ in ("NoSuchOption", "UsageError"):
        return f'put the question in quotes, and -- before one that begins with a dash: {path} -- "-…"'
    return f"{path} --help lists what it takes"


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        printing.out(f"citewell {version('citewell')}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def root(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> int:
    if context.invoked_subcommand is None:
        printing.out(context.get_help())
    return 0


@app.command()
def add(
    paths: Annotated[
        list[str] | None,
        typer.Argument(metavar="PATH|URL...", help="Files, folders that are walked, or web pages."),
    ] = None,
    feed: Annotated[
        list[str] | None,
        typer.Option("--feed", metavar="URL", help="New items of an RSS or Atom feed; may be repeated."),
    ] = None,
    sitemap: Annotated[
        list[str] | None,
        typer.Option("--sitemap", metavar="URL", help="New pages of a sitemap; may be repeated."),
    ] = None,
    limit: Annotated[
        int | None,
        typer.Option("--limit", metavar="N", help="At most so many new articles of a feed or sitemap [500]."),
    ] = None,
    every: Annotated[
        str | None,
        typer.Option("--every", metavar="TIME", help="Look again every 30s, 15m, 2h …, until Ctrl-C."),
    ] = None,
    remove_gone: Annotated[
        bool, typer.Option("--remove-gone", help="Remove articles whose file is gone from a folder.")
    ] = False,
    fields: MapOption = None,
    library: LibraryOption = None,
    as_json: JsonOption = False,
    no_wait: NoWaitOption = False,
) -> int:
    """Add or update articles: files of many formats, web pages, feeds."""
    from ui.adding import add_articles, make_request

    settings = make_settings(library)
    request = make_request(
        paths or (), feed or (), sitemap or (), limit, fields=fields or (), remove_gone=remove_gone
    )

    def opened() -> Library:
        return open_library(settings, create=True, wait=not no_wait)

    if every is None:
        return add_articles(settings, request, opened, as_json=as_json)
    from ui.watching import parse_interval, watch

    seconds = parse_interval(every, web=bool(request.addresses))
    return watch(settings, request, opened, seconds=seconds, as_json=as_json)


@app.command("list")
def list_(library: LibraryOption = None, as_json: JsonOption = False) -> int:
    """List the articles."""
    with open_library(make_settings(library)) as opened:
        infos = opened.list()
        copies = opened.reprints.ids(info.article_id for info in infos)
    if as_json:
        printing.out_json([printing.article_json(info, copies.get(info.article_id, ())) for info in infos])
    elif infos:
        lines = (printing.article_line(info, copies.get(info.article_id, ())) for info in infos)
        printing.out("\n".join(lines))
    else:
        printing.notice("the library is empty; add articles with: citewell add PATH")
    return 0


@app.command()
def show(
    article_id: Annotated[str, typer.Argument(metavar="ID", help="Id of the article, as `list` shows it.")],
    version: Annotated[
        str | None, typer.Option("--version", metavar="HASH", help="As it was in this version.")
    ] = None,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> int:
    """Show an article: its text and what is known of it."""
    with open_library(make_settings(library)) as opened:
        article = opened.show(printing.valid(article_id), version)
        copies = opened.reprints.ids([article.article_id]).get(article.article_id, ())
    if as_json:
        printing.out_json(printing.article_json(article, copies))
    else:
        printing.out(printing.article_page(article, copies))
    return 0


@app.command()
def remove(
    article_ids: Annotated[list[str], typer.Argument(metavar="ID...", help="Ids of the articles.")],
    library: LibraryOption = None,
    as_json: JsonOption = False,
    no_wait: NoWaitOption = False,
) -> int:
    """Remove articles with all their versions."""
    results: list[dict[str, Any]] = []
    with open_library(make_settings(library), wait=not no_wait) as opened:
        try:
            for article_id in dict.fromkeys(map(printing.valid, article_ids)):
                result = {"article_id": article_id, "status": "removed", "reason": None, "hint": ""}
                try:
                    opened.remove(article_id)
                except UsageError as error:
                    result |= {"status": "failed", "reason": error.message, "hint": error.hint}
                    printing.complain_of(error)
                results.append(result)
                if not as_json and result["status"] == "removed":
                    printing.out(f"removed  {printing.shown(article_id)}")
        finally:
            failed = sum(result["status"] == "failed" for result in results)
            if as_json:
                summary = {"removed": len(results) - failed, "failed": failed}
                printing.out_json({"results": results, "summary": summary})
    return _FAILED if failed else 0


@app.command()
def search(
    question: QuestionArgument = None,
    source: FromOption = None,
    top_k: TopKOption = None,
    publisher: PublisherOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    article: ArticleOption = None,
    language: LanguageOption = None,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> int:
    """Show the passages nearest to a question, best first."""
    from ui.asking import find, put
    from ui.questions import make_filters

    filters = make_filters(publisher, since, until, article, language)
    return put(question, source, find, make_settings(library, top_k=top_k), filters, as_json=as_json)


@app.command()
def ask(
    question: QuestionArgument = None,
    source: FromOption = None,
    top_k: TopKOption = None,
    publisher: PublisherOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    article: ArticleOption = None,
    language: LanguageOption = None,
    llm: LlmOption = None,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> int:
    """Answer a question, each sentence with its quote."""
    from ui.asking import answer, put
    from ui.questions import make_filters

    filters = make_filters(publisher, since, until, article, language)
    settings = make_settings(library, top_k=top_k, llm=llm)
    return put(question, source, answer, settings, filters, as_json=as_json)


@app.command()
def serve(
    host: Annotated[str | None, typer.Option("--host", help="Address to listen on [127.0.0.1].")] = None,
    port: Annotated[int | None, typer.Option("--port", help="Port to listen on [7860].")] = None,
    users: UsersOption = None,
    llm: LlmOption = None,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> int:
    """Open the web chat, until Ctrl-C."""
    settings = make_settings(library, host=host, port=port, llm=llm, users=users)
    open_library(settings).close()  # a missing library is said at once, before the page's seconds of loading
    from ui.web.server import serve as serve_page

    if as_json:
        serve_page(settings, ready=lambda url: printing.out_json({"url": url}, compact=True))
    else:
        serve_page(settings)
    return 0


@app.command()
def mcp(llm: LlmOption = None, library: LibraryOption = None) -> int:
    """Offer ask, search and show to an MCP client, over stdin and stdout."""
    from importlib.util import find_spec

    settings = make_settings(library, llm=llm)
    if find_spec("mcp") is None:
        raise UsageError("the MCP server is not installed", hint="install it: pip install 'citewell[mcp]'")
    from ui.mcp_server import serve as serve_tools

    serve_tools(settings)
    return 0


app.command("eval")(evaluate)


@app.command()
def reindex(
    embedder: Annotated[
        str | None, typer.Option("--embedder", metavar="NAME", help="Embed with this one from now on.")
    ] = None,
    library: LibraryOption = None,
    as_json: JsonOption = False,
    no_wait: NoWaitOption = False,
) -> int:
    """Rebuild both indexes from the catalogue.

    Nothing is embedded again but for another embedder.
    """
    settings = make_settings(library, embedder=embedder)
    from index.progress import bar

    with open_library(settings, wait=not no_wait, any_embedder=True) as opened, bar("indexing") as advance:
        chunks = opened.reindex(embedder=settings.embedder, on_progress=advance)
    if as_json:
        printing.out_json({"chunks": chunks})
    else:
        printing.out(f"indexed {printing.counted(chunks, 'chunk')}")
    return 0


@app.command()
def doctor(
    repair: Annotated[bool, typer.Option("--repair", help="Rebuild what is not right.")] = False,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> int:
    """Check every text and vector of the library.

    Exit code 1 if something is wrong.
    """
    with open_library(make_settings(library), any_embedder=True) as opened:
        report = opened.doctor(repair=repair)
    if as_json:
        printing.out_json(printing.report_json(report))
    else:
        printing.out(printing.report_page(report))
    return 0 if report.clean else _FAILED


if __name__ == "__main__":
    sys.exit(main())
