"""Several processes on one library: one writes at a time, and all see what was written."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from crashing import add_all, hold, read_on
from library_support import WordsEmbedding, check_answers, check_clean, make_article, not_root

from index import vectors
from index.errors import LibraryLocked, LibraryUnwritable
from index.library import Library


@pytest.fixture
def path(tmp_path):
    with Library.open(tmp_path / "library", create=True, embedder=WordsEmbedding()) as library:
        library.add([make_article("Brook"), make_article("Dell")])
    return tmp_path / "library"


def test_a_second_writer_waits_and_says_for_whom(path, forkserver):
    ours, theirs = forkserver.Pipe()
    process = forkserver.Process(target=hold, args=(path, theirs))
    process.start()
    pid = ours.recv()
    notices = []
    with Library.open(path, embedder=WordsEmbedding(), wait_for_lock=False) as library:
        assert library.search("otters", k=2).hits  # reading is not blocked
        with pytest.raises(LibraryLocked, match=f"process {pid}, since 20") as raised:
            library.add([make_article("Fen")])
        assert raised.value.retryable
        assert raised.value.hint
    with Library.open(path, embedder=WordsEmbedding(), notice=notices.append) as library:
        waiting = threading.Thread(target=library.add, args=([make_article("Fen")],))
        waiting.start()
        while not notices:
            time.sleep(0.01)
        assert f"process {pid}" in notices[0]
        assert library.article_count() == 2
        ours.send("let go")
        waiting.join(30)
        assert library.article_count() == 3
        check_answers(library)
    process.join()


def test_a_dead_holder_holds_nothing(path, forkserver):
    ours, theirs = forkserver.Pipe()
    process = forkserver.Process(target=hold, args=(path, theirs))
    process.start()
    ours.recv()
    process.kill()
    process.join()
    with Library.open(path, embedder=WordsEmbedding(), wait_for_lock=False) as library:
        assert library.add([make_article("Fen")])[0].status == "added"


def test_an_open_reader_sees_what_another_process_adds_and_removes(path, forkserver):
    with Library.open(path, embedder=WordsEmbedding()) as library:
        check_answers(library)
        process = forkserver.Process(target=add_all, args=(path, ["Fen", "Tarn"]))
        process.start()
        process.join()
        assert library.article_count() == 4
        check_answers(library)
        with Library.open(path, embedder=WordsEmbedding()) as same_process:
            same_process.remove("Fen")
            same_process.reindex()
        check_answers(library)
        check_clean(library)


def test_a_reader_at_work_never_sees_half_an_article(path, forkserver, monkeypatch):
    monkeypatch.setattr(vectors, "SYNC_THRESHOLD", 10)
    with Library.open(path, embedder=WordsEmbedding()) as library:
        library.reindex()  # makes the index anew, with files rewritten in each change
        states = {tuple(sorted((info.article_id, info.version) for info in library.list()))}
        ours, theirs = forkserver.Pipe()
        process = forkserver.Process(target=read_on, args=(path, 4.0, theirs))
        process.start()
        assert ours.recv() == "open"
        edition = 0
        while not ours.poll():
            edition += 1
            library.add(
                [make_article("Brook", edition=edition, paragraphs=3), make_article("Fen", edition=edition)]
            )
            states.add(tuple(sorted((info.article_id, info.version) for info in library.list())))
            if edition % 5 == 0:
                library.reindex()
        asked, seen = ours.recv()
        process.join()
    assert process.exitcode == 0
    assert asked > 5
    assert seen <= states
    assert len(seen) > 1


def test_threads_may_share_a_library(path):
    failures = []

    def ask(library):
        try:
            for _ in range(10):
                assert library.search("otters", k=50).hits
        except BaseException as error:
            failures.append(error)

    with Library.open(path, embedder=WordsEmbedding()) as library:
        threads = [threading.Thread(target=ask, args=(library,)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for number in range(3):
            library.add([make_article("Fen", edition=number)])
        for thread in threads:
            thread.join()
        assert failures == []
        check_clean(library)


def _read_as_nobody(path, result):
    with Library.open(path.parent / "warm", embedder=WordsEmbedding()) as warm:
        warm.search("otters", k=1)  # imports all there is, while it can be read
    os.environ["TMPDIR"] = "/tmp"
    not_root()
    try:
        with Library.open(path, embedder=WordsEmbedding()) as library:
            found = [hit.article.article_id for hit in library.search("otters", k=5).hits]
            shown = library.show("Brook").title
            problems = [f.problem for f in library.doctor().findings if f.part == "fulltext"]
            try:
                library.remove("Brook")
                refused = ""
            except LibraryUnwritable as error:
                refused = error.message
        result.send((found, shown, problems, refused))
    except BaseException as error:
        result.send(RuntimeError(repr(error)))  # not every error can be pickled


def test_what_another_thread_reopened_is_not_closed_by_one_that_failed(path):
    with Library.open(path, embedder=WordsEmbedding()) as library:
        failed = library.indexes.current()
        library.add([make_article("Fen")])
        reopened = library.indexes.current()
        assert reopened is not failed
        assert not library.indexes.let_go(failed)
        assert library.indexes.current() is reopened
        assert library.indexes.let_go(reopened)
        assert library.indexes.current() is not reopened


def test_writing_reopens_nothing_under_readers_of_the_same_process(path, monkeypatch):
    with Library.open(path, embedder=WordsEmbedding()) as library:
        library.search("otters", k=2)
        loaded = []
        monkeypatch.setattr(vectors.Vectors, "_load", lambda self, generation: loaded.append(generation))
        done = threading.Event()
        found = []

        def read():
            while not done.is_set():
                found.append(len(library.search("otters", k=2).hits))

        readers = [threading.Thread(target=read) for _ in range(3)]
        for reader in readers:
            reader.start()
        for edition in range(1, 9):
            library.add([make_article("Brook", edition=edition)])
        done.set()
        for reader in readers:
            reader.join()
        assert found
        assert all(found)
        assert loaded == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_a_library_that_cannot_be_written_can_be_read(path, forkserver):
    with Library.open(path.parent / "warm", create=True, embedder=WordsEmbedding()) as warm:
        warm.add([make_article("Brook")])
    for folder in (*path.parents, path, *path.rglob("*")):
        if folder.is_relative_to("/tmp") and folder != Path("/tmp"):
            folder.chmod(0o755 if folder.is_dir() else 0o644)
    ours, theirs = forkserver.Pipe()
    process = forkserver.Process(target=_read_as_nobody, args=(path, theirs))
    process.start()
    theirs.close()  # a process that dies without a word ends the pipe instead of hanging the test
    try:
        answer = ours.recv() if ours.poll(120) else TimeoutError("no answer")
    except EOFError:
        process.join()
        answer = RuntimeError(f"the reader ended without an answer, exit code {process.exitcode}")
    process.join()
    assert not isinstance(answer, BaseException), answer
    found, shown, problems, refused = answer
    assert sorted(found) == ["Brook", "Dell"]
    assert shown == "News of Brook"
    assert problems == []
    assert "read-only" in refused


FULL_DISK = """
import sys, pathlib
sys.path.insert(0, {tests!r})
from library_support import WordsEmbedding, make_article, check_answers, check_clean
from index.library import Library
from index.errors import LibraryUnwritable
path = pathlib.Path({disk!r}) / "library"
with Library.open(path, create=True, embedder=WordsEmbedding()) as library:
    library.add([make_article("Brook")])
    refused = None
    told = []
    try:
        for number in range(100):
            library.add([make_article(f"Town{{number}}", paragraphs=20)], on_result=told.append)
    except LibraryUnwritable as error:
        refused = error
    assert refused is not None and refused.hint
    assert library.search("otters", k=3).hits
kept = {{"Brook", *(result.article_id for result in told)}}
def whole(library):
    assert {{info.article_id for info in library.list()}} == kept
    assert library.show("Brook").text
with Library.open(path, embedder=WordsEmbedding(), notice=lambda m: None) as library:
    whole(library)
    try:
        library.search("otters", k=3)  # Chroma cannot even be opened with no room at all
    except LibraryUnwritable as error:
        assert "free some space" in error.hint
(pathlib.Path({disk!r}) / "ballast").unlink()
with Library.open(path, embedder=WordsEmbedding()) as library:
    whole(library)
    check_answers(library)
    check_clean(library)
    library.remove("Brook")
    assert library.doctor().clean
print("fine", len(kept))
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a small disk")
def test_a_full_disk_loses_nothing(tmp_path):
    script = FULL_DISK.format(tests=str(Path(__file__).parent), disk=str(tmp_path))
    (tmp_path.parent / "script.py").write_text(script)
    command = (
        f"mount -t tmpfs -o size=12m none {tmp_path} || exit 77; "
        f"head -c 6000000 /dev/zero > {tmp_path}/ballast; {sys.executable} {tmp_path.parent}/script.py"
    )
    done = subprocess.run(["unshare", "-m", "sh", "-c", command], capture_output=True, text=True, check=False)
    if done.returncode in (1, 77) and "mount" in done.stderr + "unshare" and "Traceback" not in done.stderr:
        pytest.skip("no private mounts here")
    assert done.returncode == 0, done.stderr
    assert "fine" in done.stdout
