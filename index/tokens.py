"""Token counts by tiktoken, from the encoding that llama-index-core carries: nothing is downloaded."""

from __future__ import annotations

import os
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import tiktoken

_ENCODING = "cl100k_base"


@lru_cache(maxsize=1)
def _encoding() -> tiktoken.Encoding:
    spec = find_spec("llama_index.core")
    if spec is None or spec.origin is None:  # pragma: no cover - a dependency of ours
        raise ModuleNotFoundError("llama_index.core")
    cache = Path(spec.origin).parent / "_static" / "tiktoken_cache"
    before = os.environ.get("TIKTOKEN_CACHE_DIR")
    os.environ["TIKTOKEN_CACHE_DIR"] = str(cache)
    try:
        return tiktoken.get_encoding(_ENCODING)
    finally:
        if before is None:
            del os.environ["TIKTOKEN_CACHE_DIR"]
        else:
            os.environ["TIKTOKEN_CACHE_DIR"] = before


def count_tokens(text: str) -> int:
    """Tokens in `text`; control sequences such as `<|endoftext|>` count as the plain text they are.

    >>> count_tokens("Ask your articles.")
    4
    """
    return len(_encoding().encode_ordinary(text))
