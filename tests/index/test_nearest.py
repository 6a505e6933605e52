"""However many articles pass the filters, the nearest vectors of those that do are found, and no others."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from library_support import WordsEmbedding, make_article

from index import nearest
from index.article import Filters
from index.library import Library
from index.vectors import Vectors

TOWNS = 60
K = 4
ALWAYS = 10**9
PATHS = {"one by one": (ALWAYS, ALWAYS), "of all": (0, ALWAYS), "by Chroma": (0, 0)}
"""Path -> what has to be set that it is taken: `FEW`, `MOST_FETCHED`."""
FILTERS = {
    "most": Filters(since=date(2024, 1, 3)),
    "a language": Filters(languages=("de",)),
    "one article": Filters(articles=("Town7",)),
    "half of them and thousands that are not": Filters(
        articles=tuple(f"Town{n}" for n in (*range(0, TOWNS, 2), *range(1000, 6000)))
    ),
    "several things": Filters(languages=("de",), publishers=("GAZETTE",), until=date(2024, 6, 1)),
    "nothing": Filters(publishers=("Nobody",)),
}


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    with Library.open(
        tmp_path_factory.mktemp("nearest") / "library", create=True, embedder=WordsEmbedding()
    ) as opened:
        opened.add(
            [
                make_article(
                    f"Town{n}",
                    paragraphs=1 + n % 2,
                    publisher="Gazette" if n % 3 else "Herald",
                    language="de" if n % 4 else "en",
                    published=date(2024, 1, 1 + n % 28),
                )
                for n in range(TOWNS)
            ]
        )
        yield opened


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("which", FILTERS)
def test_the_nearest_of_what_passes(which, path, library, monkeypatch):
    few, most = PATHS[path]
    monkeypatch.setattr(nearest, "FEW", few)
    monkeypatch.setattr(nearest, "MOST_FETCHED", most)
    library.remembered._values.clear()
    found = library.search("Where do the otters of Town9 swim?", k=K, filters=FILTERS[which])
    by_rank = sorted((hit for hit in found.hits if hit.vector_rank), key=lambda hit: hit.vector_rank)
    assert [hit.vector_rank for hit in by_rank] == list(range(1, len(by_rank) + 1))
    passing = [info.article_id for info in library.list(FILTERS[which])]
    live = library.catalog.live([c for name in passing for c in library.catalog.chunk_ids(name)])
    expected = sorted(float(each.embedding.passage @ found.question_vector) for each in live.values())
    assert np.allclose([hit.similarity for hit in by_rank], expected[::-1][:K], atol=1e-5)
    assert {hit.article.article_id for hit in found.hits} <= set(passing)


def test_each_path_is_taken(library, monkeypatch):
    asked = []
    query = Vectors.query

    def noted(self, vector, k, filters):
        asked.append(filters)
        return query(self, vector, k, filters)

    monkeypatch.setattr(
        Vectors,
        "query",
        lambda self, vector, k, filters: asked.append(filters) or query(self, vector, k, filters),
    )
    filters = FILTERS["most"]
    for (few, most), expected in zip(PATHS.values(), ([], [Filters()], [filters]), strict=True):
        monkeypatch.setattr(nearest, "FEW", few)
        monkeypatch.setattr(nearest, "MOST_FETCHED", most)
        library.remembered._values.clear()
        asked.clear()
        assert library.search("otters", k=K, filters=filters).hits
        assert asked == expected


def test_what_passes_is_seen_to_change(tmp_path):
    german = Filters(languages=("de",))
    with Library.open(tmp_path / "library", create=True, embedder=WordsEmbedding()) as library:
        library.add([make_article("Brook", language="de"), make_article("Dell", language="en")])
        for language, expected in (("en", []), ("de", ["Brook"])):
            library.add([make_article("Brook", language=language)])
            hits = library.search("otters", k=K, filters=german).hits
            assert [hit.article.article_id for hit in hits if hit.vector_rank] == expected
            assert library.count_matching(german) == len(expected)
