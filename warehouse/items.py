"""Hop 3: items to rows and revisions. The same payload again changes no row (P11)."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from terms.item import Item
from warehouse.columns import incoming, schema_of, table_of
from warehouse.sql import queries
from warehouse.store import Connection

_ARRIVING = schema_of(
    item_key="text", source="text", kind="text", state_key="text", published_on="date", title="text", body="text",
    facts="text", capture_sha256="text",
)  # fmt: skip
_CHANGED = schema_of(item_key="text", revision="int", before_key="text", state_key="text", changes="text")
_APART = {"title", "text", "capture_sha256"}


class Counts(NamedTuple):
    """Items by what became of them."""

    new: int
    changed: int
    unchanged: int


class Absorbed(NamedTuple):
    """What a load did: items by what became of them."""

    new: tuple[Item, ...]
    changed: tuple[Item, ...]
    unchanged: int

    @property
    def counts(self) -> Counts:
        """How many of each."""
        return Counts(len(self.new), len(self.changed), self.unchanged)


class Stored(NamedTuple):
    """An item as stored, with when we first saw it and its cluster."""

    item: Item
    first_seen_at: datetime
    cluster_key: str


class Revision(NamedTuple):
    """One change of an item. changes: field -> [before, after]."""

    revision: int
    changes: dict[str, list[Any]]
    changed_at: datetime


def absorb(connection: Connection, items: Iterable[Item], *, absorb_no: int, seen_at: datetime) -> Absorbed:
    """Store what is new or changed. The last of several items with one key counts. Call inside `Warehouse.write`."""
    arriving = {item.item_key: item for item in items}
    table = _columns(arriving)
    with incoming(connection, "arriving", table, _ARRIVING):
        fresh = dict(connection.execute(queries("items")["find_fresh"].text).fetchall())
        told = connection.execute(queries("items")["changed_states"].text).fetchall() if any(fresh.values()) else []
    changed = [_change(*row) for row in told]
    rows = table.filter(pc.is_in(table["item_key"], pa.array(list(fresh), pa.string())))
    with incoming(connection, "incoming", rows, _ARRIVING), incoming(connection, "changed", changed, _CHANGED):
        told_sql = queries("items")
        if changed:
            connection.execute(told_sql["insert_revisions"].text, [seen_at])
        if rows.num_rows:
            connection.execute(told_sql["insert_states"].text)
            connection.execute(told_sql["update_items"].text, [absorb_no, seen_at])
            connection.execute(told_sql["insert_items"].text, [absorb_no, seen_at, seen_at])
    new = tuple(item for key, item in arriving.items() if fresh.get(key) is False)
    return Absorbed(new, tuple(arriving[row["item_key"]] for row in changed), len(arriving) - len(fresh))


def read_items(connection: Connection, item_keys: Sequence[str]) -> dict[str, Stored]:
    """Whole items by key; keys that are not stored are left out."""
    rows = connection.execute(queries("items")["read_items"].text, [list(item_keys)]).fetchall()
    return {
        key: Stored(_item(title, body, facts, capture), seen, cluster)
        for key, title, body, facts, capture, seen, cluster in rows
    }


def read_members(connection: Connection, cluster_keys: Sequence[str]) -> dict[str, list[str]]:
    """The item keys of each cluster."""
    members: dict[str, list[str]] = {}
    for cluster, item in connection.execute(
        queries("items")["read_cluster_members"].text, [list(cluster_keys)]
    ).fetchall():
        members.setdefault(cluster, []).append(item)
    return members


def read_clusters_of(connection: Connection, item_keys: Sequence[str]) -> dict[str, str]:
    """The cluster each item belongs to today."""
    rows = connection.execute(queries("items")["read_clusters_of"].text, [list(item_keys)]).fetchall()
    return dict(rows)


def read_revisions(connection: Connection, item_key: str) -> list[Revision]:
    """The history of one item, newest first."""
    rows = connection.execute(queries("items")["read_revisions"].text, [item_key]).fetchall()
    return [Revision(number, json.loads(changes), at) for number, changes, at in rows]


def _columns(arriving: Mapping[str, Item]) -> pa.Table:
    every = arriving.values()
    facts = [item.model_dump_json(exclude=_APART) for item in every]
    states = [
        sha256("\0".join((item.title, item.text, said)).encode()).hexdigest()
        for item, said in zip(every, facts, strict=True)
    ]
    return table_of(
        _ARRIVING, list(arriving), [i.source for i in every], [i.kind for i in every], states,
        [i.published_on for i in every], [i.title for i in every], [i.text for i in every], facts,
        [i.capture_sha256 for i in every],
    )  # fmt: skip


def _change(item_key: str, before_key: str, revision: int, state_key: str, *told: str) -> dict[str, Any]:
    """told: title, text and facts before, then now."""
    then, now = _fields(*told[:3]), _fields(*told[3:])
    changes = {k: [then.get(k), now.get(k)] for k in sorted(then | now) if then.get(k) != now.get(k)}
    return {
        "item_key": item_key,
        "revision": revision + 1,
        "before_key": before_key,
        "state_key": state_key,
        "changes": json.dumps(changes, ensure_ascii=False),
    }


def _fields(title: str, text: str, facts: str) -> dict[str, Any]:
    return {"title": title, "text": text, **json.loads(facts)}


def _item(title: str, body: str, facts: str, capture: str) -> Item:
    return Item.model_validate({**json.loads(facts), "title": title, "text": body, "capture_sha256": capture})
