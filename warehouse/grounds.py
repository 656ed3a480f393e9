"""Corpus statistics as the matcher packs them: taken once, read by every run until the warehouse has outgrown them."""

from datetime import datetime
from typing import NamedTuple

import pyarrow as pa

from warehouse.columns import incoming
from warehouse.sql import queries
from warehouse.store import Connection

_TAKEN = pa.schema(
    [("model_version", pa.string()), ("clusters", pa.int64()), ("packed", pa.binary()),
     ("taken_at", pa.timestamp("us", tz="UTC"))]
)  # fmt: skip


class Taken(NamedTuple):
    """Packed statistics of a model, and how many clusters the warehouse held then."""

    model_version: str
    clusters: int
    packed: bytes


def read_ground(connection: Connection, model_version: str) -> Taken | None:
    """The statistics of a model, if there are any."""
    rows = connection.execute(queries("grounds")["read_ground"].text, [model_version]).fetchall()
    return Taken(model_version, int(rows[0][0]), bytes(rows[0][1])) if rows else None


def store_ground(connection: Connection, taken: Taken, *, at: datetime) -> None:
    """Keep these statistics in place of all others. Call inside `Warehouse.write`."""
    connection.execute(queries("grounds")["delete_grounds"].text)
    with incoming(connection, "taken", [{**taken._asdict(), "taken_at": at}], _TAKEN):
        connection.execute(queries("grounds")["insert_ground"].text)
