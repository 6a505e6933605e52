"""Who is logged in: a random token in a cookie, of which the server keeps only the hash.

A session ends with its time, with a logout, and when its user is removed or gets another password.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import UTC, datetime, timedelta
from http.cookies import CookieError, SimpleCookie

import sqlalchemy as sa

from ui.web.login.users import Users
from ui.web.store.file import Store, sessions

_OWNER = "user:"
"""What the owner of a user's conversations begins with; ids of browsers hold no colon."""


class Sessions:
    """The sessions of a store. Every method raises `StoreError` where the file fails."""

    def __init__(self, store: Store, users: Users, *, hours: float) -> None:
        self.users = users
        self._store = store
        self._lasts = timedelta(hours=hours)
        self._cookie = f"citewell-login-{store.name}"

    def of(self, cookies: str | None) -> str | None:
        """The owner of what whoever sends this `Cookie` header asks; None where nobody is logged in."""
        name = self.name(cookies)
        return f"{_OWNER}{name}" if name is not None else None

    def name(self, cookies: str | None) -> str | None:
        """The user that is logged in by a `Cookie` header."""
        token = self._token(cookies)
        if not token:
            return None
        with self._store.reading() as connection:
            row = connection.execute(sa.select(sessions).where(sessions.c.token == _hash(token))).first()
        if row is None or row.ends_at <= _written(datetime.now(UTC)):
            return None
        return str(row.user) if row.mark == self.users.mark(row.user) else None

    def begin(self, user: str, *, secure: bool) -> str:
        """A `Set-Cookie` header that logs a user in; `secure`: the page was reached over HTTPS."""
        token, now = secrets.token_urlsafe(32), datetime.now(UTC)
        with self._store.writing() as connection:
            connection.execute(sa.delete(sessions).where(sessions.c.ends_at <= _written(now)))
            connection.execute(
                sa.insert(sessions).values(
                    token=_hash(token),
                    user=user,
                    mark=self.users.mark(user) or "",
                    ends_at=_written(now + self._lasts),
                )
            )
        return self._set(token, int(self._lasts.total_seconds()), secure=secure)

    def end(self, cookies: str | None) -> str:
        """Log out whoever sends this `Cookie` header; a `Set-Cookie` header that takes the cookie away."""
        with self._store.writing() as connection:
            connection.execute(sa.delete(sessions).where(sessions.c.token == _hash(self._token(cookies))))
        return self._set("", 0, secure=False)

    def _token(self, cookies: str | None) -> str:
        try:
            found = SimpleCookie(cookies or "").get(self._cookie)
        except CookieError:
            return ""
        return found.value if found else ""

    def _set(self, value: str, seconds: int, *, secure: bool) -> str:
        kept = f"{self._cookie}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax"
        return f"{kept}; Secure" if secure else kept


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _written(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
