"""A language model on this machine: found or joined from its wheels, loaded in this process, spoken to."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rag.local.llm import LocalLLM

__all__ = ["LocalLLM", "is_installed"]


def is_installed(local_model: Path | None = None, cache: Path | None = None) -> bool:
    """Whether a local model can be used; nothing is joined or loaded to find out.

    Args:
        local_model: the GGUF file of the settings; None asks for the bundled one.
        cache: the cache folder of the settings.
    """
    from rag.local.model_file import file_is_there

    return find_spec("xllamacpp") is not None and file_is_there(local_model, cache)


def __getattr__(name: str) -> Any:
    if name == "LocalLLM":  # brings llama_index, two seconds that finding the file does not need
        from rag.local.llm import LocalLLM

        return LocalLLM
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
