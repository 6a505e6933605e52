"""Every setting in one object: read at the edge (`CITEWELL_…` in the environment), passed down from there."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from index.errors import UsageError
from index.readers.reading import Reading
from index.sources.limits import FetchLimits


class Settings(BaseSettings):
    """Defaults are chosen on data; the figure stands where the constant does."""

    model_config = SettingsConfigDict(env_prefix="CITEWELL_", extra="forbid", frozen=True)

    library: Path = Field(default=Path("library"), description="Folder of the library.")
    embedder: str | None = Field(
        default=None,
        description="`minilm` (bundled), or `module:factory` of a LlamaIndex one; unset: the library's own.",
    )
    top_k: int = Field(default=10, ge=1, le=100, description="Passages retrieved for a question.")
    postprocessors: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="LlamaIndex node postprocessors (rerankers) for the passages found, each as"
        " `module:factory`, separated by commas.",
    )
    refuse_below: float | None = Field(
        default=None,
        ge=0,
        le=1,
        description="Refuse when the confidence is below this; unset: the measured threshold; 0: never.",
    )
    llm: str = Field(
        default="verbatim",
        description="Who writes the answers: `verbatim` (quotes, no model), or a model by name (README).",
    )
    llm_timeout_seconds: float = Field(
        default=180, gt=0, description="Longest that a model's reply may take in all, retries included."
    )
    llm_stall_seconds: float = Field(
        default=60, gt=0, description="Longest silence of a model, before its first word or between two."
    )
    llm_retries: int = Field(
        default=2,
        ge=0,
        le=10,
        description="Further attempts when a model's server is busy, failing or not reached.",
    )
    llm_context_window: int = Field(
        default=8_192, ge=1_024, description="Tokens, prompt and reply together, that the model is used with."
    )
    llm_max_tokens: int = Field(
        default=512, ge=1, description="Tokens that a model may write for one answer."
    )
    fall_back: bool | None = Field(
        default=None,
        description="Quote instead when the model fails; unset: yes for `local`, no for a model elsewhere.",
    )
    ollama_url: str = Field(default="http://127.0.0.1:11434", description="Where Ollama listens.")
    openai_api_key: SecretStr | None = Field(
        default=None, description="Key for `openai:…`; never sent elsewhere."
    )
    anthropic_api_key: SecretStr | None = Field(
        default=None, description="Key for `anthropic:…`; never sent elsewhere."
    )
    openai_like_api_key: SecretStr | None = Field(
        default=None, description="Key for the server of `openai-like:…`, where it wants one."
    )
    max_question_chars: int = Field(
        default=4_000, ge=1, description="Longer questions are refused as wrong usage."
    )
    max_article_bytes: int = Field(
        default=Reading().max_article_bytes, ge=1, description="Larger files and pages are not read."
    )
    max_export_bytes: int = Field(
        default=Reading().max_export_bytes, ge=1, description="Larger exports (CSV, JSON) are not read."
    )
    max_unpacked_bytes: int = Field(
        default=Reading().max_unpacked_bytes,
        ge=1,
        description="Bytes that the texts in a .docx or .epub may unpack to.",
    )
    max_pages: int = Field(default=Reading().max_pages, ge=1, description="PDFs of more pages are not read.")
    max_reading_seconds: float = Field(
        default=Reading().max_reading_seconds,
        gt=0,
        description="Longest that a file, or one article of an export, may take to be read.",
    )
    max_reading_memory_bytes: int = Field(
        default=Reading().max_reading_memory_bytes,
        ge=256_000_000,
        description="Address space of a process that reads files: a file that needs more is not read.",
    )
    fetch_private: bool = Field(
        default=False,
        description="Whether `add` fetches from addresses of this machine and of private networks too.",
    )
    fetch_timeout_seconds: float = Field(
        default=30, gt=0, description="Longest that one attempt at a page may take, redirects included."
    )
    fetch_retries: int = Field(
        default=2, ge=0, le=10, description="Further attempts at a page when its server fails or is slow."
    )
    fetch_max_wait_seconds: float = Field(
        default=60, ge=0, description="Longest that is waited for a server that names a time to come back."
    )
    fetch_delay_seconds: float = Field(
        default=1, ge=0, description="Pause between two pages of one host; its robots.txt may ask for more."
    )
    max_waiting_uploads: int = Field(
        default=2_000, ge=1, description="Files and texts that may wait in the page to be added."
    )
    max_waiting_bytes: int = Field(
        default=1_000_000_000, ge=1, description="Bytes that those may have together."
    )
    keep_removed_days: int = Field(
        default=7, ge=0, description="How long an article removed in the page can be put back; 0: not at all."
    )
    cache: Path | None = Field(
        default=None,
        description="Folder that the local model (1.1 GB) is joined in; unset: the user's cache folder.",
    )
    local_model: Path | None = Field(
        default=None, description="A GGUF file to answer with; unset: the bundled model."
    )
    local_context: int = Field(
        default=4096,
        ge=512,
        description="Tokens that the local model reads and writes at most in one answer.",
    )
    local_threads: int | None = Field(
        default=None, ge=1, description="Threads of the local model; unset: as many as there are cores."
    )
    offered_llms: Annotated[tuple[str, ...] | None, NoDecode] = Field(
        default=None,
        description="Further names, separated by commas, that page and API let their users choose by; "
        "unset: `local`, where it is installed; empty: none.",
    )
    api_token: SecretStr | None = Field(
        default=None,
        min_length=1,
        description="Token that programs must send to `/api` and `/v1`; unset: they need none.",
    )
    users: Path | None = Field(
        default=None,
        description="Who may log in to the page: a file made by `citewell user add`; unset: nobody has to.",
    )
    login_hours: float = Field(default=336, gt=0, description="How long a login lasts.")
    suite: Path | None = Field(
        default=None,
        description="YAML suite that the web chat adds eval cases to; unset: `suite.yaml` in the library.",
    )
    host: str = Field(default="127.0.0.1", description="Address the web chat listens on.")
    port: int = Field(default=7860, ge=1, le=65535, description="Port the web chat listens on.")
    concurrent_answers: int = Field(
        default=4, ge=1, description="Questions answered at the same time, in web chat and API together."
    )
    queue_length: int = Field(
        default=32, ge=1, description="Questions that may wait for their turn; further ones are turned away."
    )

    @field_validator("offered_llms", "postprocessors", mode="before")
    @classmethod
    def _by_commas(cls, value: Any) -> Any:
        return tuple(filter(None, map(str.strip, value.split(",")))) if isinstance(value, str) else value

    def fetch_limits(self) -> FetchLimits:
        """The limits on fetching, as `index` takes them."""
        return FetchLimits(
            private=self.fetch_private,
            max_bytes=self.max_article_bytes,
            timeout_seconds=self.fetch_timeout_seconds,
            retries=self.fetch_retries,
            max_wait_seconds=self.fetch_max_wait_seconds,
            delay_seconds=self.fetch_delay_seconds,
        )

    def reading(self, fields: tuple[tuple[str, str], ...] = ()) -> Reading:
        """How files are read; `fields` as in `Reading`."""
        return Reading(
            fields=fields,
            max_article_bytes=self.max_article_bytes,
            max_export_bytes=self.max_export_bytes,
            max_unpacked_bytes=self.max_unpacked_bytes,
            max_pages=self.max_pages,
            max_reading_seconds=self.max_reading_seconds,
            max_reading_memory_bytes=self.max_reading_memory_bytes,
        )


def load_settings(**overrides: object) -> Settings:
    """Settings from the environment, with `overrides` that are not None laid over them.

    Raises:
        UsageError: a value is out of range or of the wrong type; the message names the setting.
    """
    try:
        return Settings(**{k: v for k, v in overrides.items() if v is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise UsageError(
            f"wrong setting: {problems}", hint="correct the option or the CITEWELL_… variable"
        ) from error
