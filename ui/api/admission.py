"""Who may ask the API, and with how much: decided from the head of a request, before its body is read."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping

from rag.settings import Settings
from ui.api.errors import Failure

_CONVERSATION_BYTES = 1_000_000
"""A question with its history."""
_FORM_BYTES = 1_000_000
"""What a form adds to its files."""
_ARTICLES = "/api/articles"
_CHANGING = frozenset(["POST", "PUT", "PATCH", "DELETE"])
_PAGES_ASK = re.compile(r"/gradio_api/(call/(v2/)?|run/|api/)ask(/.*)?", re.DOTALL)
"""The one endpoint of the page that is meant for programs."""
_PUBLIC = ("/api/docs", "/api/openapi.json")
_OWN_PAGES = frozenset(["same-origin", "none"])


def is_api(path: str) -> bool:
    """Whether a path is of the API."""
    return path.startswith(("/api/", "/v1/"))


def is_public(path: str) -> bool:
    """Whether a path says what the API is, which is no secret."""
    return path.startswith(_PUBLIC)


def is_for_programs(path: str) -> bool:
    """Whether a path is one that the token opens."""
    return (is_api(path) and not is_public(path)) or bool(_PAGES_ASK.fullmatch(path))


def refusal(method: str, path: str, headers: Mapping[bytes, bytes], settings: Settings) -> Failure | None:
    """Why a request is not let in; None where it is."""
    # A page of another site can make a browser send forms here, though not read what comes back.
    if method in _CHANGING and not _is_own(headers):
        return Failure(403, "pages of other sites may not ask here", "call this from a program of your own")
    token = settings.api_token
    if token is None or not is_for_programs(path):
        return None
    scheme, _, given = headers.get(b"authorization", b"").partition(b" ")
    expected = token.get_secret_value().encode()
    if scheme.lower() == b"bearer" and secrets.compare_digest(given.strip(), expected):
        return None
    return Failure(401, "the token is missing or wrong", "send the header Authorization: Bearer TOKEN")


def _is_own(headers: Mapping[bytes, bytes]) -> bool:
    """Whether a request comes from a program, or from a page of this server."""
    site = headers.get(b"sec-fetch-site")
    if site is not None:
        return site.decode("latin-1") in _OWN_PAGES
    # Browsers send that to loopback addresses and over HTTPS only; `Origin` they send everywhere.
    origin = headers.get(b"origin")
    return origin is None or origin.partition(b"://")[2].lower() == headers.get(b"host", b"").lower()


def is_upload(path: str, headers: Mapping[bytes, bytes]) -> bool:
    """Whether a request brings files, which are put down as they come."""
    return path == _ARTICLES and headers.get(b"content-type", b"").lower().startswith(b"multipart/form-data")


def longest_body(path: str, headers: Mapping[bytes, bytes], settings: Settings) -> int:
    """Bytes that a request to the API may have."""
    if is_upload(path, headers):
        return max(settings.max_article_bytes, settings.max_export_bytes) + _FORM_BYTES
    return settings.max_article_bytes + _FORM_BYTES if path == _ARTICLES else _CONVERSATION_BYTES
