"""The conversations of all visitors; each is seen, changed and deleted by its owner alone."""

from __future__ import annotations

import json
import secrets
from datetime import UTC, datetime
from typing import NamedTuple

import sqlalchemy as sa

from ui.web.exchange import Exchange
from ui.web.store.file import Store, conversations, exchanges, verdicts

TITLE_CHARS = 120
LISTED = 500


class Title(NamedTuple):
    """A conversation as it is listed."""

    id: str
    title: str


def new_id() -> str:
    return secrets.token_urlsafe(9)


def now() -> str:
    """This moment in UTC, as the tables write it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


class Conversations:
    """The kept conversations of a store. Every method raises `StoreError` where the file fails."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def titles(self, owner: str) -> list[Title]:
        """An owner's conversations, the one that changed last first."""
        with self.store.reading() as connection:
            rows = connection.execute(
                sa.select(conversations.c.id, conversations.c.title)
                .where(conversations.c.owner == owner)
                .order_by(conversations.c.changed_at.desc(), conversations.c.id)
                .limit(LISTED)
            )
            return [Title(row.id, row.title) for row in rows]

    def title(self, owner: str, conversation: str) -> str | None:
        """The title; None where the owner has no such conversation."""
        with self.store.reading() as connection:
            return connection.scalar(sa.select(conversations.c.title).where(*_owned(owner, conversation)))

    def load(self, owner: str, conversation: str) -> list[Exchange] | None:
        """The exchanges in order; None where the owner has no such conversation."""
        with self.store.reading() as connection:
            if connection.scalar(sa.select(conversations.c.id).where(*_owned(owner, conversation))) is None:
                return None
            rows = connection.execute(
                sa.select(exchanges.c.number, exchanges.c.content)
                .where(exchanges.c.conversation == conversation)
                .order_by(exchanges.c.number)
            )
            return [Exchange.from_dict(row.number, json.loads(row.content)) for row in rows]

    def begin(
        self, owner: str, conversation: str, exchange: Exchange, *, make: bool = False, again: bool = False
    ) -> bool:
        """Write down a question before it is answered, so that leaving the page does not lose it.

        Args:
            owner: whose conversation it is.
            conversation: its id.
            exchange: the question, as what it is if nothing more comes of it.
            make: whether the conversation is a new one; the question is its title.
            again: whether it takes the place of the one that has its number.

        Returns:
            False, and nothing is written, when the number is taken, or the conversation deleted since.
        """
        with self.store.writing() as connection:
            title = connection.scalar(sa.select(conversations.c.title).where(*_owned(owner, conversation)))
            if title is None:
                if not make:
                    return False
                title = _title_of(exchange.question)
                made = {"id": conversation, "owner": owner, "title": title, "changed_at": now()}
                connection.execute(sa.insert(conversations).values(made))
            place = _place(exchanges, conversation, exchange.number)
            before = connection.scalar(sa.select(exchanges.c.content).where(*place))
            if before is not None:
                if not again:
                    return False
                if exchange.number == 1 and title == _title_of(json.loads(before)["question"]):
                    title = _title_of(exchange.question)
                connection.execute(sa.delete(exchanges).where(*place))
            connection.execute(sa.delete(verdicts).where(*_place(verdicts, conversation, exchange.number)))
            content = json.dumps(exchange.to_dict(), ensure_ascii=True)
            connection.execute(
                sa.insert(exchanges).values(
                    conversation=conversation, number=exchange.number, asked_at=now(), content=content
                )
            )
            connection.execute(
                sa.update(conversations)
                .where(conversations.c.id == conversation)
                .values(changed_at=now(), title=title)
            )
            return True

    def end(self, owner: str, conversation: str, exchange: Exchange) -> bool:
        """Write down what came of a question; False when the conversation was deleted since."""
        with self.store.writing() as connection:
            if connection.scalar(sa.select(conversations.c.id).where(*_owned(owner, conversation))) is None:
                return False
            done = connection.execute(
                sa.update(exchanges)
                .where(*_place(exchanges, conversation, exchange.number))
                .values(content=json.dumps(exchange.to_dict(), ensure_ascii=True))
            )
            return bool(done.rowcount)

    def rename(self, owner: str, conversation: str, title: str) -> bool:
        """Give a conversation another title; False where the owner has no such conversation."""
        with self.store.writing() as connection:
            done = connection.execute(
                sa.update(conversations).where(*_owned(owner, conversation)).values(title=title[:TITLE_CHARS])
            )
            return bool(done.rowcount)

    def delete(self, owner: str, conversation: str) -> bool:
        """Delete a conversation with all it holds; False where the owner has no such conversation."""
        with self.store.writing() as connection:
            done = connection.execute(sa.delete(conversations).where(*_owned(owner, conversation)))
            if not done.rowcount:
                return False
            for table in (exchanges, verdicts):
                connection.execute(sa.delete(table).where(table.c.conversation == conversation))
            return True


def _title_of(question: str) -> str:
    line = " ".join(question.split())
    return line if len(line) <= TITLE_CHARS else line[: TITLE_CHARS - 2].rstrip() + " …"


def _owned(owner: str, conversation: str) -> tuple[sa.ColumnElement[bool], ...]:
    return conversations.c.id == conversation, conversations.c.owner == owner


def _place(table: sa.Table, conversation: str, number: int) -> tuple[sa.ColumnElement[bool], ...]:
    return table.c.conversation == conversation, table.c.number == number
