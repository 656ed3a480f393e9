"""A broker takes an item out of its cluster, and it stays out: every later join asks here first (P17)."""

from datetime import datetime

from warehouse.items import read_clusters_of, read_members
from warehouse.matches import last_absorb
from warehouse.sql import queries
from warehouse.store import Connection


def split(connection: Connection, item_key: str, *, broker: str, at: datetime) -> list[str]:
    """Make an item a cluster of its own; returns the twins it had, none where it stood alone or is not stored.

    What is left keeps its key, or takes that of its first seen where the item that leaves gave the name. Both are read
    again by the next match. Call inside `Warehouse.write`.
    """
    cluster = read_clusters_of(connection, [item_key]).get(item_key, item_key)
    left = [key for key in read_members(connection, [cluster]).get(cluster, []) if key != item_key]
    if not left:
        return []
    told = queries("apart")
    connection.execute(told["insert_apart"].text, [item_key, broker, at, item_key])
    heir = connection.execute(told["heir"].text, [item_key, cluster]).fetchall()[0][0]
    connection.execute(told["touch_cluster"].text, [last_absorb(connection) + 1, cluster])
    connection.execute(told["rename_cluster"].text, [heir, cluster, item_key])
    connection.execute(told["leave_cluster"].text, [item_key])
    return left
