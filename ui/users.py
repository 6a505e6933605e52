"""`citewell user`: who may log in to the page."""

from __future__ import annotations

import getpass
import sys
from pathlib import Path
from typing import Annotated

import typer

from index.errors import UsageError
from ui import printing
from ui.opening import make_settings
from ui.options import JsonOption, UsersOption

app = typer.Typer(
    name="user",
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Who may log in to the page: their names and passwords, in a file.",
)

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="What the user logs in as.")]


@app.callback(invoke_without_command=True)
def root(context: typer.Context) -> int:
    if context.invoked_subcommand is None:
        printing.out(context.get_help())
    return 0


@app.command()
def add(name: NameArgument, users: UsersOption = None, as_json: JsonOption = False) -> int:
    """Add a user, or give one a new password: it is asked for, or is the first line of stdin."""
    from ui.web.login.users import add_user, checked_name

    path = _file(users)
    checked = checked_name(printing.valid(name))
    status = "added" if add_user(path, checked, _password(checked)) else "updated"
    _tell(checked, status, as_json=as_json)
    return 0


@app.command()
def remove(name: NameArgument, users: UsersOption = None, as_json: JsonOption = False) -> int:
    """Remove a user, whose logins end at once; the conversations stay."""
    from ui.web.login.users import remove_user, tidy_name

    remove_user(_file(users), printing.valid(name))
    _tell(tidy_name(name), "removed", as_json=as_json)
    return 0


@app.command("list")
def list_(users: UsersOption = None, as_json: JsonOption = False) -> int:
    """List the users."""
    from ui.web.login.users import read_users

    names = sorted(read_users(_file(users)))
    if as_json:
        printing.out_json(names)
    elif names:
        printing.out("\n".join(names))
    else:
        printing.notice("nobody may log in yet; add a user with: citewell user add NAME")
    return 0


def _file(users: Path | None) -> Path:
    path = make_settings(None, users=users).users
    if path is None:
        raise UsageError(
            "no file of users is named", hint="name one: --users FILE, or CITEWELL_USERS=FILE for good"
        )
    return path


def _password(name: str) -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    try:
        first = getpass.getpass(f"Password for {name}: ")
        second = getpass.getpass("Once more: ")
    except EOFError as error:
        raise UsageError("no password was given", hint="type it, or send it on stdin") from error
    if first != second:
        raise UsageError("the two passwords differ", hint="type the same twice")
    return first


def _tell(name: str, status: str, *, as_json: bool) -> None:
    if as_json:
        printing.out_json({"user": name, "status": status})
    else:
        printing.out(f"{status:<8} {name}")
