"""What was handed in to be added, and what became of it: kept in the library's folder until it is dismissed.

The page shows this list, so a reload shows what it showed before; and what was still waiting when the server
ended is taken up when it starts again.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal, get_args

from index.errors import CitewellError, LibraryUnwritable, UsageError
from index.ingest import AddResult
from index.lock import unwritable
from index.readers.exports import SUFFIXES as EXPORTS
from ui.uploads import FOLDER, sweep

MOST_LISTED = 200

Kind = Literal["file", "text", "page", "feed"]
"""What was handed in: bytes, or the address of a page or a feed."""
KINDS: tuple[Kind, ...] = get_args(Kind)
State = Literal["waiting", "working", "done", "failed"]

_TABLE = """
CREATE TABLE IF NOT EXISTS additions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    file TEXT NOT NULL,
    size INTEGER NOT NULL,
    state TEXT NOT NULL,
    outcomes TEXT NOT NULL,
    fields TEXT NOT NULL DEFAULT '{}'
)
"""
_SINCE_FIRST = (("fields", "TEXT NOT NULL DEFAULT '{}'"),)
"""Columns that lists made by earlier versions do not have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one article of an addition."""

    status: Literal["added", "updated", "unchanged", "failed", "noted"]
    """`noted` is of no article: it is what else there is to say."""
    article_id: str | None = None
    reason: str = ""
    """Why it failed, or what there is to say."""
    hint: str = ""
    copy_of: str | None = None
    """The article that was there already and that this one is a copy of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Addition:
    """A file, a text or an address that somebody handed in."""

    id: int
    kind: Kind
    name: str
    """The file's path as its sender has it, the title of a text, or the address."""
    file: str
    """Where its bytes wait, within the folder of `Additions`; empty when it was not even tried."""
    size: int
    """In bytes."""
    state: State
    outcomes: tuple[Outcome, ...] = field(default=())
    """One an article; a file may hold several."""
    fields: tuple[tuple[str, str], ...] = ()
    """Of an export: what it calls the fields of an article, as in `Reading`."""

    @property
    def is_export(self) -> bool:
        return self.kind == "file" and Path(self.name).suffix.lower() in EXPORTS


class Additions:
    """The list, and the bytes that wait. Threads and processes may share it."""

    def __init__(self, library: Path) -> None:
        self.folder = library / FOLDER
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._noted: dict[int, float] = {}
        """Addition -> when its outcomes were last noted."""

    def close(self) -> None:
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    # Handing in

    def hand_in(self, kind: Kind, name: str, received: Path) -> int:
        """Put something whose bytes were staged at the end of the list, which keeps them; its id."""
        file, size = received.stem, received.stat().st_size
        received.rename(self.folder / file)
        with self._writing() as connection:
            inserted = connection.execute(
                "INSERT INTO additions (kind, name, file, size, state, outcomes)"
                " VALUES (?, ?, ?, ?, 'waiting', '[]')",
                (kind, name, file, size),
            )
            return int(inserted.lastrowid or 0)

    def refuse(self, kind: Kind, name: str, error: CitewellError) -> int:
        """Put something on the list that is not even tried, with the reason; its id."""
        outcome = Outcome(status="failed", reason=error.message, hint=error.hint)
        with self._writing() as connection:
            inserted = connection.execute(
                "INSERT INTO additions (kind, name, file, size, state, outcomes)"
                " VALUES (?, ?, '', 0, 'failed', ?)",
                (kind, name, json.dumps([asdict(outcome)])),
            )
            return int(inserted.lastrowid or 0)

    def waiting(self) -> tuple[int, int]:
        """How many wait or are at work; and the bytes that are kept, also of what may be tried again."""
        rows = self._rows("SELECT state, size FROM additions WHERE size > 0 OR state IN (?, ?)", _OPEN)
        return sum(row["state"] in _OPEN for row in rows), sum(int(row["size"]) for row in rows)

    # Looking

    def listed(self) -> list[Addition]:
        """What is at work or waits, in order, then what is finished, the last first."""
        unfinished = self._rows("SELECT * FROM additions WHERE state IN (?, ?) ORDER BY id", _OPEN)
        finished = self._rows(
            "SELECT * FROM additions WHERE state NOT IN (?, ?) ORDER BY id DESC LIMIT ?",
            (*_OPEN, MOST_LISTED),
        )
        return [_addition(row) for row in (*unfinished, *finished)]

    def next(self, count: int, kinds: Sequence[Kind] = KINDS) -> list[Addition]:
        """The first of these kinds that wait."""
        among = ", ".join("?" * len(kinds))
        query = f"SELECT * FROM additions WHERE state = 'waiting' AND kind IN ({among}) ORDER BY id LIMIT ?"
        return [_addition(row) for row in self._rows(query, (*kinds, count))]

    # Working

    def begin(self, additions: Iterable[Addition]) -> list[Addition]:
        """Those of them that still wait, now at work: one may have been dismissed since it was looked at."""
        begin = "UPDATE additions SET state = 'working' WHERE id = ? AND state = 'waiting'"
        with self._writing() as connection:
            return [each for each in additions if connection.execute(begin, (each.id,)).rowcount]

    def put_off(self, addition: Addition) -> None:
        """Let it wait for its next turn."""
        with self._writing() as connection:
            connection.execute("UPDATE additions SET state = 'waiting' WHERE id = ?", (addition.id,))

    def note(self, addition: Addition, outcomes: Iterable[Outcome]) -> None:
        """Note what became of it so far, now and then: an export has thousands of articles.

        What a feed gave it does not give again, so of one each is noted.
        """
        now = time.monotonic()
        if addition.kind != "feed" and now - self._noted.get(addition.id, float("-inf")) < _NOTE_SECONDS:
            return
        self._noted[addition.id] = now
        said = json.dumps([asdict(each) for each in outcomes])
        with self._writing() as connection:
            connection.execute("UPDATE additions SET outcomes = ? WHERE id = ?", (said, addition.id))

    def finish(self, addition: Addition, outcomes: Iterable[Outcome], *, keep: bool = False) -> None:
        """Note what became of it; its bytes are dropped, unless `keep` leaves them to be tried again."""
        self._noted.pop(addition.id, None)
        said = [asdict(each) for each in outcomes]
        failed = any(each["status"] == "failed" for each in said)
        with self._writing() as connection:
            connection.execute(
                "UPDATE additions SET state = ?, outcomes = ?, size = ? WHERE id = ?",
                ("failed" if failed else "done", json.dumps(said), addition.size if keep else 0, addition.id),
            )
        if addition.file and not keep:
            (self.folder / addition.file).unlink(missing_ok=True)

    def take_up(self) -> None:
        """Let what was at work when a server ended wait again, and remove bytes that belong to nothing."""
        if not self.folder.exists():
            return
        with self._writing() as connection:
            connection.execute(
                "UPDATE additions SET state = 'waiting',"
                # what a feed gave already it does not give again
                " outcomes = CASE kind WHEN 'feed' THEN outcomes ELSE '[]' END WHERE state = 'working'"
            )
        sweep(self.folder, lambda file: bool(self._rows("SELECT 1 FROM additions WHERE file = ?", (file,))))

    def kept(self, addition_id: int) -> Addition:
        """Something that failed and is still there to be tried again.

        Raises:
            UsageError: it is not there, or nothing is left of it.
        """
        found = [_addition(row) for row in self._rows("SELECT * FROM additions WHERE id = ?", (addition_id,))]
        if not found or not can_be_tried_again(found[0]):
            raise UsageError("this cannot be tried again", hint="hand it in once more")
        return found[0]

    def set_back(self, addition_id: int, fields: Mapping[str, str] | None = None) -> None:
        """Let something that failed wait again; an export perhaps with other names of its fields.

        Raises:
            UsageError: it is not there, or nothing is left of it to try again.
        """
        again = self.kept(addition_id)
        said = json.dumps(dict(again.fields) if fields is None else dict(fields))
        with self._writing() as connection:
            connection.execute(
                "UPDATE additions SET state = 'waiting', outcomes = '[]', fields = ?"
                " WHERE id = ? AND state = 'failed'",
                (said, addition_id),
            )

    def dismiss(self, addition_id: int) -> None:
        """Take one off the list, unless it is at work."""
        self._delete("id = ? AND state != 'working'", addition_id)

    def dismiss_all(self, state: State) -> None:
        """Take all of a state off the list."""
        self._delete("state = ? AND state != 'working'", state)

    def _delete(self, condition: str, value: object) -> None:
        with self._writing() as connection:
            rows = connection.execute(
                f"DELETE FROM additions WHERE {condition} RETURNING file", (value,)
            ).fetchall()
        for row in rows:
            if row["file"]:
                (self.folder / row["file"]).unlink(missing_ok=True)

    # The file

    def _opened(self) -> sqlite3.Connection:
        if self._connection is None:
            self.folder.mkdir(mode=0o700, exist_ok=True)
            connection = sqlite3.connect(
                self.folder / "additions.sqlite3", timeout=30, isolation_level=None, check_same_thread=False
            )
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA secure_delete = ON")
            connection.execute(_TABLE)
            known = {row["name"] for row in connection.execute("PRAGMA table_info(additions)")}
            for name, kind in _SINCE_FIRST:
                if name not in known:
                    connection.execute(f"ALTER TABLE additions ADD COLUMN {name} {kind}")
            self._connection = connection
        return self._connection

    @contextlib.contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction that is durable when this returns."""
        with self._lock, self._translated():
            connection = self._opened()
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    def _rows(self, query: str, values: tuple[object, ...] = ()) -> list[sqlite3.Row]:
        if self._connection is None and not (self.folder / "additions.sqlite3").exists():
            return []  # nobody has handed in anything, and to look is no reason to make a file
        with self._lock, self._translated():
            return self._opened().execute(query, values).fetchall()

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise unwritable(self.folder.parent, error) from error
        except sqlite3.Error as error:
            raise LibraryUnwritable(
                f"the list of additions in {str(self.folder)!r} cannot be used: {error}",
                hint="free some space or check the folder's permissions; the library itself is not touched",
            ) from error


_OPEN = ("waiting", "working")
_NOTE_SECONDS = 0.5


def outcome_of(result: AddResult) -> Outcome:
    """What became of an article, as the list keeps it."""
    return Outcome(
        status=result.status,
        article_id=result.article_id,
        reason=result.reason or result.note,
        hint=result.hint,
        copy_of=result.copy_of,
    )


def can_be_tried_again(addition: Addition) -> bool:
    """Whether something that failed is still there to be tried again."""
    return addition.state == "failed" and addition.size > 0


def _addition(row: sqlite3.Row) -> Addition:
    values = {
        **dict(row),
        "outcomes": tuple(Outcome(**each) for each in json.loads(row["outcomes"])),
        "fields": tuple(json.loads(row["fields"]).items()),
    }
    return Addition(**values)
