"""Any sequence of changes and reopenings, against a dictionary."""

from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from library_support import WordsEmbedding, check_answers, check_clean, live, make_article

from index.article import Filters
from index.errors import UsageError
from index.library import Library

NAMES = st.sampled_from(["Brook", "Dell", "Fen", "Tarn", "Wold"])


class LibraryMachine(RuleBasedStateMachine):
    @initialize()
    def start(self):
        self._folder = tempfile.TemporaryDirectory()
        self._path = Path(self._folder.name) / "library"
        self._library = Library.open(self._path, create=True, embedder=WordsEmbedding(), notice=self._heard)
        self._model = {}
        self._past = {}

    def _heard(self, message):
        raise AssertionError(message)  # nothing here may need mending

    @rule(
        names=st.lists(NAMES, min_size=1, max_size=4, unique=True),
        edition=st.integers(0, 2),
        paragraphs=st.integers(1, 3),
        publisher=st.sampled_from([None, "Gazette", "Herald"]),
    )
    def add(self, names, edition, paragraphs, publisher):
        articles = [
            make_article(name, edition=edition, paragraphs=paragraphs, publisher=publisher) for name in names
        ]
        for article, result in zip(articles, self._library.add(articles), strict=True):
            before = self._model.get(article.article_id)
            same = before is not None and (before.version, before.publisher) == (article.version, publisher)
            assert result.status == ("added" if before is None else "unchanged" if same else "updated")
            self._model[article.article_id] = article
            self._past.setdefault(article.article_id, {})[article.version] = article.text

    @rule(name=NAMES)
    def remove(self, name):
        with contextlib.nullcontext() if name in self._model else pytest.raises(UsageError):
            self._library.remove(name)
        self._model.pop(name, None)
        self._past.pop(name, None)

    @rule()
    def reopen(self):
        self._library.close()
        self._library = Library.open(self._path, embedder=WordsEmbedding(), notice=self._heard)

    @rule()
    def reindex(self):
        self._library.reindex()

    @rule(publisher=st.sampled_from(["gazette", "herald"]))
    def filtered(self, publisher):
        expected = {name for name, a in self._model.items() if (a.publisher or "").casefold() == publisher}
        hits = self._library.search("otters", k=20, filters=Filters(publishers=(publisher,))).hits
        assert {hit.article.article_id for hit in hits} == expected

    @invariant()
    def as_the_model_says(self):
        assert live(self._library) == {name: article.version for name, article in self._model.items()}
        for name, versions in self._past.items():
            for version, text in versions.items():
                assert self._library.show(name, version).text == text
        check_answers(self._library)
        check_clean(self._library)

    def teardown(self):
        self._library.close()
        self._folder.cleanup()


TestLibraryMachine = LibraryMachine.TestCase
TestLibraryMachine.settings = settings(
    max_examples=12,
    stateful_step_count=10,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
