"""Python values to Arrow columns and back, so that bulk moves as columns and never row by row."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pyarrow as pa

from warehouse.store import Connection


@contextmanager
def incoming(
    connection: Connection, name: str, rows: Sequence[dict[str, Any]] | pa.Table, schema: pa.Schema
) -> Iterator[None]:
    """The rows as a table called `name` for the statements inside the block."""
    connection.register(name, rows if isinstance(rows, pa.Table) else pa.Table.from_pylist(list(rows), schema=schema))
    try:
        yield
    finally:
        connection.unregister(name)


def table_of(schema: pa.Schema, *columns: Sequence[Any]) -> pa.Table:
    """Columns of one length, in the order of the schema."""
    return pa.Table.from_arrays(
        [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)], schema=schema
    )


def schema_of(**columns: str) -> pa.Schema:
    """An Arrow schema from short words: text, int, float, bool, date, at (UTC timestamp)."""
    kinds = {
        "text": pa.string(),
        "int": pa.int64(),
        "float": pa.float64(),
        "bool": pa.bool_(),
        "date": pa.date32(),
        "at": pa.timestamp("us", tz="UTC"),
    }
    return pa.schema([(name, kinds[kind]) for name, kind in columns.items()])
