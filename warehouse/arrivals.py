"""What came in a span of time, by when its first member was seen (P12, P28)."""

from collections.abc import Iterator
from datetime import datetime

import pyarrow as pa

from warehouse.sql import queries
from warehouse.store import Connection


def stream_arrivals(connection: Connection, start: datetime, end: datetime, rows: int = 8192) -> Iterator[pa.Table]:
    """Clusters of which a member was first seen from `start` (aware) to `end`, as tables of about `rows` rows.

    Columns as of warehouse.matches.stream_documents; texts as they stand today.
    """
    reader = connection.sql(queries("arrivals")["stream_arrivals"].text, params=[start, end]).to_arrow_reader(rows)
    for batch in reader or ():
        yield pa.Table.from_batches([batch])


def arrived_clusters(connection: Connection, start: datetime, end: datetime) -> list[str]:
    """The keys of those clusters, in order."""
    rows = connection.execute(queries("arrivals")["arrived_clusters"].text, [start, end]).fetchall()
    return [key for (key,) in rows]


def loads_until(connection: Connection, moment: datetime) -> int:
    """The newest load that brought something before `moment`; 0 where there was none."""
    return int(connection.execute(queries("arrivals")["loads_until"].text, [moment]).fetchall()[0][0])
