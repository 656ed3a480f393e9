"""The desk's book: everything flagged, narrow enough to be kept in memory, and one item whole on demand."""

import json
from datetime import date, datetime
from typing import NamedTuple

from terms.item import Item
from warehouse.sql import queries
from warehouse.store import Connection


class FlaggedRow(NamedTuple):
    """One flagged cluster of one company. place: row of its state. reasons, call: JSON as stored."""

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
    call: str | None


def read_flagged(connection: Connection) -> list[FlaggedRow]:
    """By company, best fit first."""
    return [FlaggedRow(*row) for row in connection.execute(queries("desk")["read_flagged"].text).fetchall()]


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
