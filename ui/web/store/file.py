"""The file behind the page's memory: one SQLite database beside the catalogue of the library."""

from __future__ import annotations

import contextlib
import logging
import secrets
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa

from index.errors import LibraryDamaged, LibraryError
from index.scratch import Scratch
from index.tables import open_engine

FILE = "chat.sqlite3"
_FORMAT = "1"

meta = sa.MetaData()

state = sa.Table(
    "state",
    meta,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)
conversations = sa.Table(
    "conversations",
    meta,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("changed_at", sa.Text, nullable=False),  # UTC, ISO 8601
    sa.Index("conversations_owner", "owner", "changed_at"),
)
exchanges = sa.Table(
    "exchanges",
    meta,
    sa.Column("conversation", sa.Text, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("asked_at", sa.Text, nullable=False),  # UTC, ISO 8601
    sa.Column("content", sa.Text, nullable=False),  # JSON: `Exchange.to_dict`
)
verdicts = sa.Table(
    "verdicts",
    meta,
    sa.Column("conversation", sa.Text, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("verdict", sa.Text, nullable=False),  # good | bad
    sa.Column("comment", sa.Text, nullable=False),
    sa.Column("given_at", sa.Text, nullable=False),  # UTC, ISO 8601
)

sessions = sa.Table(
    "sessions",
    meta,
    sa.Column("token", sa.Text, primary_key=True),  # SHA-256 of what the cookie holds
    sa.Column("user", sa.Text, nullable=False),
    sa.Column("mark", sa.Text, nullable=False),  # changes with the user's password
    sa.Column("ends_at", sa.Text, nullable=False),  # UTC, ISO 8601
)


class StoreError(LibraryError):
    """Raised when what the page keeps cannot be read or written; answers do not depend on it."""


class Store:
    """The open file. May be used by many threads at once."""

    def __init__(self, path: Path, *, scratch: Scratch | None = None) -> None:
        """Opens the file, and makes it where there is none.

        Args:
            path: Where it is.
            scratch: The folder that it is in, if that is to go with it.

        Raises:
            StoreError: it cannot be read or written.
            LibraryDamaged: it was made by a newer Citewell.
        """
        self.path = path
        self._scratch = scratch
        self._engine = open_engine(path, read_only=False)
        with self.writing() as connection:
            path.chmod(0o600)
            meta.create_all(connection)
            rows = connection.execute(sa.select(state.c.key, state.c.value))
            known: dict[str, str] = {row.key: row.value for row in rows}
            if known.setdefault("format", _FORMAT) != _FORMAT:
                raise LibraryDamaged(
                    f"{str(path)!r} was written by a newer Citewell",
                    hint="upgrade Citewell: pip install --upgrade citewell",
                )
            known.setdefault("secret", secrets.token_hex(32))
            known.setdefault("name", secrets.token_hex(4))
            connection.execute(
                sa.insert(state).prefix_with("OR IGNORE"), [{"key": k, "value": v} for k, v in known.items()]
            )
        self.secret = known["secret"].encode()
        """Signs the cookies by which browsers are known again."""
        self.name = known["name"]
        """Tells this store's cookie from that of another server on this machine."""

    @classmethod
    def beside(cls, library: Path | None) -> Store:
        """The store in a library's folder; without a folder, or where it may not be written, for this run."""
        if library is not None and library.is_dir():
            try:
                return cls(library / FILE)
            except StoreError as error:
                logging.getLogger(__name__).warning("%s; %s", error.message, error.hint)
        scratch = Scratch()
        return cls(scratch.path / FILE, scratch=scratch)

    def close(self) -> None:
        self._engine.dispose()
        if self._scratch is not None:
            self._scratch.close()

    @contextlib.contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        with self._translated(), self._engine.connect() as connection, connection.begin():
            yield connection

    @contextlib.contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """A transaction that is durable when this returns."""
        with (
            self._translated(),
            self._engine.connect() as connection,
            connection.execution_options(citewell_write=True).begin(),
        ):
            yield connection

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (sa.exc.DBAPIError, sqlite3.Error, OSError) as error:
            cause = getattr(error, "orig", None) or error
            raise StoreError(
                f"conversations cannot be kept in {str(self.path)!r}: {cause}",
                hint="free some space, check the folder's permissions, or move the file away",
            ) from error
