"""The columns of an export that was handed in: what they are called, and which is said to hold what."""

from __future__ import annotations

from pathlib import Path

from index.errors import InputError, UsageError
from index.readers.exports import HEAD_BYTES, read_columns
from index.readers.fields import NAMES
from ui.web.library.additions import Addition, Additions

FIELDS = {
    "text": "Text",
    "title": "Title",
    "published": "Published",
    "publisher": "Publisher",
    "author": "Author",
    "url": "Address",
    "language": "Language",
    "id": "Id",
}
"""Fields of an article, in the order and the words in which they are asked for."""
_SHOWN_CHARS = 60


def columns_of(additions: Additions, addition: Addition) -> dict[str, str]:
    """What its columns are called, each with the beginning of the first that stands in it.

    Raises:
        InputError: it is no export, or its bytes are none.
        UsageError: its bytes are gone.
    """
    if not addition.is_export:
        raise InputError(f"{addition.name} has no columns", hint="only exports have")
    try:
        with (additions.folder / addition.file).open("rb") as file:
            head = file.read(HEAD_BYTES)
    except OSError as error:
        raise UsageError(f"{addition.name} is not there any more", hint="hand it in once more") from error
    columns = read_columns(head, Path(addition.name))
    return {name: value[:_SHOWN_CHARS] for name, value in columns.items()}


def checked_fields(said: object) -> dict[str, str]:
    """Fields and the columns that they are in, as a browser sends them; a field in none of them is left out.

    Raises:
        UsageError: they are none, or none is said to hold the text.
    """
    if not isinstance(said, dict) or not all(isinstance(name, str) for name in said.values()):
        raise UsageError("'fields' has to be an object of texts")
    if unknown := said.keys() - NAMES.keys():
        raise UsageError(f"an article has no field {min(unknown)!r}", hint=f"it has: {', '.join(NAMES)}")
    if not said.get("text"):
        raise UsageError("no column holds the text", hint="choose the column that the articles' text is in")
    return {field: said.get(field, "") for field in NAMES}
