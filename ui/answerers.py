"""Who answers on a server: the engine that it was started with, and those its users may choose instead."""

from __future__ import annotations

from rag.settings import Settings
from ui.web.engine import Engine


def offered(engine: Engine, settings: Settings) -> dict[str, Engine]:
    """Engines over the library of `engine`, by name; it comes first, and quotes are always among them.

    Raises:
        UsageError: `Settings.offered_llms` names no model, or one whose extra is not installed.
    """
    from rag import CitedQueryEngine

    found = {settings.llm: engine}
    if isinstance(engine, CitedQueryEngine):  # another kind of engine may have no use for our models
        for name in ("verbatim", *settings.offered_llms):
            if name not in found:
                chosen = settings.model_copy(update={"llm": name})
                found[name] = CitedQueryEngine(engine.library, settings=chosen)
    return found
