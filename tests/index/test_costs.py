"""Asking and changing cost what they touch: the catalogue's work is counted, in steps of SQLite's machine."""

from __future__ import annotations

import dataclasses
from datetime import date

import pytest
import sqlalchemy as sa
from library_support import WordsEmbedding, check_answers, make_article

from index import nearest, trash, vectors
from index.article import Filters
from index.library import Library

SIZES = (100, 400)
"""Both beyond the 50 articles of a form that an added one is compared with as a copy."""
K = 5
FILTERS = Filters(publishers=("Gazette",), since=date(2020, 1, 1), languages=("en",))


class Steps:
    """Counts the instructions that SQLite carries out for a library: what it reads, it steps through."""

    def __init__(self, library: Library) -> None:
        self.count = 0
        sa.event.listen(library.catalog._engine, "begin", self._begun)

    def _begun(self, connection: sa.Connection) -> None:
        connection.connection.driver_connection.set_progress_handler(self._step, 1)

    def _step(self) -> int:
        self.count += 1
        return 0

    def of(self, job) -> int:
        self.count = 0
        job()
        return self.count


@pytest.fixture(scope="module")
def costs(tmp_path_factory):
    """Steps of each thing that is done, in a library and in one four times its size."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nearest, "FEW", SIZES[0] // 2)  # compared one by one: more would be in the larger one
        return [_costs(tmp_path_factory.mktemp("costs") / str(size), size) for size in SIZES]


def _costs(path, size):
    with Library.open(path, create=True, embedder=WordsEmbedding()) as library:
        library.add([make_article(f"Town{n}", publisher="Gazette", language="en") for n in range(size)])
        library.search("warm", k=1)
        steps = Steps(library)
        new = make_article("Brook", paragraphs=3)
        edited = make_article("Brook", paragraphs=3, edition=1)

        def ask(filters=Filters()):
            return lambda: library.search("Where do the otters swim?", k=K, filters=filters)

        def chosen():
            library.search("Where do the otters swim?", k=K, choose=lambda ranked: ranked[:1])

        return {
            "search": steps.of(ask()),
            "search, one chosen": steps.of(chosen),
            "search, filtered, again": steps.of(ask(FILTERS)) and steps.of(ask(FILTERS)),
            "show": steps.of(lambda: library.show("Town7")),
            "count again": steps.of(library.article_count) and steps.of(library.article_count),
            "sources again": steps.of(library.holdings.sources) and steps.of(library.holdings.sources),
            "add": steps.of(lambda: library.add([new])),
            "add again": steps.of(lambda: library.add([new])),
            "change": steps.of(lambda: library.add([edited])),
            "change of metadata": steps.of(
                lambda: library.add([dataclasses.replace(edited, publisher="Herald")])
            ),
            "discard": steps.of(lambda: trash.discard(library, "Brook")),
            "restore": steps.of(lambda: trash.restore(library, "Brook")),
            "remove": steps.of(lambda: library.remove("Brook")),
        }


@pytest.mark.parametrize(
    "what",
    [
        *("search", "search, one chosen", "search, filtered, again", "show", "count again", "sources again"),
        *("add", "add again", "change", "change of metadata", "discard", "restore", "remove"),
    ],
)
def test_the_catalogue_does_not_work_more_in_a_larger_library(what, costs):
    small, large = (cost[what] for cost in costs)
    assert 0 < large < 1.25 * small


def test_little_is_read_of_what_is_not_chosen(costs):
    for cost in costs:
        assert cost["search, one chosen"] < cost["search"]


def test_a_writer_does_not_open_again_what_it_wrote(tmp_path, monkeypatch):
    with Library.open(tmp_path / "library", create=True, embedder=WordsEmbedding()) as library:
        library.add([make_article("Brook"), make_article("Dell")])
        opened = []
        monkeypatch.setattr(vectors.Vectors, "_load", lambda self, generation: opened.append(generation))
        library.add([make_article("Fen"), make_article("Dell", edition=1)])
        library.remove("Brook")
        check_answers(library)
        assert opened == []
