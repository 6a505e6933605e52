"""What llama.cpp says when it does not answer, as the errors of this project."""

from __future__ import annotations

from typing import Any

from index.errors import ModelError


def refused(said: dict[str, Any]) -> ModelError:
    """The error that llama.cpp answered with."""
    error = said["error"]
    message = error.get("message", error) if isinstance(error, dict) else error
    return ModelError(f"the local model refused the request: {message}")


def closed() -> ModelError:
    """The error for whoever still uses a model that was closed."""
    return ModelError("the local model was closed while it was in use", retryable=True)
