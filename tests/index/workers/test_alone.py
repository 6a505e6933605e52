"""A document in memory, read in a process of its own."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from pdf_making import lines, make_pdf

from index.article import Article
from index.entries import Entry
from index.errors import InputError
from index.readers.reading import Reading
from index.workers.alone import read_alone
from index.workers.pool import Pool
from index.workers.wire import Request


def test_it_is_the_article_that_its_file_would_be() -> None:
    made = make_pdf([lines(["The ferry is late."]), lines(["The pier is shut."])], title="Ferry")
    article = read_alone(made, Path("report.pdf"), article_id="a", reading=Reading())
    assert (article.article_id, article.title, len(article.pages)) == ("a", "Ferry", 2)
    assert "The pier is shut." in article.text


def test_what_is_wrong_with_it_is_told() -> None:
    with pytest.raises(InputError, match=r"report\.pdf") as caught:
        read_alone(b"%PDF-1.4 and no more", Path("report.pdf"), article_id="a", reading=Reading())
    assert caught.value.hint


@pytest.mark.parametrize(("splits", "kind"), [(True, Entry), (False, Article)])
def test_the_process_splits_it_only_when_asked(tmp_path: Path, splits: bool, kind: type) -> None:
    path = tmp_path / "report.txt"
    path.write_text("The ferry is late.")
    request = Request(path, "a", Reading(), frozenset(), splits=splits)
    with closing(Pool(1, lambda _number: request)) as pool:
        assert [type(found) for found in pool.articles(0)] == [kind]
