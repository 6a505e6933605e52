"""Full text: BM25 over the chunks, in tantivy. The only file that imports tantivy."""

from __future__ import annotations

import contextlib
import math
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import tantivy

from index.article import Filters, language_code
from index.errors import LibraryDamaged, LibraryError, LibraryUnwritable

_ANALYZER = "citewell_en"
_LONGEST_TERM = 40
"""Longer runs of letters and digits (bytes) are no words; the limit of tantivy's own English analyser."""
_WRITER_BYTES = 32_000_000
_MAX_TERMS = 256
"""Terms of a question beyond this are ignored: more say nothing new and cost time."""
_SHORTEST_FUZZY = 4
_LONG_TERM = 8
"""Lengths from which a term may differ by one and by two letters and still be taken for a misspelling."""
_SPARE = 32
"""Fetched beyond k, so that equal scores at the cut are ordered by chunk id rather than by segment."""
_STOP_WORDS = """
    i me my myself we our ours ourselves you your yours yourself yourselves he him his himself she her
    hers herself it its itself they them their theirs themselves what which who whom whose this that these
    those am is are was were be been being have has had having do does did doing would should could ought
    a an the and but if or because as until while of at by for with about against between into through
    during before after above below to from up down in out on off over under again further then once here
    there when where why how all any both each few more most other some such no nor not only own same so
    than too very s t d ll m re ve don didn doesn isn aren wasn weren hasn haven hadn won wouldn couldn
    shouldn
""".split()  # noqa: SIM905 - a hundred lines otherwise
"""The Snowball project's English list, and what its contractions leave when split at the apostrophe.

tantivy's own list has 33 words, none of them one that questions are asked with.
"""
_UNSPACED = re.compile(
    "["
    "\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"  # Chinese characters
    "\u3041-\u309a\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\uff66-\uff9f"  # Japanese syllables
    "\u1100-\u11ff\uac00-\ud7af"  # Korean syllables
    "]+"
)
_PLAIN = re.compile(r"\w+")
_WORD = re.compile(r"[^\W_]+")
_BM25_CEILING = 2.2
"""What a term's weight is multiplied with at most, however often it stands in a chunk: k1 + 1."""
_EPOCH = date(1970, 1, 1).toordinal()


class TextDocument(NamedTuple):
    """One chunk as the index knows it."""

    chunk_id: str
    article_id: str
    publisher: str | None
    published: date | None
    language: str | None
    body: str
    """Title, line break, text of the chunk; indexed, not stored."""


class TextQuery(NamedTuple):
    """What the full text is asked for."""

    terms: Sequence[str]
    """As `terms` gives them; any of them may stand in a chunk."""
    phrases: Sequence[str] = ()
    """Words that must stand in it, those of each phrase in their order."""


@lru_cache(maxsize=1)
def _analyzer() -> tantivy.TextAnalyzer:
    return (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        .filter(tantivy.Filter.remove_long(_LONGEST_TERM))
        .filter(tantivy.Filter.lowercase())
        .filter(tantivy.Filter.custom_stopword(_STOP_WORDS))
        .filter(tantivy.Filter.ascii_fold())
        .filter(tantivy.Filter.stemmer("english"))
        .build()
    )


def terms(text: str) -> list[str]:
    """The words of `text` as the index sees them: lower case, no accents, stemmed, no stop words.

    Chinese, Japanese and Korean come as overlapping pairs of characters.

    >>> terms("The Mayor's cafés were closing!"), terms("2019年に東京で")
    (['mayor', 'cafe', 'close'], ['2019', '年に', 'に東', '東京', '京で'])
    """
    found: list[str] = _analyzer().analyze(_in_pairs(text.encode("utf-8", "replace").decode()))
    return found


def _in_pairs(text: str) -> str:
    """`text` with each run of characters that no spaces part into words as its overlapping pairs.

    A whole clause would be one term otherwise, or none when it is longer than `_LONGEST_TERM`. Pairs are what
    Lucene's CJKAnalyzer indexes; tantivy's own n-gram tokenizer would cut English up as well, and a second
    field for it would be unknown to `terms`.
    """
    return _UNSPACED.sub(
        lambda run: f" {_pairs(unicodedata.normalize('NFKC', run.group()))} ", composed(text)
    )


def composed(text: str) -> str:
    """`text` without soft hyphens, its accents part of their letters: neither parts a word.

    >>> composed("Ma\u0301\u00adlaga")
    'Málaga'
    """
    return text if text.isascii() else unicodedata.normalize("NFC", text.replace("\xad", ""))


def is_unspaced(text: str) -> bool:
    """Whether it has characters of a script that puts no spaces between words."""
    return bool(_UNSPACED.search(text))


def _pairs(run: str) -> str:
    return " ".join(first + second for first, second in pairwise(run)) or run


def epoch_day(day: date) -> int:
    """Days since 1970-01-01; earlier days are negative."""
    return day.toordinal() - _EPOCH


@lru_cache(maxsize=1)
def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("chunk_id", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("article_id", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("publisher", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("language", tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("published", indexed=True, fast=True)
    builder.add_text_field("body", tokenizer_name=_ANALYZER, index_option="position")
    return builder.build()


@contextlib.contextmanager
def _translated(folder: Path) -> Iterator[None]:
    """Whatever tantivy raises, as an error of ours."""
    try:
        yield
    except LibraryError:
        raise
    except BaseException as error:
        if isinstance(error, (KeyboardInterrupt, SystemExit, GeneratorExit)):
            raise
        said = str(error)
        if any(sign in said for sign in ("No space left", "Permission denied", "Read-only file system")):
            raise LibraryUnwritable(
                f"the full-text index cannot be written: {said}",
                hint="free some space or check the folder's permissions; nothing catalogued is lost",
            ) from error
        raise LibraryDamaged(
            f"the full-text index {str(folder)!r} failed: {said}",
            hint="it is rebuilt from the catalogue by: citewell doctor --repair",
        ) from error


class FullText:
    """One tantivy index in one folder. Many readers; writing only under the library's writer lock."""

    def __init__(self, folder: Path, index: tantivy.Index) -> None:
        self._folder = folder
        self._index = index
        self._writer: tantivy.IndexWriter | None = None

    @classmethod
    def create(cls, folder: Path) -> FullText:
        with _translated(folder):
            folder.mkdir(parents=True, mode=0o700)
            return cls(folder, cls._ready(tantivy.Index(_schema(), path=str(folder), reuse=False)))

    @classmethod
    def open(cls, folder: Path) -> FullText:
        """Raises `LibraryDamaged` when there is no index of ours that can be read."""
        with _translated(folder):
            return cls(folder, cls._ready(tantivy.Index.open(str(folder))))

    @staticmethod
    def _ready(index: tantivy.Index) -> tantivy.Index:
        index.register_tokenizer(_ANALYZER, _analyzer())
        index.config_reader("manual")  # readers follow the catalogue's generation, not a file watcher
        index.reload()
        return index

    # Reading

    def reload(self) -> None:
        """See what was committed since, here or by another process."""
        with _translated(self._folder):
            self._index.reload()

    def search(self, wanted: TextQuery, k: int, filters: Filters) -> list[tuple[str, float]]:
        """The `k` best chunks as (chunk id, BM25 score), best first; equal scores by chunk id.

        The query is built from terms, so nothing in a question is query syntax.
        """
        asked = _distinct(wanted.terms)
        if not asked or k < 1:
            return []
        schema = _schema()
        should = tantivy.Occur.Should
        words = tantivy.Query.boolean_query(
            [(should, tantivy.Query.term_query(schema, "body", term, "freq")) for term in asked]
        )
        parts = [(tantivy.Occur.Must, words)]
        parts += [
            (tantivy.Occur.Must, tantivy.Query.const_score_query(part, 0.0))
            for part in (*filter(None, map(_phrase, wanted.phrases)), *_restrictions(filters))
        ]
        with _translated(self._folder):
            searcher = self._index.searcher()
            found = searcher.search(tantivy.Query.boolean_query(parts), limit=k + _SPARE, count=False)
            hits = [(str(searcher.doc(address)["chunk_id"][0]), score) for score, address in found.hits]
        hits.sort(key=lambda hit: (-hit[1], hit[0]))
        return hits[:k]

    def having(self, wanted: Iterable[Iterable[str]], filters: Filters) -> list[str]:
        """Ids of all chunks with at least one term of each group, in no order; of all when there are none."""
        schema, must = _schema(), tantivy.Occur.Must
        groups = [tantivy.Query.term_set_query(schema, "body", list(group)) for group in wanted]
        parts = [(must, part) for part in (*groups, *_restrictions(filters), tantivy.Query.all_query())]
        with _translated(self._folder):
            searcher = self._index.searcher()
            query = tantivy.Query.const_score_query(tantivy.Query.boolean_query(parts), 1.0)
            found = searcher.search(query, limit=max(1, searcher.num_docs), count=False)
            return [str(searcher.doc(address)["chunk_id"][0]) for _, address in found.hits]

    def chunk_count(self) -> int:
        """Chunks that are there."""
        with _translated(self._folder):
            return int(self._index.searcher().num_docs)

    def articles_with(self, words: Sequence[str]) -> set[str]:
        """Ids of the articles that hold every one of these terms; the last may be the beginning of one."""
        schema = _schema()
        found: set[str] | None = None
        with _translated(self._folder):
            searcher = self._index.searcher()
            for number, word in enumerate(words[:_MAX_TERMS], start=1):
                query = tantivy.Query.term_query(schema, "body", word, "basic")
                if number == len(words) and _PLAIN.fullmatch(word):  # it may be half typed
                    begun = tantivy.Query.regex_query(schema, "body", f"{word}.*")
                    either = [(tantivy.Occur.Should, query), (tantivy.Occur.Should, begun)]
                    query = tantivy.Query.boolean_query(either)
                hits = searcher.search(query, limit=max(1, searcher.num_docs), count=False).hits
                ids = {str(searcher.doc(address)["chunk_id"][0]).rsplit(":", 2)[0] for _, address in hits}
                found = ids if found is None else found & ids
        return found or set()

    def document_frequency(self, term: str) -> int:
        """Chunks that hold `term`, as `terms` gives it; replaced chunks count until they are merged."""
        with _translated(self._folder):
            return int(self._index.searcher().doc_freq("body", term))

    def attainable(self, question_terms: Iterable[str]) -> float:
        """The BM25 score that no chunk can exceed: that of one which holds each term without end."""
        with _translated(self._folder):
            searcher = self._index.searcher()
            counts = [int(searcher.doc_freq("body", term)) for term in _distinct(question_terms)]
            chunks = max(int(searcher.num_docs), *counts, 0)
        weights = (math.log(1 + (chunks - count + 0.5) / (count + 0.5)) for count in counts)
        return _BM25_CEILING * math.fsum(weights)

    def holds(self, phrase: str) -> bool:
        """Whether some chunk has these words in this order, in whatever form; false for stop words only."""
        query = _phrase(phrase)
        if query is None:
            return False
        with _translated(self._folder):
            return bool(self._index.searcher().search(query, limit=1, count=False).hits)

    def resembling(self, term: str, distance: int, without: Iterable[str], k: int) -> list[str]:
        """Ids of up to `k` chunks with a term within so many edits of this one, and none of the others."""
        schema = _schema()
        like = tantivy.Query.fuzzy_term_query(schema, "body", term, distance=distance)
        others = tantivy.Query.term_set_query(schema, "body", list(without))
        query = tantivy.Query.boolean_query([(tantivy.Occur.Must, like), (tantivy.Occur.MustNot, others)])
        with _translated(self._folder):
            searcher = self._index.searcher()
            found = searcher.search(query, limit=k, count=False)
            return [str(searcher.doc(address)["chunk_id"][0]) for _, address in found.hits]

    def has_similar(self, term: str) -> bool:
        """Whether some chunk has a term within one edit of this one, or two where it is long."""
        if len(term) < _SHORTEST_FUZZY:
            return False
        distance = 2 if len(term) >= _LONG_TERM else 1
        query = tantivy.Query.fuzzy_term_query(_schema(), "body", term, distance=distance)
        with _translated(self._folder):
            return bool(self._index.searcher().search(query, limit=1, count=False).hits)

    def ids(self, article_id: str | None = None) -> list[str]:
        """Ids of all chunks that are there, or of one article's; what is there twice is listed twice."""
        with _translated(self._folder):
            searcher = self._index.searcher()
            query = (
                tantivy.Query.all_query()
                if article_id is None
                else tantivy.Query.term_query(_schema(), "article_id", article_id, "basic")
            )
            found = searcher.search(query, limit=max(1, searcher.num_docs), count=False)
            return [str(searcher.doc(address)["chunk_id"][0]) for _, address in found.hits]

    # Writing

    def put(self, documents: Sequence[TextDocument]) -> None:
        """Add or replace chunks. Visible to nobody before `commit`."""
        with _translated(self._folder):
            writer = self._writing()
            for document in documents:
                writer.delete_documents_by_term("chunk_id", document.chunk_id)
                writer.add_document(_tantivy_document(document))

    def delete(self, chunk_ids: Iterable[str]) -> None:
        """Remove chunks; unknown ids are ignored. Visible to nobody before `commit`."""
        with _translated(self._folder):
            writer = self._writing()
            for chunk_id in chunk_ids:
                writer.delete_documents_by_term("chunk_id", chunk_id)

    def commit(self) -> None:
        """Make what was put and deleted durable, and visible to this reader."""
        with _translated(self._folder):
            if self._writer is not None:
                self._writer.commit()
                self._index.reload()

    def finish(self) -> None:
        """End the writing: background merges are waited for, so that no file changes afterwards."""
        writer, self._writer = self._writer, None
        if writer is not None:
            with _translated(self._folder):
                writer.wait_merging_threads()
                self._index.reload()

    def abandon(self) -> None:
        """End the writing without a commit."""
        writer, self._writer = self._writer, None
        if writer is not None:
            with contextlib.suppress(LibraryError), _translated(self._folder):
                writer.rollback()
                writer.wait_merging_threads()

    def _writing(self) -> tantivy.IndexWriter:
        if self._writer is None:
            self._writer = self._index.writer(heap_size=_WRITER_BYTES, num_threads=1)
        return self._writer


def _distinct(question_terms: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(question_terms))[:_MAX_TERMS]


def _phrase(text: str) -> tantivy.Query | None:
    """The words of `text` in their order, stop words as gaps; None where there are no others."""
    words = [
        (place, term) for place, word in enumerate(_WORD.findall(_in_pairs(text))) for term in terms(word)
    ][:_MAX_TERMS]
    if len(words) < 2:
        found = [tantivy.Query.term_query(_schema(), "body", term, "basic") for _, term in words]
        return found[0] if found else None
    return tantivy.Query.phrase_query(
        _schema(), "body", [(place - words[0][0], term) for place, term in words]
    )


def _tantivy_document(document: TextDocument) -> tantivy.Document:
    made = tantivy.Document()
    made.add_text("chunk_id", document.chunk_id)
    made.add_text("article_id", document.article_id)
    made.add_text("body", _in_pairs(document.body))
    if document.publisher is not None:
        made.add_text("publisher", document.publisher.casefold())
    if document.language is not None:
        made.add_text("language", language_code(document.language))
    if document.published is not None:
        made.add_integer("published", epoch_day(document.published))
    return made


def _restrictions(filters: Filters) -> Iterator[tantivy.Query]:
    schema = _schema()
    if filters.publishers:
        names = [name.casefold() for name in filters.publishers]
        yield tantivy.Query.term_set_query(schema, "publisher", names)
    if filters.articles:
        yield tantivy.Query.term_set_query(schema, "article_id", filters.articles)
    if filters.languages:
        yield tantivy.Query.term_set_query(schema, "language", filters.languages)
    if filters.since or filters.until:
        yield tantivy.Query.range_query(
            schema,
            "published",
            tantivy.FieldType.Integer,
            lower_bound=epoch_day(filters.since) if filters.since else None,
            upper_bound=epoch_day(filters.until) if filters.until else None,
        )
