"""Killed anywhere, a library answers as before or as after, once it is opened again."""

from __future__ import annotations

import random
import shutil
import signal
import time

import pytest
from crashing import ACTIONS, FIRST, die_at, steps_of, write_on
from library_support import QUESTIONS, WordsEmbedding, check_answers, check_clean, live, make_article

from index import vectors
from index.library import Library

KILLS = 100


@pytest.fixture(scope="module")
def template(quick_folder):
    path = quick_folder / "template"
    with pytest.MonkeyPatch.context() as patch:
        # Chroma then rewrites its files in every change, which is when a kill spoils them.
        patch.setattr(vectors, "SYNC_THRESHOLD", 10)
        with Library.open(path, create=True, embedder=WordsEmbedding()) as library:
            library.add(FIRST)
    return path


def answers(path):
    with Library.open(path, embedder=WordsEmbedding()) as library:
        return _answers(library)


def _answers(library):
    return [
        [
            (hit.chunk.chunk_id, hit.vector_rank, round(hit.similarity, 4), bool(hit.text_rank), hit.article)
            for hit in library.search(question, k=4).hits
        ]
        for question in QUESTIONS
    ]


def without_times(state):
    return [[(*hit[:4], hit[4].publisher, hit[4].version) for hit in found] for found in state]


@pytest.mark.parametrize("action", sorted(ACTIONS))
def test_killed_at_each_step(action, template, quick_folder, forkserver):
    folder = quick_folder / action
    before = without_times(answers(template))
    done = shutil.copytree(template, folder / "done")
    steps = steps_of(done, action)
    after = without_times(answers(done))
    assert before == after if action == "reindex" else before != after
    outcomes = []
    for number, step in enumerate(steps):
        path = shutil.copytree(template, folder / f"{number}-{step}")
        process = forkserver.Process(target=die_at, args=(path, action, number))
        process.start()
        process.join(60)
        assert process.exitcode == -signal.SIGKILL
        with Library.open(path, embedder=WordsEmbedding()) as library:
            found = without_times(_answers(library))
            assert found in (before, after), step
            outcomes.append(found == after)
            check_answers(library)
            check_clean(library)
            assert library.catalog.state("writing") is None
    if action != "reindex":
        # Not there before the transaction is done, there ever after.
        assert outcomes == [name in ("live", "cleaned", "closed") for name in steps]


def test_killed_at_random_moments(template, quick_folder, forkserver):
    path = shutil.copytree(template, quick_folder / "random")
    chance = random.Random(20251)
    notices: list[str] = []
    interrupted = 0
    seconds = _seconds_of_a_change(shutil.copytree(template, quick_folder / "timed"))
    with Library.open(path, embedder=WordsEmbedding()) as library:
        before = live(library)
    for kill in range(KILLS):
        ours, theirs = forkserver.Pipe()
        process = forkserver.Process(target=write_on, args=(path, kill, theirs))
        process.start()
        begun = [ours.recv(), ours.recv()]
        time.sleep(chance.uniform(0, seconds))
        process.kill()
        process.join()
        while ours.poll():
            begun.append(ours.recv())
        possible = [before]
        for change in begun:
            if change != "writing":
                after = possible[-1] | change
                possible.append({name: version for name, version in after.items() if version})
        heard = len(notices)
        with Library.open(path, embedder=WordsEmbedding(), notice=notices.append) as library:
            before = live(library)
            assert before in possible[-2:]
            check_answers(library)
            check_clean(library)
        interrupted += len(notices) > heard
    assert interrupted > KILLS / 4, "the moments are badly chosen"
    with Library.open(path, embedder=WordsEmbedding()) as library:
        assert library.doctor().clean


def _seconds_of_a_change(path):
    with Library.open(path, embedder=WordsEmbedding()) as library:
        library.search("warm", k=1)
        starts = []
        library.on_step = lambda step: starts.append(time.monotonic()) if step == "begin" else None
        library.add([make_article(name, edition=9, paragraphs=4) for name in ("Brook", "Fen", "Tarn")])
        library.remove("Tarn")
        return time.monotonic() - starts[0]


def test_a_first_add_that_is_killed_leaves_an_empty_library(tmp_path, forkserver):
    for number in range(3):
        path = tmp_path / str(number)
        Library.open(path, create=True).close()
        process = forkserver.Process(target=die_at, args=(path, "add", number))
        process.start()
        process.join(60)
        assert process.exitcode == -signal.SIGKILL
        with Library.open(path, embedder=WordsEmbedding()) as library:
            assert library.list() == []
            assert library.search("otters", k=3).hits == []
            check_clean(library)
            assert [result.status for result in library.add(FIRST)] == ["added", "added"]
            check_answers(library)
