"""Reading processes: the same as reading here, in order, and what goes wrong in one stays there."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import time
from pathlib import Path

import pytest

from index.article import Article
from index.entries import Entry, make_entry
from index.errors import CitewellError, InputError
from index.readers import read
from index.readers.reading import Reading
from index.workers import pool as pool_module
from index.workers.pool import Pool
from index.workers.wire import Request


def write(folder, name, text):
    path = folder / name
    path.write_text(text)
    return path


@contextlib.contextmanager
def reading(paths, known=frozenset(), **limits):
    pool = Pool(len(paths), lambda n: Request(paths[n], paths[n].name, Reading(**limits), frozenset(known)))
    try:
        yield pool
    finally:
        pool.close()


def all_of(paths, **limits):
    with reading(paths, **limits) as pool:
        return [list(pool.articles(number)) for number in range(len(paths))]


def test_what_is_read_is_what_would_be_read_here_in_the_same_order(tmp_path):
    paths = [
        write(tmp_path, f"{n:02}.txt", f"Title {n}\n\nOtters swim. It rained {n} days.\n") for n in range(40)
    ]
    paths.append(write(tmp_path, "page.html", "<title>Page</title><p>" + "An otter swims here. " * 20))
    paths.append(
        write(tmp_path, "rows.jsonl", '{"text": "One otter."}\n{"no": 1}\n{"text": "Two otters."}\n')
    )
    paths.append(tmp_path / "missing.txt")
    for path, found in zip(paths, all_of(paths), strict=True):
        here = []
        try:
            for each in read(path, article_id=path.name, reading=Reading()):
                here.append(make_entry(each) if isinstance(each, Article) else each)
        except InputError as error:
            here.append(error)
        assert [plain(each) for each in found] == [plain(each) for each in here]


def plain(found):
    return (found.message, found.hint) if isinstance(found, InputError) else found


def test_a_version_that_is_known_is_not_split(tmp_path):
    path = write(tmp_path, "a.txt", "Otters swim. It rained.\n")
    [[entry]] = all_of([path])
    assert isinstance(entry, Entry)
    with reading([path], known={entry.article.version}) as pool:
        assert list(pool.articles(0)) == [entry.article]


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        ("SEGFAULT", "ended by SIGSEGV"),
        ("LEAVE", "ended with exit code 7"),
        ("LOOP", "not read within 5 seconds"),
        ("MEMORY", "more than 700,000,000 bytes of memory"),
        ("DEFECT", "KeyError: 'a defect of the reader'"),
    ],
)
def test_a_hostile_file_ends_its_process_only(faults, tmp_path, word, reason):
    paths = [
        write(tmp_path, "a.txt", "Otters swim. It rained.\n"),
        write(tmp_path, "b.txt", f"{word}\n"),
        write(tmp_path, "c.txt", "Voles dig. It snowed.\n"),
        write(tmp_path, "d.txt", f"{word}\n"),
        write(tmp_path, "e.txt", "Hares run. It cleared.\n"),
    ]
    limit = 5 if word == "LOOP" else 120
    found = all_of(paths, max_reading_seconds=limit, max_reading_memory_bytes=700_000_000)
    assert [type(each) for [each] in found] == [Entry, InputError, Entry, InputError, Entry]
    for [error], path in ((found[1], paths[1]), (found[3], paths[3])):
        assert reason in error.message
        assert str(path) in error.message
        assert error.hint


def test_what_a_library_prints_is_no_reply(faults, tmp_path):
    [[entry]] = all_of([write(tmp_path, "a.txt", "CHATTER is what otters do. It rained.\n")])
    assert isinstance(entry, Entry)


def export(tmp_path, rows):
    lines = (
        json.dumps({"id": n, "text": f"Otter {n} swims. " + "It rained again. " * 60}) for n in range(rows)
    )
    return write(tmp_path, "rows.jsonl", "\n".join(lines))


def test_an_export_streams_and_waits_for_its_reader(tmp_path):
    with reading([export(tmp_path, 5_000)]) as pool:
        articles = pool.articles(0)
        first = next(articles)
        assert first.article.text.startswith("Otter 0 ")
        [pid] = pool.pids()
        used = processor_ticks(pid)
        time.sleep(1)
        assert processor_ticks(pid) - used < os.sysconf("SC_CLK_TCK") / 2  # it does not read on
        assert sum(1 for _ in articles) == 4_999


def processor_ticks(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def test_rows_read_before_the_process_is_killed_are_kept(tmp_path):
    paths = [export(tmp_path, 5_000), write(tmp_path, "z.txt", "Voles dig. It snowed.\n")]
    with reading(paths) as pool:
        articles = pool.articles(0)
        rows = [next(articles) for _ in range(10)]
        os.kill(pool.pids()[0], signal.SIGKILL)
        *more, last = articles
        assert all(isinstance(each, Entry) for each in (*rows, *more))
        assert "killed" in last.message
        assert last.hint
        [other] = pool.articles(1)
        assert isinstance(other, Entry)


def test_a_process_that_ends_between_two_files_is_replaced(tmp_path):
    paths = [write(tmp_path, f"{n}.txt", f"Otter {n} swims. It rained.\n") for n in range(60)]
    with reading(paths) as pool:
        for number in range(60):
            [found] = pool.articles(number)
            assert isinstance(found, Entry)
    with reading(paths[:1]) as pool:
        os.kill(pool.pids()[0], signal.SIGKILL)
        time.sleep(0.2)
        [found] = pool.articles(0)
        assert isinstance(found, Entry)


def test_a_process_that_is_stopped_is_ended_from_here(faults, tmp_path, monkeypatch):
    monkeypatch.setattr(pool_module, "_GRACE", 0.5)
    paths = [write(tmp_path, "a.txt", "LOOP\n"), write(tmp_path, "b.txt", "Voles dig. It snowed.\n")]
    with reading(paths, max_reading_seconds=1) as pool:
        pool._give_out(0)
        os.kill(pool.pids()[0], signal.SIGSTOP)
        [error] = pool.articles(0)
        assert isinstance(error, InputError)
        [found] = pool.articles(1)
        assert isinstance(found, Entry)


def test_several_processes_read_where_one_is_slow(faults, tmp_path):
    if (os.cpu_count() or 1) < 2:
        pytest.skip("one core: one process")
    paths = [write(tmp_path, "a.txt", "LOOP\n"), write(tmp_path, "b.txt", "Voles dig. It snowed.\n")]
    with reading(paths, max_reading_seconds=6) as pool:
        [error] = pool.articles(0)
        assert "within 6 seconds" in error.message
        assert pool._boxes[1]  # read meanwhile
        [found] = pool.articles(1)
        assert isinstance(found, Entry)


def test_a_process_that_cannot_start_is_told(tmp_path, monkeypatch):
    path = write(tmp_path, "a.txt", "Otters swim. It rained.\n")
    monkeypatch.setattr(sys, "executable", "/bin/false")
    [[error]] = all_of([path])
    assert "ended as it started, with exit code 1" in error.message
    monkeypatch.setattr(sys, "executable", str(tmp_path / "no-such-program"))
    with pytest.raises(CitewellError, match="no process can be started"):
        all_of([path])


def test_closing_ends_the_processes(faults, tmp_path):
    with reading([write(tmp_path, "a.txt", "LOOP\n")]) as pool:
        pool._give_out(0)
        [pid] = pool.pids()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
