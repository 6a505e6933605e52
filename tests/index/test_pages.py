"""The pages of printed articles: kept with each version, also by a library from before there were any."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from library_support import WordsEmbedding, make_article, statuses

from index.article import Article
from index.catalog_format import FORMAT
from index.errors import LibraryUnwritable
from index.library import Library

PRINTED = Article(article_id="a", title="T", text="One otter swims. Two lamps burn.", pages=(0, 17))


@pytest.fixture
def library(tmp_path):
    with Library.open(tmp_path / "library", create=True, embedder=WordsEmbedding()) as opened:
        yield opened


@pytest.mark.parametrize(
    ("pages", "offset", "page"),
    [
        ((0, 17), 0, 1),
        ((0, 17), 16, 1),
        ((0, 17), 17, 2),
        ((0, 5, 5, 9), 5, 3),
        ((0, 0, 9), 0, 2),
        ((), 3, None),
    ],
)
def test_the_page_of_a_character(pages, offset, page):
    assert Article(article_id="a", title="T", text="x" * 20, pages=pages).page_at(offset) == page


def test_each_version_keeps_its_pages(library):
    library.add(PRINTED)
    first = library.show("a")
    assert first.pages == (0, 17)
    library.add(Article(article_id="a", title="T", text="Three lamps burn.", pages=(0, 6)))
    assert library.show("a").pages == (0, 6)
    assert library.show("a", first.version).pages == (0, 17)
    library.add(Article(article_id="a", title="T", text="No lamp burns."))
    assert library.show("a").pages == ()


def test_the_same_text_on_other_pages_is_an_update(library):
    library.add(PRINTED)
    assert statuses(library.add(PRINTED)) == [("a", "unchanged")]
    moved = Article(article_id="a", title="T", text=PRINTED.text, pages=(0, 4))
    assert statuses(library.add(moved)) == [("a", "updated")]
    assert library.show("a").pages == (0, 4)


def test_pages_go_with_their_article(library):
    library.add(PRINTED)
    library.remove("a")
    library.add(Article(article_id="a", title="T", text=PRINTED.text))
    assert library.show("a").pages == ()


def make_old(library):
    """As format 1 was: without what has been added since."""
    with library.catalog.writing() as connection:
        connection.execute(sa.text("DROP TABLE pages"))
        connection.execute(sa.text("UPDATE state SET value = '1' WHERE key = 'format'"))


def test_a_library_of_format_1_is_brought_up_to_date(tmp_path):
    with Library.open(tmp_path / "library", create=True, embedder=WordsEmbedding()) as library:
        library.add(make_article("old"))
        make_old(library)
    with Library.open(tmp_path / "library", embedder=WordsEmbedding()) as library:
        assert library.show("old").pages == ()
        library.add(PRINTED)
        assert library.show("a").pages == (0, 17)
        assert library.catalog.state("format") == str(FORMAT)


def test_a_library_of_format_1_that_cannot_be_written_says_so(tmp_path, monkeypatch):
    with Library.open(tmp_path / "library", create=True, embedder=WordsEmbedding()) as library:
        library.add(make_article("old"))
        make_old(library)
    monkeypatch.setattr("index.folder.is_writable", lambda folder: False)
    with pytest.raises(LibraryUnwritable, match="older"):
        Library.open(tmp_path / "library")
