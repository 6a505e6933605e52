"""What the tests of the writer share: the services, and a writer of each that asks the scripted server."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import pytest
from llm_server import ScriptedServer, anthropic_events, ollama_events, openai_events

from index.errors import ModelError
from rag.models.writer import Writer
from rag.settings import Settings

QUESTION = [{"role": "system", "content": "Answer."}, {"role": "user", "content": "How many?"}]
KEY = "sk-not-to-be-seen"
STALL = 0.4


class Service(NamedTuple):
    name: str
    events: Callable[..., list[bytes]]
    path: str


LIKE, OPENAI, OLLAMA, ANTHROPIC = SERVICES = [
    Service("openai-like:URL/v1#small", openai_events, "/v1/chat/completions"),
    Service("openai:gpt-4o-mini", openai_events, "/v1/chat/completions"),
    Service("ollama:qwen3:4b", ollama_events, "/api/chat"),
    Service("anthropic:claude-sonnet-4-6", anthropic_events, "/v1/messages"),
]
every_service = pytest.mark.parametrize("service", SERVICES, ids=lambda s: s.name.partition(":")[0])


def writer_of(server: ScriptedServer, service: Service = LIKE, **settings) -> Writer:
    """A writer with little patience."""
    keys = {f"{kind}_api_key": KEY for kind in ("openai", "openai_like", "anthropic")}
    given = {
        "llm_stall_seconds": STALL,
        "llm_timeout_seconds": 10,
        "ollama_url": server.url,
        **keys,
        **settings,
    }
    return Writer.by_name(service.name.replace("URL", server.url), Settings(**given))


def failure(write: Callable[..., list[str]], *args, **kwargs) -> ModelError:
    """The error that writing ends with."""
    with pytest.raises(ModelError) as caught:
        write(*args, **kwargs)
    assert "\n" not in caught.value.message
    return caught.value
