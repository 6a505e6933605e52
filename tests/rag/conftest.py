"""A library with two small articles, and an engine that never refuses for want of confidence."""

from datetime import date

import pytest

from index.article import Article
from index.library import Library
from rag import CitedQueryEngine, Settings

FERRY = Article(
    article_id="ferry",
    title="New ferry for Port Ellen",
    publisher="Island Post",
    published=date(2024, 3, 1),
    text=(
        "The island council has ordered a new ferry for Port Ellen.\n"
        "The ship will carry 550 passengers and cost 49 million pounds. It is being built in Gdansk.\n"
        "Council leader Morag Bain said that the old ferry had broken down 31 times in a year.\n"
        "The first crossing is planned for May 2026."
    ),
)
WHALES = Article(
    article_id="whales",
    title="Whales return to the sound",
    publisher="Nature Weekly",
    published=date(2025, 8, 9),
    text=(
        "Humpback whales have come back to the sound after an absence of forty years.\n"
        "Marine biologist Idris Cole counted 17 animals in July.\n"
        "Cole believes that cleaner water has brought back the herring on which the whales feed."
    ),
)


@pytest.fixture(scope="session")
def library(tmp_path_factory):
    with Library.open(tmp_path_factory.mktemp("library"), create=True) as opened:
        opened.add([FERRY, WHALES])
        yield opened


@pytest.fixture(scope="session")
def engine(library):
    return CitedQueryEngine(library)


@pytest.fixture(scope="session")
def bold_engine(library):
    return CitedQueryEngine(library, settings=Settings(refuse_below=0))
