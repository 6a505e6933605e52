"""Articles in: a library on disk, and everything that puts articles into it and finds them again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from index.article import Article, Filters

if TYPE_CHECKING:
    from index.library import Library

__all__ = ["Article", "Filters", "Library"]


def __getattr__(name: str) -> Any:
    if name == "Library":  # brings the catalogue and both indexes, which a command's --help does not need
        from index.library import Library

        return Library
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
