"""A process that changes a library and dies of SIGKILL at a step, or whenever its parent likes.

Run in children of a fork server that has the imports done and nothing opened.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Sequence
from multiprocessing.connection import Connection
from pathlib import Path

from library_support import WordsEmbedding, make_article

from index.library import Library

FIRST = [make_article(name, paragraphs=2) for name in ("Brook", "Dell")]
CHANGED = [make_article("Brook", edition=1, paragraphs=3), make_article("Fen", paragraphs=2)]


def add_changed(library: Library) -> None:
    library.add(CHANGED)


def change_metadata(library: Library) -> None:
    library.add([make_article("Brook", paragraphs=2, publisher="Herald")])


def remove_brook(library: Library) -> None:
    library.remove("Brook")


def reindex(library: Library) -> None:
    library.reindex()


ACTIONS = {"add": add_changed, "metadata": change_metadata, "remove": remove_brook, "reindex": reindex}


def steps_of(path: Path, action: str) -> list[str]:
    """The names of the steps that an action goes through."""
    found: list[str] = []
    with Library.open(path, embedder=WordsEmbedding()) as library:
        library.on_step = found.append
        ACTIONS[action](library)
    return found


def die_at(path: Path, action: str, number: int) -> None:
    """Do `action`, and die on reaching its step `number`."""
    reached = 0

    def on_step(step: str) -> None:
        nonlocal reached
        if reached == number:
            os.kill(os.getpid(), signal.SIGKILL)
        reached += 1

    with Library.open(path, embedder=WordsEmbedding()) as library:
        library.on_step = on_step
        ACTIONS[action](library)


def write_on(path: Path, edition: int, ready: Connection) -> None:
    """Change and remove articles, saying what is begun and when the writing starts, until killed."""
    with Library.open(path, embedder=WordsEmbedding()) as library:
        library.search("warm", k=1)  # opens the indexes: what is to be hit is the writing
        library.on_step = lambda step: ready.send("writing") if step == "begin" else None
        for round_ in range(1000):
            names = ("Brook", "Fen", "Tarn")
            articles = [make_article(n, edition=edition * 1000 + round_, paragraphs=4) for n in names]
            ready.send({article.article_id: article.version for article in articles})
            library.add(articles)
            ready.send({"Tarn": None})
            library.remove("Tarn")


def read_on(path: Path, seconds: float, found: Connection) -> None:
    """Ask again and again, and send what was seen."""
    seen: set[tuple[tuple[str, str], ...]] = set()
    asked = 0
    with Library.open(path, embedder=WordsEmbedding()) as library:
        found.send("open")
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            hits = library.search("Where do the otters swim?", k=50).hits
            seen.add(tuple(sorted({(hit.chunk.article_id, hit.chunk.version) for hit in hits})))
            asked += 1
    found.send((asked, seen))


def hold(path: Path, ready: Connection) -> None:
    """Take the writer lock and keep it until told to let go."""
    from index.folder import LOCK_FILE
    from index.lock import WriterLock

    lock = WriterLock(path / LOCK_FILE)
    lock.acquire()
    ready.send(os.getpid())
    ready.recv()
    lock.release()


def add_all(path: Path, names: Sequence[str]) -> None:
    with Library.open(path, embedder=WordsEmbedding()) as library:
        library.add([make_article(name) for name in names])
