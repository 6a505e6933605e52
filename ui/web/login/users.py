"""Who may log in: a file of names, each with its hashed password, a line each.

It is read again when it changes, so a user who is added or removed is so at once.
"""

from __future__ import annotations

import hashlib
import logging
import os
import secrets
import threading
import unicodedata
from pathlib import Path

from index.errors import UsageError
from ui.web.login import passwords

logger = logging.getLogger(__name__)

_MOST_NAME_CHARS = 64


class Users:
    """The users of one file. Threads share it."""

    def __init__(self, path: Path) -> None:
        """Reads the file.

        Raises:
            UsageError: it cannot be read, is wrong, or names nobody.
        """
        self.path = path
        self._lock = threading.Lock()
        self._known = read_users(path)
        self._nobody = passwords.hashed(secrets.token_hex(16))
        """What the password of a name that nobody has is tried against: it takes as long as any other."""
        self._stamp = _stamp(path)
        if not self._known:
            raise UsageError(
                f"nobody may log in yet: {path} names no user",
                hint=f"citewell user add NAME --users {path}",
            )

    def check(self, name: str, password: str) -> str | None:
        """The user's name as the file has it, if this is the password."""
        known = self._fresh()
        tidy = tidy_name(name)
        is_right = passwords.is_right(password, known.get(tidy, self._nobody))
        return tidy if is_right and tidy in known else None

    def mark(self, name: str) -> str | None:
        """What changes when the user's password does; None where there is no such user."""
        kept = self._fresh().get(name)
        return hashlib.sha256(kept.encode()).hexdigest()[:16] if kept else None

    def _fresh(self) -> dict[str, str]:
        with self._lock:
            stamp = _stamp(self.path)
            if stamp != self._stamp:
                try:
                    self._known = read_users(self.path)
                except UsageError as error:  # nobody is let in on what may be out of date
                    logger.error("%s; %s", error.message, error.hint)
                    self._known = {}
                self._stamp = stamp
            return self._known


def read_users(path: Path) -> dict[str, str]:
    """Name -> hashed password.

    Raises:
        UsageError: the file cannot be read, or a line of it is none of ours.
    """
    hint = f"make it: citewell user add NAME --users {path}"
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is no file of users: it is not UTF-8", hint=hint) from error
    except OSError as error:
        raise UsageError(f"the users in {path} cannot be read: {error.strerror}", hint=hint) from error
    found = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        name, colon, kept = line.partition(":")
        if not colon or tidy_name(name) != name or not passwords.looks_right(kept.strip()):
            raise UsageError(f"{path}, line {number}: this is no user", hint="add the user anew")
        found[name] = kept.strip()
    return found


def add_user(path: Path, name: str, password: str) -> bool:
    """Put a user into the file, which is made if need be, or give one a new password.

    Returns:
        Whether it is a new user.

    Raises:
        UsageError: the name or the password is none, or the file is wrong or cannot be written.
    """
    checked = checked_name(name)
    users = read_users(path) if path.exists() else {}
    is_new = checked not in users
    _write(path, users | {checked: passwords.hashed(password)})
    return is_new


def remove_user(path: Path, name: str) -> None:
    """Take a user out of the file.

    Raises:
        UsageError: it has no such user, is wrong or cannot be written.
    """
    users = read_users(path)
    if users.pop(tidy_name(name), None) is None:
        raise UsageError(f"{path} has no user {name!r}", hint="citewell user list names them")
    _write(path, users)


def tidy_name(name: str) -> str:
    """A name in one spelling.

    >>> tidy_name(" Ada ")
    'ada'
    """
    return unicodedata.normalize("NFKC", name).strip().casefold()


def checked_name(name: str) -> str:
    """A name that can be one, in one spelling.

    Raises:
        UsageError: it cannot.
    """
    tidy = tidy_name(name)
    if not tidy or len(tidy) > _MOST_NAME_CHARS or ":" in tidy or " " in tidy or not tidy.isprintable():
        raise UsageError(
            f"{name[:100]!r} is no name for a user",
            hint=f"choose up to {_MOST_NAME_CHARS} characters without spaces and colons",
        )
    return tidy


def _write(path: Path, users: dict[str, str]) -> None:
    new = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(
            os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
        ) as file:
            file.writelines(f"{name}:{kept}\n" for name, kept in sorted(users.items()))
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    except OSError as error:
        new.unlink(missing_ok=True)
        raise UsageError(
            f"the users cannot be written to {path}: {error.strerror}", hint="check the folder's permissions"
        ) from error


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
