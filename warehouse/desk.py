"""The desk's book: everything flagged, narrow enough to be kept in memory, and one item whole on demand."""

import json
from collections.abc import Iterator, Set
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
import pyarrow as pa

from terms.item import Call, Item
from warehouse.sql import queries
from warehouse.store import Connection


@dataclass(frozen=True, slots=True)
class Flagged:
    """One flagged cluster of one company. place: row of its state. reasons: JSON as stored."""

    company_key: str
    need_key: str
    need_version: int
    cluster_key: str
    item_key: str
    fit: float
    confidence: float
    reasons: str
    model_version: str
    kind: str
    source: str
    state_key: str
    published_on: date | None
    first_seen_at: datetime
    title: str
    place: int
    call: Call | None


class FlaggedTable:
    """Everything flagged in one copy, as columns: what has not changed since the last copy becomes no row."""

    def __init__(self, connection: Connection) -> None:
        self._table: pa.Table = connection.sql(queries("desk")["read_flagged"].text).to_arrow_table()
        self.prints: list[int] = self._table["print"].to_pylist()  # one number a row, which changes with it

    def rows(self, known: Set[int]) -> Iterator[tuple[int, Flagged]]:
        """(print, row) of those with another print than these, in no order."""
        wanted = np.fromiter((number not in known for number in self.prints), dtype=bool, count=len(self.prints))
        chosen = self._table.filter(pa.array(wanted))
        for row in chosen.to_pylist():
            number, call = row.pop("print"), row.pop("call")
            yield number, Flagged(**row, call=Call.model_validate_json(call) if call and call != "null" else None)


def read_flagged_members(connection: Connection) -> list[tuple[str, str]]:
    """(cluster key, item key) of every member of a flagged cluster."""
    return connection.execute(queries("desk")["read_flagged_members"].text).fetchall()


def read_state(connection: Connection, item_key: str, state_key: str, place: int) -> Item | None:
    """One item as it was in that state; place: the row it stood in."""
    rows = connection.execute(queries("desk")["read_state"].text, [place, item_key, state_key]).fetchall()
    if not rows:
        rows = connection.execute(queries("desk")["seek_state"].text, [item_key, state_key]).fetchall()
    if not rows:
        return None
    title, body, facts, capture = rows[0]
    return Item.model_validate({**json.loads(facts), "title": title, "text": body, "capture_sha256": capture})
