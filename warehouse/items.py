"""Hop 3: items to rows and revisions. The same payload again changes no row (P11)."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple

from terms.item import Item
from warehouse.columns import incoming, schema_of
from warehouse.sql import queries
from warehouse.store import Connection

_SCHEMA = schema_of(
    item_key="text", source="text", kind="text", state_key="text", published_on="date", absorb_no="int",
    seen_at="at", title="text", body="text", facts="text", capture_sha256="text", is_new="bool", revision="int",
    before_key="text", changes="text",
)  # fmt: skip
_APART = {"title", "text", "capture_sha256"}


class Absorbed(NamedTuple):
    """What a load did: items by what became of them."""

    new: tuple[Item, ...]
    changed: tuple[Item, ...]
    unchanged: int


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
    rows = {key: _row(item, absorb_no, seen_at) for key, item in arriving.items()}
    known = _current_states(connection, list(rows.values()))
    fresh = [row for key, row in rows.items() if key not in known or known[key]["state_key"] != row["state_key"]]
    for row in fresh:
        _mark_change(row, known.get(row["item_key"]))
    with incoming(connection, "incoming", fresh, _SCHEMA):
        for name in ("insert_states", "insert_revisions", "update_items", "insert_items"):
            connection.execute(queries("items")[name].text)
    new = tuple(arriving[r["item_key"]] for r in fresh if r["is_new"])
    changed = tuple(arriving[r["item_key"]] for r in fresh if not r["is_new"])
    return Absorbed(new, changed, len(rows) - len(fresh))


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


def _row(item: Item, absorb_no: int, seen_at: datetime) -> dict[str, Any]:
    facts = item.model_dump_json(exclude=_APART)
    return {
        "item_key": item.item_key, "source": item.source, "kind": item.kind, "published_on": item.published_on,
        "state_key": sha256("\0".join((item.title, item.text, facts)).encode()).hexdigest(),
        "absorb_no": absorb_no, "seen_at": seen_at, "title": item.title, "body": item.text, "facts": facts,
        "capture_sha256": item.capture_sha256, "is_new": True, "revision": 1, "before_key": None, "changes": None,
    }  # fmt: skip


def _current_states(connection: Connection, rows: Sequence[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    with incoming(connection, "incoming", rows, _SCHEMA):
        found = connection.execute(queries("items")["current_states"].text).fetchall()
    names = ("item_key", "state_key", "revision", "title", "body", "facts")
    return {row[0]: dict(zip(names, row, strict=True)) for row in found}


def _mark_change(row: dict[str, Any], before: dict[str, Any] | None) -> None:
    if before is None:
        return
    then, now = (_fields(state) for state in (before, row))
    changes = {k: [then.get(k), now.get(k)] for k in sorted(then | now) if then.get(k) != now.get(k)}
    row.update(
        is_new=False,
        revision=before["revision"] + 1,
        before_key=before["state_key"],
        changes=json.dumps(changes, ensure_ascii=False),
    )


def _fields(state: dict[str, Any]) -> dict[str, Any]:
    return {"title": state["title"], "text": state["body"], **json.loads(state["facts"])}


def _item(title: str, body: str, facts: str, capture: str) -> Item:
    return Item.model_validate({**json.loads(facts), "title": title, "text": body, "capture_sha256": capture})
