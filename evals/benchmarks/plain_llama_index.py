"""A plain LlamaIndex pipeline, as its own documentation puts one together: what Citewell is held against.

SentenceSplitter, the same embedder as Citewell's, ChromaVectorStore on disk, CitationQueryEngine with the
model that Citewell writes with. Nothing is tuned but the size of a chunk, 256 tokens, which is all that the
embedder reads, and the chunks shown; every other setting is the library's own.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from llama_index.core import Document, StorageContext, VectorStoreIndex
from llama_index.core.llms import LLM
from llama_index.core.node_parser import SentenceSplitter
from llama_index.core.query_engine import CitationQueryEngine
from llama_index.core.schema import NodeWithScore, TextNode

from index.article import Article, Span
from index.embedders import bundled

CHUNK, OVERLAP = 256, 20
SHOWN = 3
"""Chunks that the model is shown."""
_LABEL = "Source {}:\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A chunk that came up, and where it stands."""

    article_id: str
    span: Span | None
    """None where the article does not have its text as it is."""


class PlainLlamaIndex:
    """Articles indexed, and asked."""

    def __init__(self, articles: Sequence[Article], folder: Path) -> None:
        """Indexes the articles into a Chroma collection in a folder."""
        from llama_index.vector_stores.chroma import ChromaVectorStore

        self._texts = {article.article_id: article.text for article in articles}
        os.environ["ANONYMIZED_TELEMETRY"] = "False"  # Chroma's, which LlamaIndex opens with its defaults
        store = ChromaVectorStore.from_params("articles", persist_dir=str(folder))
        documents = [Document(text=a.text, id_=a.article_id, metadata={"title": a.title}) for a in articles]
        self.nodes = SentenceSplitter(chunk_size=CHUNK, chunk_overlap=OVERLAP).get_nodes_from_documents(
            documents
        )
        self.index = VectorStoreIndex(
            self.nodes,
            storage_context=StorageContext.from_defaults(vector_store=store),
            embed_model=bundled(),
        )

    def search(self, question: str, k: int) -> list[Found]:
        """The `k` nearest chunks, best first."""
        return [self._found(each) for each in self.index.as_retriever(similarity_top_k=k).retrieve(question)]

    def stream(self, question: str, llm: LLM) -> Iterator[str | dict[str, Any]]:
        """The answer's text in pieces, then all of it with what it was shown, as `evals.foreign` takes it."""
        engine = CitationQueryEngine.from_args(self.index, llm=llm, similarity_top_k=SHOWN, streaming=True)
        response = engine.query(question)
        text = ""
        for piece in getattr(response, "response_gen", None) or [str(response)]:
            text += piece
            yield piece
        yield {
            "answer": text,
            "citations": [
                {
                    "number": number,
                    "article_id": source.node.ref_doc_id,
                    "quote": source.node.get_content().removeprefix(_LABEL.format(number)).strip(),
                }
                for number, source in enumerate(response.source_nodes, start=1)
                if f"[{number}]" in text
            ],
        }

    def _found(self, found: NodeWithScore) -> Found:
        assert isinstance(found.node, TextNode)
        article_id = found.node.ref_doc_id or ""
        text, words = self._texts[article_id], found.node.text
        start = found.node.start_char_idx
        if start is None or text[start : start + len(words)] != words:
            start = text.find(words)
        span = Span(start, start + len(words)) if start >= 0 else None
        return Found(article_id=article_id, span=span)
