"""What each run says of its source's health: fields filled, where the items came from, trouble (P15)."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple

from terms.haul import Haul
from terms.item import Item
from warehouse.sql import queries
from warehouse.store import Connection

_OWN = ("source", "source_id", "kind", "capture_sha256")  # always filled, by us
_PARTS = ("call", "patent", "publication")


class Checked(NamedTuple):
    """One run. filled: field -> items that had it. captures: a fingerprint of what was fetched, "" without items.

    unchanged: pages that the publisher said had not changed. trouble: constant messages of the incidents.
    """

    source: str
    run_key: str
    state: str
    finished_at: datetime
    items: int
    unchanged: int
    filled: dict[str, int]
    captures: str
    trouble: tuple[str, ...]


def store_check(connection: Connection, haul: Haul, items: Sequence[Item]) -> None:
    """Keep what a haul says of its source. Call inside the write that absorbs it."""
    counted = Counter(field for item in items for field in _filled(item))
    captures = sorted({item.capture_sha256 for item in items})
    trouble = sorted({incident.message for incident in haul.incidents})
    connection.execute(
        queries("checks")["insert_check"].text,
        [haul.source, haul.run_key, len(items), json.dumps(counted, sort_keys=True),
         sha256("\n".join(captures).encode()).hexdigest() if captures else "",
         json.dumps(trouble, ensure_ascii=False)],
    )  # fmt: skip


def read_checked(connection: Connection, most: int) -> dict[str, list[Checked]]:
    """source -> its last runs, newest first, at most `most`."""
    runs: dict[str, list[Checked]] = {}
    for row in connection.execute(queries("checks")["read_checked"].text, [most]).fetchall():
        source, run_key, state, finished_at, items, counts, filled, captures, trouble = row
        runs.setdefault(source, []).append(
            Checked(
                source, run_key, state, finished_at, items, json.loads(counts).get("unchanged", 0),
                json.loads(filled or "{}"), captures or "", tuple(json.loads(trouble or "[]")),
            )
        )  # fmt: skip
    return runs


def _filled(item: Item) -> Iterator[str]:
    written = item.model_dump(mode="json", exclude=set(_OWN))
    for field, value in written.items():
        if field in _PARTS and value:
            yield from (f"{field}.{name}" for name, part in value.items() if _says(part))
        elif field not in _PARTS and _says(value) and (field, value) != ("language", "und"):
            yield field


def _says(value: Any) -> bool:
    return value not in (None, "", [], {})
