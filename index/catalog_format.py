"""Which catalogues this Citewell can read, and how one of an older format is brought up to date."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from index import tables
from index.errors import LibraryDamaged, LibraryNotFound, LibraryUnwritable
from index.state import set_state

if TYPE_CHECKING:
    from index.catalog import Catalog

FORMAT = 3
"""Version of the catalogue's tables. Raise it, and migrate in `_migrate`, when they change."""


def check_format(catalog: Catalog, path: Path, *, read_only: bool) -> None:
    """Make sure that a catalogue's tables are those of this version.

    Raises:
        LibraryNotFound: it has none yet.
        LibraryDamaged: it is none of ours, or a newer Citewell's.
        LibraryUnwritable: it is an older one's, and cannot be brought up to date.
    """
    with catalog.reading() as connection:
        if not sa.inspect(connection).get_table_names():
            raise LibraryNotFound(  # its making was interrupted before the first transaction
                f"there is no library in {str(path.parent)!r}",
                hint="add articles to make one: citewell add PATH",
            )
    found = catalog.state("format")
    if found is None or not found.isdigit():
        raise LibraryDamaged(
            f"{str(path)!r} is not a catalogue of Citewell's",
            hint="name another folder with --library, or restore this one from a copy",
        )
    if int(found) > FORMAT:
        raise LibraryDamaged(
            f"this library was written by a newer Citewell (format {found}; this one reads {FORMAT})",
            hint="upgrade Citewell: pip install --upgrade citewell",
        )
    if int(found) < FORMAT:
        if read_only:
            raise LibraryUnwritable(
                f"this library is of an older Citewell (format {found}; this one reads {FORMAT})",
                hint="open it once where it can be written: citewell list",
            )
        _migrate(catalog)


def _migrate(catalog: Catalog) -> None:
    """Bring a catalogue up to date: what was added since format 1 are whole tables."""
    with catalog.writing() as connection:
        tables.meta.create_all(connection)
        set_state(connection, {"format": str(FORMAT)})
