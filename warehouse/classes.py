"""Patents to learn classes from, and the model that was learned, as packed by the matcher."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

import pyarrow as pa

from warehouse.columns import incoming, schema_of, table_of
from warehouse.sql import queries
from warehouse.store import Connection

_TRAINED = pa.schema(
    [("ground", pa.string()), ("patents", pa.int64()), ("packed", pa.binary()),
     ("trained_at", pa.timestamp("us", tz="UTC"))]
)  # fmt: skip

_WANTED = schema_of(cluster_key="text")


class Kept(NamedTuple):
    """A stored model. ground: names the statistics it stands on."""

    ground: str
    packed: bytes
    trained_at: datetime


def sample_patents(connection: Connection, most: int) -> list[str]:
    """The keys of at most so many clusters with a patent in them, in order; the same ones each time."""
    rows = connection.execute(queries("classes")["sample_patents"].text, [most]).fetchall()
    return sorted(key for key, _ in rows)


def stream_patents(connection: Connection, cluster_keys: Sequence[str], rows: int = 8192) -> Iterator[pa.Table]:
    """The documents of these clusters as tables of about `rows` rows, with the columns of matches.stream_documents."""
    with incoming(connection, "wanted_patents", table_of(_WANTED, cluster_keys), _WANTED):
        reader = connection.sql(queries("classes")["stream_patents"].text).to_arrow_reader(rows)
        for batch in reader or ():
            yield pa.Table.from_batches([batch])


def count_patents(connection: Connection) -> int:
    """How many clusters have a patent in them."""
    return int(connection.execute(queries("classes")["count_patents"].text).fetchall()[0][0])


def read_class_model(connection: Connection) -> Kept | None:
    """The stored model, if there is one."""
    rows = connection.execute(queries("classes")["read_class_model"].text).fetchall()
    return Kept(str(rows[0][0]), bytes(rows[0][1]), rows[0][2]) if rows else None


def store_class_model(connection: Connection, ground: str, patents: int, packed: bytes, *, at: datetime) -> None:
    """Keep this model in place of any other. Call inside `Warehouse.write`."""
    connection.execute(queries("classes")["delete_class_models"].text)
    row = {"ground": ground, "patents": patents, "packed": packed, "trained_at": at}
    with incoming(connection, "trained", [row], _TRAINED):
        connection.execute(queries("classes")["insert_class_model"].text)
