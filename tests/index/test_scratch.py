"""Folders for the time that a process runs: private, and gone with their owner, however that ends."""

from __future__ import annotations

import gc
import subprocess
import sys

from index.article import Article
from index.library import Library
from index.scratch import Scratch

OWNER = "import sys; from pathlib import Path; from index.scratch import Scratch; "


def owner(place, code):
    command = [sys.executable, "-c", f"{OWNER}held = Scratch(Path({str(place)!r})); {code}"]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def test_it_is_private_and_gone_when_it_is_closed(tmp_path):
    with Scratch(tmp_path) as folder:
        assert folder.stat().st_mode & 0o777 == 0o700
        (folder / "within").mkdir()
        (folder / "within" / "file").write_text("x")
    assert list(tmp_path.iterdir()) == []


def test_it_is_gone_when_its_owner_is_let_go_of(tmp_path):
    scratch = Scratch(tmp_path)
    assert scratch.path.exists()
    del scratch
    gc.collect()
    assert list(tmp_path.iterdir()) == []


def test_it_is_gone_when_the_process_ends_by_an_error(tmp_path):
    with owner(tmp_path, "raise SystemExit(7)") as process:
        assert process.wait(30) == 7
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_process_left_goes_with_the_next_one_and_what_is_in_use_stays(tmp_path):
    waits = "print(held.path, flush=True); sys.stdin.read()"
    with owner(tmp_path, waits) as killed, owner(tmp_path, waits) as alive, Scratch(tmp_path) as own:
        try:
            left, used = (process.stdout.readline().decode().strip() for process in (killed, alive))
            killed.kill()
            killed.wait(30)
            foreign = tmp_path / "citewell-other"
            foreign.mkdir()
            (tmp_path / "citewell-run-link").symlink_to(foreign)
            assert len(list(tmp_path.iterdir())) == 5
            with Scratch(tmp_path) as new:
                there = {str(path) for path in tmp_path.iterdir()}
                assert left not in there
                assert {used, str(own), str(new), str(foreign)} <= there
        finally:
            alive.kill()


def test_a_library_that_may_not_be_written_leaves_no_copy(tmp_path, monkeypatch):
    folder, place = tmp_path / "library", tmp_path / "temporary"
    place.mkdir()
    with Library.open(folder, create=True) as library:
        library.add([Article(article_id="ferry", title="Ferry", text="The ferry was late on Monday.")])
    monkeypatch.setattr("tempfile.tempdir", str(place))
    monkeypatch.setattr("index.library.is_writable", lambda path: False)
    with Library.open(folder) as library:
        assert len(list(place.iterdir())) == 1
        library.search("ferry", k=1)
    assert list(place.iterdir()) == []
