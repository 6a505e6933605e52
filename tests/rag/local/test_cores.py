"""Threads are counted by what this process may use, not by what the machine has."""

from __future__ import annotations

import os

import pytest

from rag.local.cores import available_cores


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """Four cores of two threads each: 0 and 4 are one core, 1 and 5 another, and so on."""
    for n in range(8):
        folder = tmp_path / f"cpu{n}" / "topology"
        folder.mkdir(parents=True)
        (folder / "thread_siblings_list").write_text(f"{n % 4},{n % 4 + 4}\n")

    def allowed(*cpus):
        monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(cpus), raising=False)
        return tmp_path

    return allowed


def test_two_threads_of_a_core_count_once(machine, tmp_path):
    assert available_cores(machine(*range(8)), tmp_path / "none") == 4
    assert available_cores(machine(0, 4), tmp_path / "none") == 1
    assert available_cores(machine(0, 1, 5), tmp_path / "none") == 2


@pytest.mark.parametrize(("quota", "cores"), [("max 100000", 4), ("200000 100000", 2), ("50000 100000", 1)])
def test_a_containers_quota_is_a_limit(machine, tmp_path, quota, cores):
    (tmp_path / "cpu.max").write_text(quota + "\n")
    assert available_cores(machine(*range(8)), tmp_path / "cpu.max") == cores


def test_an_unknown_machine_has_as_many_cores_as_it_says(machine, tmp_path):
    machine(0, 1, 2)
    assert available_cores(tmp_path / "nothing", tmp_path / "none") == 3
