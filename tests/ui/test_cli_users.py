"""`citewell user`: a file of users made and changed from a terminal."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from ui.web.login.users import Users


@pytest.fixture
def run(tmp_path):
    def ran(*arguments, password="", users=True):
        named = ["--users", str(tmp_path / "users")] if users else []
        command = [sys.executable, "-m", "ui.cli", "user", *arguments, *named]
        return subprocess.run(command, input=password, capture_output=True, text=True, check=False)

    return ran


def test_users_are_added_listed_and_removed(run, tmp_path):
    assert run("add", "Ada", password="a long secret\n").stdout == "added    ada\n"
    assert run("add", "bob", "--json", password="another secret").returncode == 0
    assert run("list").stdout == "ada\nbob\n"
    assert Users(tmp_path / "users").check("ada", "a long secret") == "ada"
    again = run("add", "ada", "--json", password="a new secret")
    assert json.loads(again.stdout) == {"user": "ada", "status": "updated"}
    assert run("remove", "bob").stdout == "removed  bob\n"
    assert json.loads(run("list", "--json").stdout) == ["ada"]


def test_wrong_usage_is_told_with_the_way_out(run):
    unnamed = run("list", users=False)
    assert unnamed.returncode == 2
    assert "--users FILE" in unnamed.stderr
    for wrong in (run("add", "ada", password="short"), run("add", "a b", password="x" * 9), run("list")):
        assert wrong.returncode == 2
        assert "Traceback" not in wrong.stderr
