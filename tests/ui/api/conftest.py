"""The API over a real library of two articles, without the page."""

from __future__ import annotations

import pytest
from api_serving import client_of
from web_scripted import HARBOUR, PIER

from index import Library
from rag import CitedQueryEngine
from rag.settings import load_settings


@pytest.fixture(scope="session")
def articles_engine(tmp_path_factory):
    """Two articles that no test changes."""
    folder = tmp_path_factory.mktemp("api") / "library"
    with Library.open(folder, create=True) as library:
        library.add([HARBOUR, PIER])
        yield CitedQueryEngine(library, settings=load_settings())


@pytest.fixture(scope="session")
def client(articles_engine):
    with client_of(articles_engine) as client:
        yield client


@pytest.fixture
def own_engine(tmp_path):
    """An empty library that a test may change."""
    with Library.open(tmp_path / "library", create=True) as library:
        yield CitedQueryEngine(library, settings=load_settings())


@pytest.fixture
def own_client(own_engine):
    with client_of(own_engine) as client:
        yield client
