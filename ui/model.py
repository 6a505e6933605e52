"""`citewell model`: the local model as a file, and as a server for other programs."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Annotated

import typer

from index.errors import UsageError
from ui import printing
from ui.opening import make_settings
from ui.options import JsonOption

_LOOPBACK = ("127.0.0.1", "::1", "localhost")

app = typer.Typer(
    name="model",
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="The local language model: where it is, and as a server.",
)

ModelOption = Annotated[
    Path | None,
    typer.Option("--model", metavar="FILE", help="A GGUF file instead of the bundled model."),
]


@app.callback(invoke_without_command=True)
def root(context: typer.Context) -> int:
    if context.invoked_subcommand is None:
        printing.out(context.get_help())
    return 0


@app.command()
def path(model: ModelOption = None, as_json: JsonOption = False) -> int:
    """Print the model's file, made from its wheels if need be."""
    settings = make_settings(None, local_model=model)
    from rag.local.model_file import model_file

    found = model_file(settings.local_model, settings.cache)
    if as_json:
        printing.out_json({"path": str(found)})
    else:
        printing.out(str(found))
    return 0


@app.command()
def serve(
    host: Annotated[str, typer.Option("--host", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="Port to listen on.")] = 8090,
    model: ModelOption = None,
    as_json: JsonOption = False,
) -> int:
    """Offer the model to other programs, as OpenAI's API does, until Ctrl-C."""
    _claim(host, port)
    settings = make_settings(None, local_model=model)
    import threading

    from rag.local.cores import available_cores
    from rag.local.model_file import model_file
    from rag.local.runtime import start_server

    file = model_file(settings.local_model, settings.cache)
    if host not in _LOOPBACK:
        printing.notice(f"anyone who reaches {host} can use the model: no key is asked for")
    server = start_server(
        file,
        context_window=settings.local_context,
        threads=settings.local_threads or available_cores(),
        host=host,
        port=port,
        name=file.stem,
    )
    url = f"{server.listening_address}/v1"
    if as_json:
        printing.out_json({"url": url, "model": file.stem}, compact=True)
    else:
        printing.out(f"{file.stem} is at {url}  (Ctrl-C stops it)")
        printing.out(f'citewell ask "…" --llm openai-like:{url}#{file.stem}')
    with contextlib.suppress(KeyboardInterrupt):
        threading.Event().wait()
    del server  # its destructor ends what is being written and frees the model
    return 0


def _claim(host: str, port: int) -> None:
    """See whether the address can be listened on before 1.1 GB are loaded; llama.cpp does not say why not.

    Raises:
        UsageError: it cannot.
    """
    import socket

    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except (OSError, UnicodeError) as error:
        raise UsageError(f"no such host: {host!r}", hint="use --host 127.0.0.1") from error
    with socket.socket(family, kind) as claimed:
        claimed.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            claimed.bind(address)
            claimed.listen()
        except OSError as error:
            raise UsageError(
                f"cannot listen on port {port} of {host}: {error.strerror}",
                hint="stop the other program, or choose another --port or --host",
            ) from error
