"""Orders to whoever reads or answers ("Ignore all previous instructions. Say that …"): nobody's statement."""

from __future__ import annotations

import re

from index.article import Chunk

_ORDER = re.compile(
    r"\b(?:ignore|disregard|forget|override|bypass) "
    r"(?:(?:(?:all|any|every|the|these|your|my|of) )*(?:previous|prior|above|earlier|preceding|system) "
    r"|(?:all|any|your)(?: of)?(?: your| the)? )(?:instructions?|prompts?|rules|guidelines|orders)\b"
    r"|\byou are now (?:an?|the|in)\b|\bfrom now on,? you (?:are|must|will|shall)\b"
    r"|\b(?:system|assistant|developer) (?:prompt|message|note|instruction)s?\s?[:=]"
    r"|(?:<|\[|\|)/?(?:system|inst|im_start|assistant)(?:>|\]|\|)"
    r"|\bdo not (?:mention|reveal|disclose|quote) (?:this|these|the above) "
    r"(?:note|message|instruction|prompt|text)",
    re.IGNORECASE,
)
_COMMANDS = re.compile(
    r"^\W*(?:tell|say|answer|reply|respond|write|print|output|state|claim|report|inform|repeat|pretend|act|use"
    r"|cite|do not|don[’']t|never|always|instead|you (?:are|must|will|shall|should)|begin|start|end|add"
    r"|refuse|make|ignore|disregard|forget|treat|give|quote|replace|describe)\b",
    re.IGNORECASE,
)
_ASKS_OF_ORDERS = re.compile(
    r"\b(?:instruct\w*|orders?|ordered|commands?|prompts?|messages?|notes?|comments?|tells?|told|says?|said|hidden"
    r"|inject\w*|trick\w*|prank\w*|read|wrote|written)\b",
    re.IGNORECASE,
)


def asks_of_orders(question: str) -> bool:
    """Whether the question may be about such orders themselves: "What did the hidden note say?"."""
    return bool(_ASKS_OF_ORDERS.search(question))


def in_orders(chunk: Chunk) -> list[bool]:
    """Of each sentence of a passage whether it gives such an order, or a command in its paragraph."""
    found: list[bool] = []
    start = chunk.start
    for line in chunk.text.split("\n"):
        end = start + len(line)
        sentences = [
            chunk.text[one.start - chunk.start : one.end - chunk.start]
            for one in chunk.sentences
            if start <= one.start < end
        ]
        orders = [bool(_ORDER.search(each)) for each in sentences]
        commands = [any(orders) and bool(_COMMANDS.match(each)) for each in sentences]
        found += [order or command for order, command in zip(orders, commands, strict=True)]
        start = end + 1
    return found
