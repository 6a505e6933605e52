"""Things of the user's own, named in a setting as `module:factory`."""

from __future__ import annotations

import importlib
from typing import TypeVar

from index.errors import UsageError

T = TypeVar("T")


def made_by(name: str, kind: type[T], *, what: str) -> T:
    """What the factory makes.

    Args:
        name: As `module:factory`; the factory is called without arguments.
        kind: What it has to make.
        what: How messages call it.

    Raises:
        UsageError: the name is of another form, the factory is not there or fails, or it makes another thing.
    """
    module, _, factory = name.partition(":")
    if not (module and factory):
        raise UsageError(f"unknown {what} {name!r}", hint=f"name your own {what} as 'module:factory'")
    try:
        made = getattr(importlib.import_module(module), factory)()
    except Exception as error:  # whatever the user's own factory raises
        raise UsageError(
            f"{what} {name!r} cannot be loaded: {type(error).__name__}: {error}",
            hint="check the module's name and its factory's",
        ) from error
    if not isinstance(made, kind):
        raise UsageError(
            f"{what} {name!r} made a {type(made).__name__}", hint=f"it must make a LlamaIndex {kind.__name__}"
        )
    return made
