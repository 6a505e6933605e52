"""Passwords as they are kept: salted, and slow to try."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
import unicodedata

from index.errors import UsageError

FEWEST_CHARS, MOST_CHARS = 8, 256
_LOG_COST, _BLOCK, _PARALLEL = 15, 8, 3
"""32 MB and about .2 s a try: of equal strength with OWASP's first choice for scrypt.

https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html#scrypt
"""
_MOST_MEMORY = 256_000_000
_SALT_BYTES, _KEY_BYTES = 16, 32


def hashed(password: str) -> str:
    """What is kept of a password: `scrypt$cost$block$parallel$salt$key`.

    Raises:
        UsageError: it is too short or too long.
    """
    if not FEWEST_CHARS <= len(password) <= MOST_CHARS:
        raise UsageError(
            f"the password has {len(password):,} characters",
            hint=f"choose one of {FEWEST_CHARS} to {MOST_CHARS}",
        )
    salt = secrets.token_bytes(_SALT_BYTES)
    key = _key(password, salt, _LOG_COST, _BLOCK, _PARALLEL)
    costs = f"{_LOG_COST}${_BLOCK}${_PARALLEL}"
    return f"scrypt${costs}${base64.b64encode(salt).decode()}${base64.b64encode(key).decode()}"


def is_right(password: str, kept: str) -> bool:
    """Whether this is the password that was kept; what is no hash fits none."""
    try:
        kind, cost, block, parallel, salt, key = kept.split("$")
        if kind != "scrypt" or len(password) > MOST_CHARS:
            return False
        expected = base64.b64decode(key, validate=True)
        given = _key(password, base64.b64decode(salt, validate=True), int(cost), int(block), int(parallel))
    except (ValueError, binascii.Error):
        return False
    return hmac.compare_digest(given, expected)


def looks_right(kept: str) -> bool:
    """Whether something has the form of what `hashed` gives.

    >>> looks_right("scrypt$15$8$3$c2FsdA==$a2V5"), looks_right("secret")
    (True, False)
    """
    kind, *rest = kept.split("$")
    return kind == "scrypt" and len(rest) == 5 and all(part.isdigit() for part in rest[:3])


def _key(password: str, salt: bytes, log_cost: int, block: int, parallel: int) -> bytes:
    # One character may be typed in two ways on two keyboards.
    said = unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")
    return hashlib.scrypt(
        said, salt=salt, n=1 << log_cost, r=block, p=parallel, maxmem=_MOST_MEMORY, dklen=_KEY_BYTES
    )
