"""Who answers on a server: the engine that it was started with, and those its users may choose instead."""

from __future__ import annotations

from importlib.util import find_spec
from urllib.parse import urlsplit

from rag.settings import Settings
from ui.web.engine import Engine
from ui.web.guard import is_loopback

QUOTES = "verbatim"
LOCAL = "local"
_MAKERS = {"openai": "OpenAI", "anthropic": "Anthropic", "ollama": "Ollama"}


def offered(engine: Engine, settings: Settings) -> dict[str, Engine]:
    """Engines over the library of `engine`, by name; it comes first, and quotes are always among them.

    Raises:
        UsageError: `Settings.offered_llms` names no model, or one whose extra is not installed.
    """
    from rag import CitedQueryEngine

    found = {settings.llm: engine}
    if isinstance(engine, CitedQueryEngine):  # another kind of engine may have no use for our models
        for name in (QUOTES, *_further(settings)):
            if name not in found:
                chosen = settings.model_copy(update={"llm": name})
                found[name] = CitedQueryEngine(engine.library, settings=chosen)
    return found


def _further(settings: Settings) -> tuple[str, ...]:
    if settings.offered_llms is not None:
        return settings.offered_llms
    return (LOCAL,) if _local_model_is_there(settings) else ()


def _local_model_is_there(settings: Settings) -> bool:
    if find_spec("xllamacpp") is None:
        return False
    from rag.local.model_file import file_is_there

    return file_is_there(settings.local_model, settings.cache)


def label_of(name: str) -> str:
    """An answerer's name for people.

    >>> label_of("verbatim"), label_of("ollama:qwen3:8b"), label_of("openai-like:https://gpu.lan:8000/v1#phi")
    ('Quotes, no model', 'qwen3:8b (Ollama)', 'phi (gpu.lan)')
    """
    kind, _, rest = name.partition(":")
    if kind == QUOTES:
        return "Quotes, no model"
    if kind == LOCAL:
        return f"Local model ({rest.rpartition('/')[2]})" if rest else "Local model"
    if kind == "openai-like":
        url, _, model = rest.partition("#")
        return f"{model} ({urlsplit(url).hostname})"
    return f"{rest} ({_MAKERS[kind]})" if kind in _MAKERS else name


def is_elsewhere(name: str, settings: Settings) -> bool:
    """Whether questions and quotes leave this machine for it."""
    kind, _, rest = name.partition(":")
    if kind in (QUOTES, LOCAL):
        return False
    address = {"ollama": settings.ollama_url, "openai-like": rest.partition("#")[0]}.get(kind, "")
    return not is_loopback(urlsplit(address).hostname or "")
