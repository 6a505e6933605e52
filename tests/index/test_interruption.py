"""An ingest that is interrupted: what is done is kept, nothing is done twice, no process is left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from library_support import WordsEmbedding, check_answers, check_clean, statuses

from evals.benchmarks.memory import children
from index import changes
from index.library import Library
from index.readers.reading import Reading

ADD = """
import sys
from pathlib import Path
sys.path[:0] = {paths!r}
from library_support import WordsEmbedding
from index.library import Library
from index.readers.reading import Reading
Path({runs!r}).open("a").write("run\\n")
with Library.open({library!r}, create=True, embedder=WordsEmbedding()) as library:
    for result in library.add({folder!r}, reading=Reading(max_reading_seconds=600),
                              on_result=lambda result: print(result.article_id, result.status, flush=True)):
        pass
"""


@pytest.fixture
def articles(tmp_path):
    folder = tmp_path / "articles"
    folder.mkdir()
    for number in range(30):
        text = "".join(
            f"Otter {number} of weir {n} swims. It rained on it for {n} days.\n\n" for n in range(80)
        )
        (folder / f"{number:02}.txt").write_text(f"News {number}\n\n{text}")
    return folder


def adding(tmp_path, folder, *more_paths):
    """A script without a guard against being imported, as users write them."""
    script = tmp_path / "script.py"
    paths = [*map(str, more_paths), str(Path(__file__).parent)]
    names = {"runs": str(tmp_path / "runs"), "library": str(tmp_path / "library"), "folder": str(folder)}
    script.write_text(ADD.format(paths=paths, **names))
    return subprocess.Popen(
        [sys.executable, script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def ends(pid, seconds=20):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except FileNotFoundError:
            return True
        if state == "Z":
            return True
        time.sleep(0.05)
    return False


def test_a_script_without_a_guard_is_run_once(tmp_path, articles):
    process = adding(tmp_path, articles)
    said, complaint = process.communicate(timeout=120)
    assert process.returncode == 0, complaint
    assert said.count(" added") == 30
    assert (tmp_path / "runs").read_text() == "run\n"


@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGINT])
def test_ended_in_the_middle_it_goes_on_where_it_was(tmp_path, articles, faults, sign):
    (articles / "20.txt").write_text(
        "LOOP\n"
    )  # it is read for minutes; what is before it goes live meanwhile
    process = adding(tmp_path, articles, faults)
    assert process.stdout is not None
    told = [process.stdout.readline().split()[0] for _ in range(20)]
    assert told == [f"{number:02}.txt" for number in range(20)]
    readers = children(process.pid)
    assert readers
    process.send_signal(sign)
    assert process.wait(20) == (-sign if sign == signal.SIGKILL else -signal.SIGINT)
    assert all(ends(pid) for pid in readers)
    process.communicate()
    (articles / "20.txt").write_text("Voles dig. It snowed.\n")
    embedder = WordsEmbedding()
    with Library.open(tmp_path / "library", embedder=embedder, notice=lambda message: None) as library:
        assert library.article_count() == 20
        calls = embedder.calls
        results = library.add(articles)
        assert [result.status for result in results] == ["unchanged"] * 20 + ["added"] * 10
        chunks = sum(result.chunks for result in results if result.status == "added")
        sentences = 9 * 160 + 9 + 2  # with their titles
        assert embedder.calls - calls == chunks + sentences
        check_answers(library)
        check_clean(library)


def test_ctrl_c_keeps_what_is_embedded(tmp_path, articles, monkeypatch):
    monkeypatch.setattr(changes, "_IDLE_SECONDS", 600)
    monkeypatch.setattr(changes, "BATCH_CHUNKS", 10_000)  # nothing goes live by itself

    def stop(progress):
        if progress.done == 7:
            raise KeyboardInterrupt

    told = []
    before = set(children(os.getpid()))  # the fork server of other tests may be up
    with Library.open(tmp_path / "library", create=True, embedder=WordsEmbedding()) as library:
        with pytest.raises(KeyboardInterrupt):
            library.add(articles, on_progress=stop, on_result=told.append)
        assert statuses(told) == [(f"{number:02}.txt", "added") for number in range(7)]
        assert library.article_count() == 7
        check_answers(library)
        check_clean(library)
    assert set(children(os.getpid())) <= before


def test_a_hostile_file_is_one_failure_among_many(tmp_path, articles, faults):
    for number, word in ((3, "SEGFAULT"), (11, "LOOP"), (17, "MEMORY"), (29, "LEAVE")):
        (articles / f"{number:02}.txt").write_text(f"{word}\n")
    limits = Reading(max_reading_seconds=8, max_reading_memory_bytes=700_000_000)
    with Library.open(tmp_path / "library", create=True, embedder=WordsEmbedding()) as library:
        results = library.add(articles, reading=limits)
        failed = {Path(result.source).name: result for result in results if result.status == "failed"}
        assert list(failed) == ["03.txt", "11.txt", "17.txt", "29.txt"]
        assert all(name in result.reason and result.hint for name, result in failed.items())
        assert [r.article_id for r in results if r.status == "added"] == [
            f"{number:02}.txt" for number in range(30) if number not in (3, 11, 17, 29)
        ]
        check_answers(library)
        check_clean(library)


def test_progress_tells_speed_and_what_is_left(tmp_path, articles):
    class SlowEmbedding(WordsEmbedding):
        def _get_text_embedding(self, text):
            time.sleep(0.0005)
            return super()._get_text_embedding(text)

    progress = []
    with Library.open(tmp_path / "library", create=True, embedder=SlowEmbedding()) as library:
        results = library.add(articles, on_progress=progress.append)
    assert [step.done for step in progress] == sorted(step.done for step in progress)
    assert progress[-1].done == progress[-1].total == 30
    assert progress[-1].chunks == sum(result.chunks for result in results)
    assert progress[-1].seconds_left == pytest.approx(0, abs=0.01)
    assert progress[-1].tokens_per_second > 0
    middle = next(step for step in progress if step.done == 15)
    assert middle.current.endswith("15.txt")
    assert 0 < middle.seconds_left < 120
