"""A reading process: `python -m index.workers.process PARENT_PID`, asked on stdin, answering on stdout.

It opens no library, and imports nothing that does: it is at work a quarter of a second after its start.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from typing import BinaryIO

from index.entries import checked, make_entry
from index.errors import InputError
from index.readers import read
from index.tokens import count_tokens
from index.workers.limits import keep_to_parent, limit_memory, start_clock
from index.workers.wire import Done, Read, Ready, Reply, Request, parse_request, reply_line


def main() -> None:
    keep_to_parent(int(sys.argv[1]))
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    replies = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a library prints is no reply
    count_tokens("")  # loads the encoding
    _say(replies, Ready())
    for line in sys.stdin.buffer:
        if _answer(parse_request(line), replies).leaving:
            return


def _answer(request: Request, replies: BinaryIO) -> Done:
    """Say the articles of one file, each within the limits of time and memory; then that there are no more.

    An error that ends the file is said like one of its articles.
    """
    limits = request.reading
    limit_memory(limits.max_reading_memory_bytes)
    pieces = _pieces(request)
    exhausted = False
    while True:
        start_clock(limits.max_reading_seconds)
        try:
            reply: Reply = next(pieces, Done(leaving=exhausted))  # which a reader that has failed gives too
        except InputError as error:
            reply = error
        except MemoryError:
            exhausted = True  # what is left of the memory is in pieces: the next file gets a new process
            reply = InputError(
                f"{request.path} needs more than {limits.max_reading_memory_bytes:,} bytes of memory",
                hint="split it, or raise CITEWELL_MAX_READING_MEMORY_BYTES",
            )
        except Exception as error:  # a reader's defect is one file's misfortune
            reply = InputError(
                f"{request.path} cannot be read: {type(error).__name__}: {error}",
                hint="it may be damaged: save it again, or in another format",
            )
        start_clock(0)  # nobody may be listening yet
        _say(replies, reply)
        if isinstance(reply, Done):
            return reply


def _pieces(request: Request) -> Iterator[Read]:
    path, article_id, reading, _, staged, source, splits = request
    for found in read(path, article_id=article_id, reading=reading, staged=staged, source=source):
        if isinstance(found, InputError) or found.version in request.known:
            yield found
            continue
        try:
            article = checked(found, str(path))
            yield make_entry(article) if splits else article
        except InputError as error:
            yield error


def _say(replies: BinaryIO, reply: Reply) -> None:
    try:
        replies.write(reply_line(reply))
        replies.flush()
    except BrokenPipeError:  # nobody listens any more
        os._exit(1)


if __name__ == "__main__":
    main()
