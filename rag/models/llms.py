"""A LlamaIndex `LLM` by name. Nothing is chosen because a key, a proxy or a server happens to be there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pydantic import SecretStr

from index.errors import UsageError
from rag.models.wire import client_options
from rag.settings import Settings

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

VERBATIM = "verbatim"
LOCAL = "local"
FORMS = (
    *(VERBATIM, LOCAL, "local:FILE.gguf", "openai-like:URL#MODEL"),
    *("ollama:MODEL", "openai:MODEL", "anthropic:MODEL"),
)
"""The names that `load_llm` takes."""

OPENAI_URL = "https://api.openai.com/v1"
ANTHROPIC_URL = "https://api.anthropic.com"

_KEPT_ELSEWHERE = "kept-elsewhere"
"""Stands where a library wants a key: the real one goes into the request as it leaves (`wire`)."""


def load_llm(name: str, settings: Settings) -> LLM | None:
    """The model of a name; None for `verbatim`, which is no model. Nothing is loaded or asked yet.

    Retries of the provider's library are off: `rag.models.writer.Writer` has the one policy.

    Args:
        name: One of `FORMS`.
        settings: Limits, addresses and keys.

    Raises:
        UsageError: there is no such name, its package is not installed, its address is none, or its key is
            not set.
    """
    if name == VERBATIM:
        return None
    kind, colon, rest = name.partition(":")
    if kind == LOCAL and (rest or not colon):
        return _local(rest, settings)
    if kind not in _MAKERS or not rest:
        raise UsageError(f"there is no model {name!r}", hint=f"name one of: {', '.join(FORMS)}")
    return _MAKERS[kind](rest, settings)


def key_of(name: str, settings: Settings) -> SecretStr | None:
    """The key that goes with a model's name; None where there is none."""
    kind = name.partition(":")[0]
    key: SecretStr | None = getattr(settings, key_setting(kind), None) if kind in _MAKERS else None
    value = key.get_secret_value().strip() if key is not None else ""
    return SecretStr(value) if value else None


def key_setting(kind: str) -> str:
    """The setting that holds the key of a kind of model.

    >>> key_setting("openai-like")
    'openai_like_api_key'
    """
    return f"{kind.replace('-', '_')}_api_key"


def _local(path: str, settings: Settings) -> LLM:
    if find_spec("xllamacpp") is None:
        raise _missing(LOCAL)
    from rag.local.llm import LocalLLM

    if path:
        settings = settings.model_copy(update={"local_model": Path(path).expanduser()})
    return LocalLLM.from_settings(settings)


def _openai_like(address: str, settings: Settings) -> LLM:
    url, _, model = address.partition("#")
    if not model:
        raise UsageError(
            f"the address {url!r} names no model",
            hint="put it behind a #: openai-like:http://host:8080/v1#MODEL",
        )
    _check_url(url, "openai-like:http://host:8080/v1#MODEL")
    with _extra("openai-like"):
        import httpx
        from llama_index.llms.openai_like import OpenAILike
    key = _usable_key("openai-like", settings)
    options = client_options(stall=settings.llm_stall_seconds, key=key)
    llm: LLM = OpenAILike(
        model=model,
        api_base=url,
        api_key=_KEPT_ELSEWHERE,
        is_chat_model=True,
        context_window=settings.llm_context_window,
        temperature=0.0,
        timeout=settings.llm_stall_seconds,
        max_retries=0,
        http_client=httpx.Client(**options),
    )
    return llm


def _openai(model: str, settings: Settings) -> LLM:
    with _extra("openai"):
        import httpx
        from llama_index.llms.openai import OpenAI
    key = _required_key("openai", settings)
    options = client_options(stall=settings.llm_stall_seconds, key=key)
    with _known(model, f"for a newer one: openai-like:{OPENAI_URL}#{model}"):
        llm: LLM = OpenAI(
            model=model,
            api_base=OPENAI_URL,
            api_key=_KEPT_ELSEWHERE,
            temperature=0.0,
            timeout=settings.llm_stall_seconds,
            max_retries=0,
            http_client=httpx.Client(**options),
        )
        _ = llm.metadata  # looks the model up
    return llm


def _ollama(model: str, settings: Settings) -> LLM:
    _check_url(settings.ollama_url, "CITEWELL_OLLAMA_URL=http://127.0.0.1:11434")
    with _extra("ollama"):
        import ollama
        from llama_index.llms.ollama import Ollama
    options = client_options(stall=settings.llm_stall_seconds)
    llm: LLM = Ollama(
        model=model,
        base_url=settings.ollama_url,
        client=ollama.Client(settings.ollama_url, **options),
        context_window=settings.llm_context_window,  # else Ollama cuts a longer prompt without a word
        temperature=0.0,
        request_timeout=settings.llm_stall_seconds,
        thinking=False,
        additional_kwargs={"num_predict": settings.llm_max_tokens, "seed": 0},
    )
    return llm


def _anthropic(model: str, settings: Settings) -> LLM:
    with _extra("anthropic"):
        import anthropic
        import httpx
        from llama_index.llms.anthropic import Anthropic
    key = _required_key("anthropic", settings)
    options = client_options(stall=settings.llm_stall_seconds, key_header="x-api-key", key=key)
    anthropic_llm = Anthropic(
        model=model,
        base_url=ANTHROPIC_URL,
        api_key=_KEPT_ELSEWHERE,
        temperature=0.0,
        max_tokens=settings.llm_max_tokens,
        timeout=settings.llm_stall_seconds,
        max_retries=0,
    )
    # It takes no client, and makes one that heeds proxies of the environment.
    anthropic_llm._client = anthropic.Anthropic(
        base_url=ANTHROPIC_URL,
        api_key=_KEPT_ELSEWHERE,
        timeout=settings.llm_stall_seconds,
        max_retries=0,
        http_client=httpx.Client(**options),
    )
    llm: LLM = anthropic_llm
    return llm


_MAKERS: dict[str, Callable[[str, Settings], LLM]] = {
    "openai-like": _openai_like,
    "ollama": _ollama,
    "openai": _openai,
    "anthropic": _anthropic,
}


@contextmanager
def _extra(name: str) -> Iterator[None]:
    try:
        yield
    except ImportError as error:
        raise _missing(name) from error


def _missing(extra: str) -> UsageError:
    return UsageError(
        f"what runs models of the kind {extra!r} is not installed",
        hint=f"install it: pip install 'citewell[{extra}]'",
    )


@contextmanager
def _known(model: str, hint: str) -> Iterator[None]:
    try:
        yield
    except ValueError as error:
        raise UsageError(f"the installed package does not know the model {model!r}", hint=hint) from error


def _required_key(kind: str, settings: Settings) -> SecretStr:
    key = _usable_key(kind, settings)
    if key is None:
        variable = f"CITEWELL_{key_setting(kind).upper()}"
        raise UsageError(f"models of the kind {kind!r} need a key", hint=f"set {variable}")
    return key


def _usable_key(kind: str, settings: Settings) -> SecretStr | None:
    key = key_of(f"{kind}:", settings)
    if key is not None and not (key.get_secret_value().isascii() and key.get_secret_value().isprintable()):
        variable = f"CITEWELL_{key_setting(kind).upper()}"
        raise UsageError(f"{variable} holds characters that no key has", hint="set it anew")
    return key


def _check_url(url: str, example: str) -> None:
    hint = f"write it out, as in {example}"
    if "@" in url:  # looked at first: it may hold a password, which no message shows
        raise UsageError("the address of a model's server holds a name or a password", hint=hint)
    try:
        parts = urlsplit(url)
        whole = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        whole = False
    if not whole:
        raise UsageError(f"{url!r} is not the address of a server", hint=hint)
    if parts.query:
        raise UsageError(f"the address {url!r} has a query, which is not sent", hint=hint)
