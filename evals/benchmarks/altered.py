"""Text without end: the paragraphs of data sets, and beyond them the same with other names and numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import count
from typing import NamedTuple

from evals.benchmarks.datasets import Dataset
from index.article import Article
from index.batches import batched
from index.wording import SHINGLE

_NAMES = ("Amber", "Birch", "Cedar", "Dune", "Elm", "Fjord", "Glen", "Hazel", "Iris")
OUTLETS = tuple(f"The {name} Post" for name in _NAMES)
FIRST_DAY = date(2015, 1, 1)


class Paragraph(NamedTuple):
    """One paragraph of a data set, and the title of what it stands in."""

    title: str
    text: str


def paragraphs_of(datasets: Iterable[Dataset]) -> list[Paragraph]:
    """All paragraphs of all articles."""
    return [
        Paragraph(article.title, text)
        for dataset in datasets
        for article in dataset.articles
        for text in article.text.split("\n\n")
    ]


def altered_articles(paragraphs: Sequence[Paragraph], *, together: int) -> Iterator[Article]:
    """Articles of so many paragraphs each, dated and of nine outlets; altered from the second round on."""
    for turn in count():
        digits = str.maketrans("0123456789", "".join(str((d + turn) % 10) for d in range(10)))
        for number, some in enumerate(batched(paragraphs, together)):
            texts = [text if turn == 0 else _altered(text.translate(digits), turn) for _, text in some]
            place = turn * 1_000 + number
            yield Article(
                article_id=f"{turn:04}-{number:04}",
                title=some[0].title,
                text="\n\n".join(texts),
                publisher=OUTLETS[place % len(OUTLETS)],
                published=FIRST_DAY + timedelta(days=place % 4_000),
            )


def _altered(text: str, turn: int) -> str:
    """Every third word with a number behind it: no three words in a row are those of another round.

    So no round is taken for a copy of another, which each new article would be compared with.
    """
    return " ".join(f"{w}{turn}" if n % SHINGLE == 0 else w for n, w in enumerate(text.split(" ")))
