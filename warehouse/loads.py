"""Loads by time."""

from datetime import datetime

from warehouse.sql import queries
from warehouse.store import Connection


def last_before(connection: Connection, moment: datetime) -> int:
    """The number of the newest load whose run had finished before `moment`; 0 where there was none."""
    return int(connection.execute(queries("loads")["last_before"].text, [moment]).fetchall()[0][0])
