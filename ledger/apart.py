"""What brokers keep apart (P17): asked at every join of twins."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, select

from ledger.store import insert_new
from ledger.tables_apart import kept_apart


class KeptApart(NamedTuple):
    """A broker took one item out of a cluster in which the other was."""

    item_key: str
    other_key: str
    broker: str
    kept_at: datetime


def keep_apart(connection: Connection, pairs: Iterable[KeptApart]) -> None:
    """Add what is not there yet; the first word of a pair stands."""
    for pair in pairs:
        insert_new(connection, kept_apart, pair._asdict(), on=["item_key", "other_key"])


def read_apart(connection: Connection) -> list[KeptApart]:
    """Every pair, in order of their keys."""
    rows = select(kept_apart).order_by(kept_apart.c.item_key, kept_apart.c.other_key)
    return [KeptApart(row.item_key, row.other_key, row.broker, row.kept_at) for row in connection.execute(rows)]
