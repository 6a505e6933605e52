"""Open data sets as articles and questions: files in the forms of SQuAD, CLAP NQ and TREC-QA."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import xml.etree.ElementTree as ET
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, NamedTuple, TypeVar

from index.article import Article, Span

Item = TypeVar("Item")


class Place(NamedTuple):
    """Some characters of an article."""

    article_id: str
    span: Span

    def overlaps(self, article_id: str, start: int, end: int) -> bool:
        return article_id == self.article_id and start < self.span.end and self.span.start < end


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldQuestion:
    """A question, where it is answered, and by what."""

    text: str
    article_id: str
    context: Span
    """The passage it was asked of, as offsets into the article's text."""
    answers: tuple[str, ...]
    """Accepted answers; empty where the data marks sentences only, or the question has none."""
    evidence: tuple[Span, ...]
    """Where the answers or the marked sentences stand."""
    gold: tuple[Place, ...]
    """What retrieval is to find, any of it: the context; in TREC-QA a right sentence, in whichever pool."""
    answerable: bool
    group: str
    """What must not be split between fitting and testing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """Articles and the questions asked of them."""

    name: str
    articles: tuple[Article, ...]
    questions: tuple[GoldQuestion, ...]


def load(path: Path) -> Dataset:
    """A data set by its file's name: `.json` SQuAD, `.jsonl` CLAP NQ, `.xml` TREC-QA; `.gz` or not."""
    name = path.name.removesuffix(".gz")
    readers = {".json": _squad, ".jsonl": _clap, ".xml": _trec}
    reader = readers.get(Path(name).suffix)
    if reader is None:
        raise ValueError(
            f"{path}: expected .json (SQuAD), .jsonl (CLAP NQ) or .xml (TREC-QA), gzipped or not"
        )
    with (
        gzip.open(path, "rt", encoding="utf-8")
        if path.suffix == ".gz"
        else path.open(encoding="utf-8") as file
    ):
        return reader(Path(name).stem, file)


def spread(items: Sequence[Item], limit: int | None) -> list[Item]:
    """`limit` of the items, evenly spread; all of them where there are no more.

    >>> spread("abcdef", 3)
    ['a', 'c', 'e']
    """
    if limit is None or limit >= len(items):
        return list(items)
    return [items[n * len(items) // limit] for n in range(limit)]


def _squad(name: str, file: IO[str]) -> Dataset:
    articles, questions = [], []
    for entry in json.load(file)["data"]:
        text = ""
        for paragraph in entry["paragraphs"]:
            start = len(text)
            text += paragraph["context"] + "\n\n"
            context = Span(start, start + len(paragraph["context"]))
            for item in paragraph["qas"]:
                places = [
                    Span(start + a["answer_start"], start + a["answer_start"] + len(a["text"]))
                    for a in item["answers"]
                ]
                questions.append(
                    GoldQuestion(
                        text=item["question"],
                        article_id=entry["title"],
                        context=context,
                        answers=tuple(dict.fromkeys(a["text"] for a in item["answers"])),
                        evidence=tuple(dict.fromkeys(places)),
                        gold=(Place(entry["title"], context),),
                        answerable=not item.get("is_impossible", False),
                        group=entry["title"],
                    )
                )
        articles.append(
            Article(article_id=entry["title"], title=entry["title"].replace("_", " "), text=text.rstrip("\n"))
        )
    return Dataset(name=name, articles=tuple(articles), questions=tuple(questions))


def _clap(name: str, file: IO[str]) -> Dataset:
    articles, questions = [], []
    for number, line in enumerate(file):
        entry = json.loads(line)
        passage = entry["passages"][0]
        marked = {
            _untokenised(sentence)
            for output in entry["output"]
            for sentence in output.get("selected_sentences") or []
        }
        text, evidence = "", []
        for sentence in map(_untokenised, passage["sentences"]):
            if sentence in marked:
                evidence.append(Span(len(text), len(text) + len(sentence)))
            text += sentence + " "
        article_id = f"{number:03}"
        articles.append(Article(article_id=article_id, title=passage["title"], text=text.rstrip()))
        questions.append(
            GoldQuestion(
                text=entry["input"],
                article_id=article_id,
                context=Span(0, len(text.rstrip())),
                answers=(),
                evidence=tuple(evidence),
                gold=(Place(article_id, Span(0, len(text.rstrip()))),),
                answerable=bool(evidence),
                group=article_id,
            )
        )
    return Dataset(name=name, articles=tuple(articles), questions=tuple(questions))


def _trec(name: str, file: IO[str]) -> Dataset:
    """Each question's pool of newswire sentences is an article, a sentence a line; pools overlap.

    The file has the right sentences of a pool before the wrong ones. Here they stand in the order of their
    hashes, or a passage would be right all through and the first sentence of an article the answer.
    """
    pools: dict[str, tuple[str, dict[str, bool]]] = {}
    for pairs in ET.fromstring(f"<all>{_escaped(file.read())}</all>"):
        sentences: dict[str, bool] = {}
        for candidate in pairs.iter():
            if candidate.tag in ("positive", "negative"):
                sentence = _untokenised(_first_row(candidate))
                sentences[sentence] = candidate.tag == "positive" or sentences.get(sentence, False)
        question = pairs.find("question")
        if question is not None and any(sentences):
            pools[pairs.attrib["id"]] = _untokenised(_first_row(question)), sentences
    articles, places = [], defaultdict[str, list[Place]](list)
    for article_id, (_, sentences) in pools.items():
        text = ""
        for sentence in sorted(sentences, key=lambda each: hashlib.sha256(each.encode()).digest()):
            places[sentence].append(Place(article_id, Span(len(text), len(text) + len(sentence))))
            text += sentence + "\n"
        articles.append(
            Article(article_id=article_id, title=f"Newswire {article_id}", text=text.rstrip("\n"))
        )
    questions = []
    for article, (asked, sentences) in zip(articles, pools.values(), strict=True):
        gold = tuple(place for sentence, right in sentences.items() if right for place in places[sentence])
        questions.append(
            GoldQuestion(
                text=asked,
                article_id=article.article_id,
                context=Span(0, len(article.text)),
                answers=(),
                evidence=tuple(sorted(p.span for p in gold if p.article_id == article.article_id)),
                gold=gold,
                answerable=bool(gold),
                group=article.article_id,
            )
        )
    return Dataset(name=name, articles=tuple(articles), questions=tuple(questions))


def _first_row(element: ET.Element) -> str:
    return (element.text or "").strip().split("\n")[0].replace("\t", " ")


def _escaped(text: str) -> str:
    return re.sub(
        r"&(?!\w+;|#)", "&amp;", re.sub(r"<(?!/?(?:QApairs|question|positive|negative)\b)", "&lt;", text)
    )


_SPACED = (
    ("-LRB- ", "("), (" -RRB-", ")"),
    (" .", "."), (" ,", ","), (" ;", ";"), (" :", ":"), (" ?", "?"), (" !", "!"), (" %", "%"), (" 's", "'s"),
    (" n't", "n't"), (" ''", '"'), ("`` ", '"'), ("( ", "("), (" )", ")"), ("$ ", "$"),
)  # fmt: skip


def _untokenised(text: str) -> str:
    """Text without the spaces that a tokeniser put before punctuation."""
    for spaced, plain in _SPACED:
        text = text.replace(spaced, plain)
    return re.sub(r"(?<=\w) - (?=\w)", "-", text).strip()
