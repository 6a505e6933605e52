"""A library with two small articles, an engine that never refuses for want of confidence, a model server."""

from datetime import date

import pytest
from llm_server import ScriptedServer
from writing import LIKE, QUESTION, writer_of

from index.article import Article
from index.library import Library
from rag import CitedQueryEngine, Settings
from rag.models import llms

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


@pytest.fixture
def server(monkeypatch):
    """A model's server that follows a script; every kind of model is asked there."""
    with ScriptedServer() as opened:
        monkeypatch.setattr(llms, "OPENAI_URL", f"{opened.url}/v1")
        monkeypatch.setattr(llms, "ANTHROPIC_URL", opened.url)
        yield opened


@pytest.fixture
def waits(monkeypatch):
    """Waits between attempts, which take no time here."""
    waited = []
    monkeypatch.setattr("tenacity.nap.time.sleep", waited.append)
    return waited


@pytest.fixture
def write(server):
    """Writes one reply of a service; gives its pieces."""
    opened = []

    def run(service=LIKE, max_tokens=40, **settings):
        opened.append(writer_of(server, service, **settings))
        return list(opened[-1].stream(QUESTION, max_tokens=max_tokens))

    yield run
    for writer in opened:
        writer.close()
