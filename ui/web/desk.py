"""Where questions are taken, answered and written down: what the Ask view does, without its widgets."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import replace
from typing import Any

from index.article import Filters
from index.errors import UsageError
from ui.web import chat
from ui.web.chat import Answering, Conversation, Draft
from ui.web.exchange import Exchange
from ui.web.store.conversations import Conversations
from ui.web.store.file import StoreError

logger = logging.getLogger(__name__)

_SETTLING_SECONDS = 0.15
"""Frames of a stopped answer that are on their way reach the browser before what comes next."""


class Desk:
    """Takes all visitors' questions. An owner of None is a browser without our cookie: nothing is kept."""

    def __init__(
        self, answering: Answering, conversations: Conversations, *, max_question_chars: int
    ) -> None:
        self.answering = answering
        self.conversations = conversations
        self._longest = max_question_chars

    def begin(
        self,
        known: Conversation,
        question: str,
        owner: str | None,
        *,
        filters: Filters = Filters(),
        again: bool = False,
        llm: object = None,
    ) -> Conversation:
        """The conversation with this question on its way, written down; or, if it is too long, refused."""
        again = again and bool(known.exchanges)
        name = self.answering.named(llm)
        try:
            asked = chat.check_question(question, self._longest)
        except UsageError as error:
            refused = chat.failed(known.next_number, question.strip(), error, llm=name)
            return known.ended(self.answering.drawn(refused, known.id))
        begun = known.begun(asked, filters, again=again, llm=name)
        if owner is None:
            return begun
        kept = self._kept(lambda: self._begin(begun, owner, again=again))
        if kept is False:  # another tab went on with it, or deleted it
            known = self.open(owner, known.id) or replace(Conversation(), exchanges=known.exchanges)
            begun = known.begun(asked, filters, llm=name)
            kept = self._kept(lambda: self._begin(begun, owner))
        return replace(begun, kept=bool(kept))

    async def frames(
        self, known: Conversation, owner: str | None
    ) -> AsyncGenerator[str | Conversation, None]:
        """The answer's HTML as it grows, then the conversation with it, written down."""
        draft = known.draft
        assert draft is not None
        async with aclosing(self.answering.frames(draft, known.history())) as frames:
            async for frame in frames:
                if isinstance(frame, str):
                    yield frame
                else:
                    yield await asyncio.to_thread(self._end, known, frame, owner)

    def stopped(self, known: Conversation, draft: Draft, owner: str | None) -> Conversation:
        """The conversation with a question that was stopped while it waited for its turn."""
        draft.status = "ended"
        return self._end(known, self.answering.drawn(chat.stopped(draft), known.id), owner)

    def turned_away(self, known: Conversation, draft: Draft, owner: str | None) -> Conversation:
        """The conversation with a question that found too many waiting."""
        draft.status = "ended"
        return self._end(known, self.answering.drawn(chat.busy(draft), known.id), owner)

    def open(self, owner: str | None, conversation: str | None) -> Conversation | None:
        """A kept conversation of this owner, drawn anew; None where there is no such thing."""
        if owner is None or not conversation:
            return None
        exchanges = self._kept(lambda: self.conversations.load(owner, conversation))
        if exchanges is None:
            return None
        drawn = tuple(self.answering.drawn(each, conversation, kept=True) for each in exchanges)
        return Conversation(exchanges=drawn, id=conversation, kept=True)

    async def leave(self, known: Conversation, owner: str | None) -> None:
        """End what is on its way in a conversation that another one is about to take the place of."""
        draft = known.draft
        if draft is None or not known.busy:
            return
        if draft.status == "waiting":
            await asyncio.to_thread(self.stopped, known, draft, owner)
            return
        draft.stop()
        while known.busy:
            await asyncio.sleep(0.02)
        await asyncio.sleep(_SETTLING_SECONDS)

    def _begin(self, begun: Conversation, owner: str, *, again: bool = False) -> bool:
        draft = begun.draft
        assert draft is not None
        return self.conversations.begin(
            owner, begun.id, chat.stopped(draft), make=not begun.kept, again=again
        )

    def _end(self, known: Conversation, exchange: Exchange, owner: str | None) -> Conversation:
        if known.kept and owner is not None:
            self._kept(lambda: self.conversations.end(owner, known.id, exchange))
        return known.ended(exchange)

    def _kept(self, work: Callable[[], Any]) -> Any:
        """What keeping gives; None, with a line in the log, where the file fails: answers do not need it."""
        try:
            return work()
        except StoreError as error:
            logger.warning("%s; %s", error.message, error.hint)
            return None
