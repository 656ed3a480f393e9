"""A broker takes an item out of its cluster, and it stays out: every later join asks here first (P17).

The ledger holds what brokers said; this is what joins read of it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from warehouse.columns import incoming, schema_of
from warehouse.items import read_clusters_of, read_members
from warehouse.matches import last_absorb
from warehouse.sql import queries
from warehouse.store import Connection

_KEEPING = schema_of(item_key="text", other_key="text", broker="text", kept_at="at")


class Kept(NamedTuple):
    """A broker took one item out of a cluster in which the other was."""

    item_key: str
    other_key: str
    broker: str
    kept_at: datetime


def twins_of(connection: Connection, item_key: str) -> list[str]:
    """The other members of its cluster, in order; none where it stands alone or is not stored."""
    cluster = read_clusters_of(connection, [item_key]).get(item_key, item_key)
    return [key for key in read_members(connection, [cluster]).get(cluster, []) if key != item_key]


def split(connection: Connection, item_key: str, *, broker: str, at: datetime) -> list[str]:
    """Make an item a cluster of its own; returns the twins it had, none where it stood alone or is not stored.

    What is left keeps its key, or takes that of its first seen where the item that leaves gave the name. Both are read
    again by the next match. Call inside `Warehouse.write`.
    """
    left = twins_of(connection, item_key)
    if not left:
        return []
    cluster = read_clusters_of(connection, [item_key])[item_key]
    told = queries("apart")
    _keep(connection, [Kept(item_key, other, broker, at) for other in left])
    heir = connection.execute(told["heir"].text, [item_key, cluster]).fetchall()[0][0]
    connection.execute(told["touch_cluster"].text, [last_absorb(connection) + 1, cluster])
    connection.execute(told["rename_cluster"].text, [heir, cluster, item_key])
    connection.execute(told["leave_cluster"].text, [item_key])
    return left


def bring(connection: Connection, pairs: Sequence[Kept]) -> None:
    """Keep these pairs apart from now on, and take apart those that are one. Call inside `Warehouse.write`."""
    for pair in pairs:
        homes = read_clusters_of(connection, pair[:2])
        if len(homes) > len(set(homes.values())):
            split(connection, pair.item_key, broker=pair.broker, at=pair.kept_at)
    _keep(connection, pairs)


def read_kept(connection: Connection) -> list[Kept]:
    """Every pair that this warehouse knows, in order."""
    return [Kept(*row) for row in connection.execute(queries("apart")["read_kept"].text).fetchall()]


def _keep(connection: Connection, pairs: Sequence[Kept]) -> None:
    with incoming(connection, "keeping", [pair._asdict() for pair in pairs], _KEEPING):
        connection.execute(queries("apart")["insert_kept"].text)
