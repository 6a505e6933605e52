"""Mail (.eml) and web pages saved as one file (.mhtml): both are MIME messages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from email import policy
from email.errors import MessageError
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import getaddresses
from pathlib import Path

from index.errors import InputError
from index.readers import html
from index.readers.blocks import blocks_text
from index.readers.cleaning import clean_line, clean_text, is_blank, join_wrapped, require_text
from index.readers.dates import mail_date
from index.readers.decoding import declared_charset, decode
from index.readers.markup import parse_html
from index.readers.page import Page, parse_language, parse_url, title_from_name

_MOST_PARTS = 1_000
_MOST_BOUNDARIES = 5_000
_MOST_NESTED = 100
"""Lines that may part a message, and messages within it: each costs the parser a tenth of a millisecond,
those within others more."""


def read_mail(data: bytes, path: Path) -> Page:
    """An `.eml` file as a page: the message itself, without what is attached to it.

    Raises:
        InputError: it is no mail, or holds no text.
    """
    message = _message(data, path)
    if not any(_header(message, name) for name in ("from", "subject", "date")):
        raise InputError(f"{path} is no mail: it has no header", hint="give it the suffix of its real format")
    text = next(filter(lambda each: not is_blank(each), _bodies(message, path)), "")
    require_text(text, path, what="holds no text but in attachments")
    return Page(
        text=text,
        title=_header(message, "subject") or title_from_name(path),
        author=_sender(message),
        published=mail_date(_header(message, "date")),
        language=parse_language(_header(message, "content-language")),
    )


def read_saved_page(data: bytes, path: Path) -> Page:
    """An `.mhtml` file, a web page with its images in one, as a page.

    Its `Date` is when it was saved, and is not taken for the article's.

    Raises:
        InputError: it holds no web page, or no article is found in it.
    """
    message = _message(data, path)
    part = next((part for part in _parts(message) if part.get_content_type().endswith("html")), None)
    if part is None:
        raise InputError(f"{path} holds no web page", hint="save the page again, as HTML")
    page = html.read_page(_payload(part), path)
    address = _header(message, "snapshot-content-location") or _header(part, "content-location")
    return page if page.url else replace(page, url=parse_url(address))


def _message(data: bytes, path: Path) -> EmailMessage:
    if data.count(b"\n--") > _MOST_BOUNDARIES or data.count(b"message/rfc822") > _MOST_NESTED:
        raise InputError(f"{path} has too many parts to be a mail", hint="save its text as .txt and add that")
    try:
        message = BytesParser(policy=policy.default).parsebytes(data)
    except (MessageError, ValueError, RecursionError, LookupError) as error:
        raise InputError(
            f"{path} is no mail: {error}", hint="give it the suffix of its real format"
        ) from error
    assert isinstance(message, EmailMessage)
    return message


def _parts(message: EmailMessage) -> Iterator[EmailMessage]:
    """The parts that are no containers and not attached, in order."""
    pending = [message]
    for _ in range(_MOST_PARTS):
        if not pending:
            return
        part = pending.pop(0)
        if part.is_multipart():
            pending[:0] = [each for each in part.get_payload() if isinstance(each, EmailMessage)]
        elif part.get_content_disposition() != "attachment":
            yield part


def _bodies(message: EmailMessage, path: Path) -> Iterator[str]:
    """The message's text in the forms in which it is given, the fullest first."""
    parts = list(_parts(message))
    for part in parts:
        if part.get_content_type() == "text/html":
            root = parse_html(_decoded(part, path))
            yield "" if root is None else blocks_text(root)
    for part in parts:
        if part.get_content_type() == "text/plain":
            yield join_wrapped(clean_text(_decoded(part, path)))


def _payload(part: EmailMessage) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _decoded(part: EmailMessage, path: Path) -> str:
    content = _payload(part)
    return decode(content, path, declared=part.get_content_charset() or declared_charset(content))


def _header(message: EmailMessage, name: str) -> str:
    try:
        return clean_line(str(message[name] or ""))
    except Exception:  # the parser of headers meets the strangest of them with errors of any kind
        return ""


def _sender(message: EmailMessage) -> str | None:
    """The name of who sent it, or the address where there is none."""
    for name, address in getaddresses([_header(message, "from")]):
        if name or address:
            return clean_line(name or address)
    return None
