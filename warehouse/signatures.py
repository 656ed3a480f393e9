"""Fingerprints of items, and which stored items may be twins of those that arrive; nothing pairs all with all (P17)."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from warehouse.columns import schema_of
from warehouse.sql import queries
from warehouse.store import Connection

_SCHEMA = (
    schema_of(item_key="text").append(pa.field("bands", pa.list_(pa.uint32()))).append(pa.field("marks", pa.binary()))
)


class Signed(NamedTuple):
    """Fingerprints row by row. bands: n x numbers, 0 is none. marks: n x octets."""

    item_keys: list[str]
    bands: NDArray[np.uint32]
    marks: NDArray[np.uint8]


def sign(connection: Connection, signed: Signed) -> list[tuple[str, str]]:
    """Keep fingerprints of placed items; returns pairs of items in different clusters that may be twins, in order.

    Call inside `Warehouse.write`, after the items were given their clusters.
    """
    if not signed.item_keys:
        return []
    connection.register("signing", _table(signed))
    try:
        for name in ("delete_signatures", "insert_signatures"):
            connection.execute(queries("signatures")[name].text)
        return connection.execute(queries("signatures")["find_alike"].text).fetchall()
    finally:
        connection.unregister("signing")


def read_signatures(connection: Connection, item_keys: Sequence[str]) -> Signed:
    """The fingerprints of items, by key; at least one of them must be stored."""
    rows = connection.execute(queries("signatures")["read_signatures"].text, [list(item_keys)]).fetchall()
    marks = np.frombuffer(b"".join(row[2] for row in rows), dtype=np.uint8).reshape(len(rows), -1)
    return Signed([row[0] for row in rows], np.array([row[1] for row in rows], dtype=np.uint32), marks)


def _table(signed: Signed) -> pa.Table:
    rows, width = signed.bands.shape
    bands = pa.ListArray.from_arrays(np.arange(rows + 1, dtype=np.int32) * width, pa.array(signed.bands.ravel()))
    marks = pa.array([row.tobytes() for row in signed.marks], pa.binary())
    return pa.Table.from_arrays([pa.array(signed.item_keys, pa.string()), bands, marks], schema=_SCHEMA)
