"""The articles of a run, without a library: what another system's citations are looked up in."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

from index.article import Article
from index.errors import InputError, UsageError
from index.readers.reading import Reading


class Shelf:
    """Articles by all the names that a foreign citation may give them."""

    def __init__(self, articles: Sequence[Article]) -> None:
        self.articles = tuple(articles)
        self._articles = {(a.article_id, a.version): a for a in articles}
        self._named: dict[str, Article] = {}
        for article in articles:
            source = Path(article.source) if article.source else None
            names = [article.article_id, article.url, article.title, article.source]
            for name in (*names, source.name if source else None, source.stem if source else None):
                if name:
                    self._named.setdefault(name.casefold(), article)

    @classmethod
    def of_folder(cls, folder: Path, reading: Reading) -> Shelf:
        """The articles of a folder, named as a library names them.

        Raises:
            UsageError: one cannot be read.
        """
        from index.ingest import find_sources
        from index.readers import read

        articles: list[Article] = []
        for source in find_sources([folder]):
            if source.path is None:
                raise source.failure or UsageError(f"{source.name} is no file", hint="name a folder of files")
            for article in read(source.path, article_id=source.relative, reading=reading):
                if isinstance(article, InputError):
                    raise UsageError(article.message, hint="a suite needs all of its articles") from article
                articles.append(dataclasses.replace(article, article_id=article.url or source.relative))
        return cls(articles)

    @classmethod
    def of_library(cls, folder: Path) -> Shelf:
        """The articles of a library.

        Raises:
            LibraryError: it cannot be used.
        """
        from index.library import Library

        with Library.open(folder) as library:
            return cls([library.show(info.article_id) for info in library.list()])

    def article(self, article_id: str, version: str) -> Article | None:
        return self._articles.get((article_id, version))

    def find(self, names: Sequence[str], quote: str) -> Article | None:
        """The article that one of the names means; without a name, the first that has the quote."""
        for name in names:
            if found := self._named.get(name.casefold()):
                return found
        if names or not quote.strip():
            return None
        return next((a for a in self._articles.values() if quote in a.text), None)
