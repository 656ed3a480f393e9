"""What decisions taught, as rows over the matches: fit, flag and model of what the queue shows (P25, P26)."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

import pyarrow as pa

from warehouse.columns import incoming, schema_of, table_of
from warehouse.sql import queries
from warehouse.store import Connection

_TAUGHT = schema_of(
    need_key="text", need_version="int", cluster_key="text", fit="float", is_flagged="bool", model_version="text",
    learned_at="at",
)  # fmt: skip


class Kept(NamedTuple):
    """A match as the matcher made it. cluster_key: today's; matched_key: that under which it was matched.

    is_told: whether it has its reasons.
    """

    need_key: str
    need_version: int
    cluster_key: str
    matched_key: str
    item_key: str
    fit: float
    is_flagged: bool
    model_version: str
    is_wanted: bool
    is_told: bool = True


class Taught(NamedTuple):
    """One row of the overlay, on the key under which the cluster was matched."""

    need_key: str
    need_version: int
    cluster_key: str
    fit: float
    is_flagged: bool
    model_version: str


def read_kept(connection: Connection, need_keys: Iterable[str]) -> list[Kept]:
    """The newest match of every cluster kept for the needs, by need and cluster."""
    return [
        Kept(*row) for row in connection.execute(queries("learned")["read_kept"].text, [sorted(need_keys)]).fetchall()
    ]


def read_kept_columns(connection: Connection, need_keys: Iterable[str]) -> pa.Table:
    """The same as columns, in the same order."""
    return connection.sql(queries("learned")["read_kept"].text, params=[sorted(need_keys)]).to_arrow_table()


def read_taught(connection: Connection) -> list[Taught]:
    """The overlay as it is stored, in order."""
    return sorted(Taught(*row) for row in connection.execute(queries("learned")["read_taught"].text).fetchall())


def store_taught(connection: Connection, taught: Sequence[Taught], *, at: datetime) -> None:
    """Replace the whole overlay. Call inside `Warehouse.write`."""
    columns = [[row[place] for row in taught] for place in range(len(Taught._fields))]
    connection.execute(queries("learned")["delete_learned"].text)
    with incoming(connection, "taught", table_of(_TAUGHT, *columns, [at] * len(taught)), _TAUGHT):
        connection.execute(queries("learned")["insert_learned"].text)
