"""Single values in the catalogue: format, generation, embedder, which indexes, what is being written."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from index.tables import state


def set_state(connection: sa.Connection, values: Mapping[str, str | None]) -> None:
    """Set several values of the state within a transaction; None removes one."""
    for key, value in values.items():
        connection.execute(state.delete().where(state.c.key == key))
        if value is not None:
            connection.execute(state.insert().values(key=key, value=value))


def bump(connection: sa.Connection) -> int:
    """Raise the generation within a transaction, and return it."""
    following = generation_of(connection) + 1
    set_state(connection, {"generation": str(following)})
    return following


def generation_of(connection: sa.Connection) -> int:
    return int(get_state(connection, "generation") or 0)


def get_state(connection: sa.Connection, key: str) -> str | None:
    found: str | None = connection.scalar(sa.select(state.c.value).where(state.c.key == key))
    return found
