"""The questions that the evidence model is fitted on, each with all that is measured of its sentences.

Measuring takes minutes, fitting seconds: `kept` keeps what was measured in a file. The sentences and
questions of a data set come up again in its small libraries, so the embedder is asked for each text once.
"""

from __future__ import annotations

import hashlib
import pickle
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, NamedTuple
from zlib import crc32

import numpy as np

from evals.benchmarks.datasets import Dataset, GoldQuestion
from index.article import Filters, Span
from index.embedders import TokenVectors, bundled
from index.library import Library
from rag.evidence import SHORTLIST, linear
from rag.features import ByWords, Candidate, candidates, word_features
from rag.gaps import WeighedText
from rag.question import Question, analyse
from rag.question_features import passage_features
from rag.retriever import HybridRetriever
from rag.weights import TermWeights

FOLDS = 5
OWN, OFF_TOPIC, ABSENT = 800, 350, 200
"""Questions of each sort that a library is asked at most."""
OFF_TOPIC_SHARE = 0.5
"""Off-topic questions and absent ones, as a share of a library's own, at most."""
IN_PIECES, IN_PARTS = " in pieces", " in parts"
"""What the names of the small and of the middling libraries end with that are cut out of a data set."""


class Cut(NamedTuple):
    """Libraries cut out of a data set."""

    called: str
    passages: int
    """Of each."""
    libraries: int
    """At most, or one more of what is left over."""
    questions: int
    """Of its own that each is asked at most."""


CUTS = (Cut(IN_PIECES, 10, 9, 36), Cut(IN_PARTS, 60, 10, 44))
LEAST_LEFT_OVER = 1 / 3
"""What is left over at the end makes a library from this share of the passages of the others."""
LARGE = 200
"""Passages from which a data set is also asked in pieces."""

Sort = Literal["answerable", "unanswerable", "absent", "off-topic"]
"""What a question is to a library: answered there; asked of a passage that does not answer it; answered in an
article that was taken out; asked of another data set."""


class Measured(NamedTuple):
    """A shortlisted sentence, its features, and what the data say of it."""

    features: dict[str, float]
    covered: tuple[float, ...]
    text: WeighedText
    """Its share not yet known."""
    answers: bool
    """It is the marked sentence, or contains a marked answer."""
    holds: bool
    """It contains an accepted answer, wherever it stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One question put to one library."""

    gold: GoldQuestion
    question: Question
    sort: Sort
    dataset: str
    of_passages: dict[str, float]
    sentences: tuple[Measured, ...]
    """Best first, as round one has it."""

    @property
    def fold(self) -> int:
        return crc32(self.gold.group.encode()) % FOLDS


class Questions(NamedTuple):
    """What the fits of round two and of the confidence need."""

    first_round: dict[str, float]
    """The fit of round one, which chose the sentences."""
    asked: list[Asked]


class _Found(NamedTuple):
    """A question with every sentence of its passages, before the shortlist."""

    asked: Asked
    candidates: list[Candidate]


FitsFirst = Callable[[Sequence[Asked]], dict[str, float]]


def kept(file: Path | None, datasets: Sequence[Dataset], fit_first: FitsFirst) -> Questions:
    """The questions from `file`, if it is there; else measured, and written to it if it is named.

    A file of our own making: it is a pickle, so name none that came from elsewhere.
    """
    if file is not None and file.exists():
        questions: Questions = pickle.loads(file.read_bytes())
        return questions
    questions = measure(datasets, fit_first)
    if file is not None:
        file.write_bytes(pickle.dumps(questions))
    return questions


def measure(datasets: Sequence[Dataset], fit_first: FitsFirst) -> Questions:
    """Every question asked of its libraries; round one fitted on the whole data sets makes the shortlists."""
    found = [each for dataset in datasets for each in ask_all(dataset, datasets)]
    first = fit_first([each.asked for each in found])
    for dataset in datasets:
        for cut in CUTS:
            for piece in pieces(dataset, cut):
                found += ask_all(piece, datasets)
    model = _Remembering()
    return Questions(first, [_shortlisted(each, first, model) for each in found])


class _Remembering:
    """The bundled model, asked for each text once."""

    def __init__(self) -> None:
        self._known: dict[bytes, TokenVectors] = {}

    def embed_tokens(self, texts: Sequence[str]) -> Iterator[TokenVectors]:
        keys = [hashlib.sha256(text.encode()).digest() for text in texts]
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in self._known}
        for key, tokens in zip(new, bundled().embed_tokens(list(new.values())), strict=True):
            self._known[key] = tokens._replace(vectors=tokens.vectors.astype(np.float16))
        for key in keys:
            tokens = self._known[key]
            yield tokens._replace(vectors=tokens.vectors.astype(np.float32))


def pieces(dataset: Dataset, cut: Cut) -> Iterator[Dataset]:
    """The data set cut into libraries, all of one name; none of a small data set."""
    if not is_large(dataset):
        return
    passages = passages_of(dataset)
    articles = {article.article_id: article for article in dataset.articles}
    apart = max(cut.passages, len(passages) // cut.libraries)
    for start in range(0, len(passages), apart):
        taken = passages[start : start + cut.passages]
        if len(taken) < LEAST_LEFT_OVER * cut.passages:
            continue
        slices: dict[str, Span] = {}
        for article_id, context in taken:
            known = slices.get(article_id, context)
            slices[article_id] = Span(min(known.start, context.start), max(known.end, context.end))
        own = [q for q in dataset.questions if (q.article_id, q.context) in set(taken)]
        yield Dataset(
            name=dataset.name + cut.called,
            articles=tuple(
                replace(articles[article_id], text=articles[article_id].text[part.start : part.end])
                for article_id, part in slices.items()
            ),
            questions=tuple(
                replace(
                    q,
                    context=_moved(q.context, slices[q.article_id]),
                    evidence=tuple(_moved(place, slices[q.article_id]) for place in q.evidence),
                )
                for q in sorted(own, key=lambda q: crc32(q.text.encode()))[: cut.questions]
            ),
        )


def passages_of(dataset: Dataset) -> list[tuple[str, Span]]:
    """Article id and place of every passage that is asked about, in order."""
    return sorted({(q.article_id, q.context) for q in dataset.questions})


def is_large(dataset: Dataset) -> bool:
    """Whether it is also asked in pieces, and without the articles that answer."""
    return len(passages_of(dataset)) >= LARGE


def _moved(span: Span, into: Span) -> Span:
    return Span(span.start - into.start, span.end - into.start)


def ask_all(dataset: Dataset, others: Sequence[Dataset]) -> Iterator[_Found]:
    """Every question of the data set asked of its library, and some that nothing there answers."""
    with tempfile.TemporaryDirectory() as folder, Library.open(folder, create=True) as library:
        library.add(dataset.articles)
        retriever = HybridRetriever(library)
        weights = TermWeights.of(library)
        for gold, sort, filters in _questions_for(dataset, others):
            question = analyse(gold.text, weights)
            retrieval = retriever.search(gold.text, filters=filters)
            found = candidates(question, retrieval.question_vector, retrieval.hits)
            asked = Asked(
                gold=gold,
                question=question,
                sort=sort,
                dataset=dataset.name,
                of_passages=passage_features(question, retrieval),
                sentences=tuple(_measured(gold, sort, each) for each in found),
            )
            yield _Found(asked, found)


def _questions_for(
    dataset: Dataset, others: Sequence[Dataset]
) -> Iterator[tuple[GoldQuestion, Sort, Filters]]:
    seed = f"{dataset.articles[0].article_id} {dataset.articles[0].text[:50]}"
    own = _mixed(dataset.questions, seed)[:OWN]
    for gold in own:
        yield gold, "answerable" if gold.answerable else "unanswerable", Filters()
    own_groups = {q.group for q in dataset.questions}
    strangers = [q for other in others for q in other.questions if q.group not in own_groups]
    share = int(len(own) * OFF_TOPIC_SHARE)
    for gold in _mixed(strangers, seed)[: min(share, OFF_TOPIC)]:
        yield gold, "off-topic", Filters()
    if not is_large(dataset):
        return
    ids = [article.article_id for article in dataset.articles]
    for gold in [gold for gold in own if gold.answerable][: min(share, ABSENT)]:
        yield gold, "absent", Filters(articles=tuple(each for each in ids if each != gold.article_id))


def _mixed(questions: Sequence[GoldQuestion], seed: str) -> list[GoldQuestion]:
    """In an order that has nothing to do with theirs, the same at every run."""
    return sorted(questions, key=lambda q: crc32(f"{seed} {q.text}".encode()))


def _measured(gold: GoldQuestion, sort: Sort, candidate: Candidate) -> Measured:
    own = sort in ("answerable", "unanswerable")
    return Measured(
        features=candidate.cheap,
        covered=(),
        text=WeighedText.of(candidate, ByWords({"counted_nearness": 0.0}, ()), 0.0),
        answers=own and _answers(gold, candidate),
        holds=own and _holds(gold, candidate),
    )


def _shortlisted(found: _Found, first: dict[str, float], model: _Remembering) -> Asked:
    """The question with the shortlist only, and the features of round two."""
    pairs = zip(found.candidates, found.asked.sentences, strict=True)
    best = sorted(pairs, key=lambda p: (-linear(first, p[0].cheap), p[0].rank, p[0].span))[:SHORTLIST]
    words = word_features(found.asked.question, [candidate for candidate, _ in best], model)
    return replace(
        found.asked,
        sentences=tuple(
            measured._replace(
                features=candidate.cheap | more.features,
                covered=more.covered,
                text=WeighedText.of(candidate, more, 0.0),
            )
            for (candidate, measured), more in zip(best, words, strict=True)
        ),
    )


def _answers(gold: GoldQuestion, candidate: Candidate) -> bool:
    if candidate.hit.chunk.article_id != gold.article_id:
        return False
    start, end = candidate.span
    if gold.answers:
        return any(start <= place.start and place.end <= end for place in gold.evidence)
    return any(min(end, place.end) - max(start, place.start) > 5 for place in gold.evidence)


def _holds(gold: GoldQuestion, candidate: Candidate) -> bool:
    if not gold.answers:
        return _answers(gold, candidate)
    return any(answer.lower() in candidate.text.lower() for answer in gold.answers)
