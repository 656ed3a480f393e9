"""Fingerprints of items, and which stored items may be twins of those that arrive; nothing pairs all with all (P17)."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from warehouse.columns import incoming, schema_of, table_of
from warehouse.sql import queries
from warehouse.store import Connection

_SCHEMA = (
    schema_of(item_key="text").append(pa.field("bands", pa.list_(pa.uint32()))).append(pa.field("marks", pa.binary()))
)
_ASKED = schema_of(item_key="text")


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
    with incoming(connection, "asked", table_of(_ASKED, item_keys), _ASKED):
        rows = connection.sql(queries("signatures")["read_signatures"].text).to_arrow_table()
    keys, bands, marks = (rows.column(name).combine_chunks() for name in ("item_key", "bands", "marks"))
    shape = (len(keys), -1)
    octets = np.frombuffer(b"".join(marks.to_pylist()), dtype=np.uint8)
    return Signed(keys.to_pylist(), bands.flatten().to_numpy().reshape(shape), octets.reshape(shape))


def _table(signed: Signed) -> pa.Table:
    rows, width = signed.bands.shape
    bands = pa.ListArray.from_arrays(np.arange(rows + 1, dtype=np.int32) * width, pa.array(signed.bands.ravel()))
    octets = np.ascontiguousarray(signed.marks).tobytes()
    ends = pa.py_buffer(np.arange(rows + 1, dtype=np.int32) * signed.marks.shape[1])
    marks = pa.Array.from_buffers(pa.binary(), rows, [None, ends, pa.py_buffer(octets)])
    return pa.Table.from_arrays([pa.array(signed.item_keys, pa.string()), bands, marks], schema=_SCHEMA)
