"""What users say of answers: good or bad, and why."""

from __future__ import annotations

from typing import Literal, NamedTuple

import sqlalchemy as sa

from ui.web.store.conversations import now
from ui.web.store.file import Store, conversations, exchanges, verdicts

Verdict = Literal["good", "bad"]


class Said(NamedTuple):
    """A verdict on one answer, with the user's words."""

    verdict: str
    comment: str


class Feedback:
    """The verdicts of a store. Every method raises `StoreError` where the file fails."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def give(self, owner: str, conversation: str, number: int, verdict: Verdict, comment: str) -> bool:
        """Write down a verdict in place of an earlier one; False where the owner has no such answer."""
        with self.store.writing() as connection:
            mine = sa.select(exchanges.c.number).join(
                conversations, conversations.c.id == exchanges.c.conversation
            )
            here = (exchanges.c.conversation == conversation, exchanges.c.number == number)
            if connection.scalar(mine.where(conversations.c.owner == owner, *here)) is None:
                return False
            said = {"verdict": verdict, "comment": comment, "given_at": now()}
            connection.execute(
                sa.insert(verdicts)
                .prefix_with("OR REPLACE")
                .values(conversation=conversation, number=number, **said)
            )
            return True

    def take_back(self, owner: str, conversation: str, number: int) -> bool:
        """Delete a verdict; False where the owner has given none on such an answer."""
        with self.store.writing() as connection:
            mine = sa.select(conversations.c.id).where(conversations.c.owner == owner)
            here = (verdicts.c.conversation == conversation, verdicts.c.number == number)
            done = connection.execute(sa.delete(verdicts).where(*here, verdicts.c.conversation.in_(mine)))
            return bool(done.rowcount)

    def of(self, owner: str, conversation: str) -> dict[int, Said]:
        """The verdicts on the answers of one of the owner's conversations, by their numbers."""
        with self.store.reading() as connection:
            rows = connection.execute(
                sa.select(verdicts.c.number, verdicts.c.verdict, verdicts.c.comment)
                .join(conversations, conversations.c.id == verdicts.c.conversation)
                .where(conversations.c.owner == owner, conversations.c.id == conversation)
            )
            return {row.number: Said(row.verdict, row.comment) for row in rows}
