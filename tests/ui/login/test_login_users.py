"""The file of users: made, changed while it is in use, and refused where it is wrong."""

from __future__ import annotations

import stat

import pytest

from index.errors import UsageError
from ui.web.login import passwords
from ui.web.login.users import Users, add_user, read_users, remove_user

SECRET = "grüne wiese 7"


@pytest.fixture
def path(tmp_path):
    add_user(tmp_path / "users", "Ada", SECRET)
    return tmp_path / "users"


def test_a_user_is_known_by_name_in_any_case_and_by_nothing_but_the_password(path):
    users = Users(path)
    assert users.check("ADA ", SECRET) == "ada"
    assert users.check("ada", "grüne wiese 7") == "ada", "the same characters, typed as two"
    for name, password in (
        ("ada", SECRET + "!"),
        ("ada", ""),
        ("bob", SECRET),
        ("", SECRET),
        ("ada", "x" * 10**6),
    ):
        assert users.check(name, password) is None


def test_the_file_holds_no_password_and_nobody_else_may_read_it(path):
    assert SECRET not in path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert passwords.hashed(SECRET) != passwords.hashed(SECRET), "each has a salt of its own"


def test_who_is_added_changed_or_removed_is_so_at_once(path):
    users = Users(path)
    mark = users.mark("ada")
    assert add_user(path, "bob", "another secret")
    assert users.check("bob", "another secret") == "bob"
    assert users.mark("ada") == mark
    assert not add_user(path, "ada", "a new secret")
    assert users.check("ada", SECRET) is None
    assert users.mark("ada") not in (mark, None)
    remove_user(path, "Ada")
    assert users.mark("ada") is None
    assert list(read_users(path)) == ["bob"]


def test_nobody_is_let_in_when_the_file_is_broken_or_gone(path, caplog):
    users = Users(path)
    whole = path.read_text()
    path.write_text(whole + "eve:secret\n")
    assert users.check("ada", SECRET) is None
    assert "line 2" in caplog.text
    path.write_text(whole)
    assert users.check("ada", SECRET) == "ada"
    path.unlink()
    assert users.check("ada", SECRET) is None


@pytest.mark.parametrize("name", ["", "  ", "a:b", "two words", "a\x00b", "x" * 65])
def test_what_is_no_name_is_refused(tmp_path, name):
    with pytest.raises(UsageError, match="no name"):
        add_user(tmp_path / "users", name, SECRET)
    assert not (tmp_path / "users").exists()


def test_errors_name_the_file_and_the_way_out(tmp_path, path):
    with pytest.raises(UsageError, match="cannot be read") as missing:
        Users(tmp_path / "none")
    assert "citewell user add" in missing.value.hint
    with pytest.raises(UsageError, match="7 characters"):
        add_user(path, "bob", "1234567")
    with pytest.raises(UsageError, match="no user 'bob'"):
        remove_user(path, "bob")
    remove_user(path, "ada")
    with pytest.raises(UsageError, match="nobody may log in yet"):
        Users(path)
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError, match="UTF-8"):
        Users(path)
