"""One document, read in a process of its own, so that a hostile one ends that process and no other."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from index.article import Article
from index.errors import InputError
from index.readers.reading import Reading
from index.scratch import Scratch
from index.workers.pool import Pool
from index.workers.wire import Request


def read_alone(data: bytes, path: Path, *, article_id: str, reading: Reading) -> Article:
    """The article in a document that is called `path`.

    Raises:
        InputError: there is none, or reading it takes more time or memory than it may.
    """
    with Scratch() as folder:
        staged = folder / "document"
        staged.write_bytes(data)
        request = Request(path, article_id, reading, frozenset(), staged, splits=False)  # `add` will split it
        with closing(Pool(1, lambda number: request)) as pool:
            for found in pool.articles(0):
                match found:
                    case Article():
                        return found
                    case InputError():
                        raise found
    raise InputError(f"{path} holds no article", hint="look whether it opens, and save it again")
