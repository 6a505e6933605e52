"""Retrieval data in the form of BEIR: a folder with corpus.jsonl, queries.jsonl and qrels/*.tsv.

A corpus line is `{"_id", "title", "text"}`, a query `{"_id", "text"}`, a judgement "query-id, corpus-id,
score" with tabs between and a line of names above. Files may be gzipped. Queries without a judgement are left
out, as are judgements of documents that the corpus does not have.
"""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from index.article import Article


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedQuery:
    """A query, and what is relevant to it."""

    text: str
    relevant: dict[str, float]
    """Article id -> grade, above 0; at least one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """Articles and the queries put to them."""

    name: str
    articles: tuple[Article, ...]
    queries: tuple[JudgedQuery, ...]


def load_beir(folder: Path, split: str = "test") -> Collection:
    """The collection in a folder.

    Raises:
        ValueError: a file is missing or not in its form; the message names it, and the line.
    """
    articles = [
        Article(article_id=str(d["_id"]), title=str(d.get("title") or ""), text=str(d["text"]))
        for d in _lines(folder, "corpus", ("_id", "text"))
        if str(d["text"]).strip()
    ]
    known = {article.article_id for article in articles}
    texts = {str(q["_id"]): str(q["text"]) for q in _lines(folder, "queries", ("_id", "text"))}
    judged: dict[str, dict[str, float]] = {}
    for query, document, grade in _judgements(folder / "qrels", split):
        if query in texts and document in known and grade > 0:
            judged.setdefault(query, {})[document] = grade
    if not judged:
        raise ValueError(f"{folder}: no judged query has a document of the corpus")
    queries = [JudgedQuery(text=texts[query], relevant=relevant) for query, relevant in judged.items()]
    return Collection(name=folder.name, articles=tuple(articles), queries=tuple(queries))


def _lines(folder: Path, name: str, fields: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    path = _existing(folder, f"{name}.jsonl")
    with _opened(path) as file:
        for number, line in enumerate(file, start=1):
            if not line.strip():
                continue
            try:
                found = json.loads(line)
            except ValueError as error:
                raise ValueError(f"{path}:{number}: not JSON") from error
            if not isinstance(found, dict) or not all(field in found for field in fields):
                raise ValueError(f"{path}:{number}: lacks one of {', '.join(fields)}")
            yield found


def _judgements(folder: Path, split: str) -> Iterator[tuple[str, str, float]]:
    path = _existing(folder, f"{split}.tsv")
    with _opened(path) as file:
        for number, row in enumerate(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE), start=1):
            if number == 1 or not row:
                continue
            try:
                query, document, grade = row
                yield query, document, float(grade)
            except ValueError as error:
                raise ValueError(f"{path}:{number}: expected query-id, corpus-id and score") from error


def _existing(folder: Path, name: str) -> Path:
    for path in (folder / name, folder / f"{name}.gz"):
        if path.is_file():
            return path
    raise ValueError(f"{folder}: no {name}")


def _opened(path: Path) -> IO[str]:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8")
    return path.open(encoding="utf-8", newline="")
