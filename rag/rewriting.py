"""A follow-up question written out by a language model, believed only where it adds nothing of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from index.fulltext import terms
from rag.answer import Turn
from rag.models.writer import Message, Writer
from rag.prompts import STANDALONE, STANDALONE_ASKED, STANDALONE_EXAMPLES, STANDALONE_TURN
from rag.question import WORD, find_names

HISTORY_TOKENS = 300
"""What of the conversation is shown; older exchanges are left out first."""
_TURN_CHARS = 400
"""Of a question and of its answer: the last exchange is shown however long it is."""
_MAX_TOKENS = 60
_SHORTEST_ROOT = 5
_MARKER = re.compile(r"\s*\[\d+\]")
_INVITATION = frozenset(terms("what who when where which why how happened did do does was were is are"))


def rewritten(question: str, history: Sequence[Turn], writer: Writer) -> str | None:
    """The question as the model writes it out; None when that is no plain rewording of the conversation.

    Raises:
        ModelError: the model failed.
    """
    turns = list(_recent(history, writer))
    asked = STANDALONE_ASKED.format(conversation="\n".join(turns), question=_line(question))
    messages = (*INSTRUCTION, {"role": "user", "content": asked})
    reply = "".join(writer.stream(messages, max_tokens=_MAX_TOKENS)).strip().split("\n")[0].strip()
    return reply if _adds_nothing(reply, question, turns) else None


def _recent(history: Sequence[Turn], writer: Writer) -> Iterator[str]:
    """The last exchanges that fit, oldest first; citations have no numbers there, so none can be repeated."""
    room = HISTORY_TOKENS
    kept: list[str] = []
    for turn in reversed(history):
        answer = _line(_MARKER.sub("", turn.answer))[:_TURN_CHARS]
        shown = STANDALONE_TURN.format(question=_line(turn.question)[:_TURN_CHARS], answer=answer)
        room -= writer.count_tokens(shown)
        if kept and room < 0:
            break
        kept.append(shown)
    return reversed(kept)


def _adds_nothing(reply: str, question: str, turns: Sequence[str]) -> bool:
    """Whether it is one question, made of words of the conversation, the last question's among them."""
    if not reply.endswith("?") or reply.count("?") > 1:
        return False
    said = set(terms(reply))
    known = set(terms(" ".join((question, *turns)))) | _INVITATION
    own = {stem for word in WORD.findall(question) for stem in terms(word)}
    names = set(terms(" ".join(find_names(reply))))
    new = said - known
    if new & names or not all(any(_of_one_root(stem, other) for other in known) for stem in new):
        return False
    return len(own & said) * 2 >= len(own)


def _of_one_root(one: str, other: str) -> bool:
    """Forms that the stemmer keeps apart: `withdraw`, `withdrawn`."""
    shorter, longer = sorted((one, other), key=len)
    return len(shorter) >= _SHORTEST_ROOT and len(longer) - len(shorter) <= 2 and longer.startswith(shorter)


def _line(text: str) -> str:
    return " ".join(text.split())


def _instruction() -> Iterator[Message]:
    yield {"role": "system", "content": STANDALONE}
    for asked, reply in STANDALONE_EXAMPLES:
        yield {"role": "user", "content": asked}
        yield {"role": "assistant", "content": reply}


INSTRUCTION: tuple[Message, ...] = tuple(_instruction())
"""What every prompt begins with."""
